"""Corrections tried on pages of a source: what they change against others, and which of them mean anything.

Nothing is written. Each page is judged twice, by the corrections before and after, with the site memory of its row: so
what is shown comes from the corrections alone, whatever else has changed since the tables were written. It runs in a
process of its own, as a page may hold one or end it.
"""

from __future__ import annotations

import atexit
from collections import defaultdict
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING

from cleaners.corrections import Correction, Corrections
from cleaners.errors import PageError
from cleaners.extract.selected import selected_texts
from cleaners.judgement import judge
from cleaners.read.decode import decode
from cleaners.read.tree import parse
from flows.archive.shard_reader import read_page
from flows.common.errors import SitoError
from flows.common.fork_server import ChildDied, ForkServer, Stopped
from flows.memory.source_memory import stored_memory
from flows.pipeline.stored_pages import read_stored
from flows.tables.changes import Changes
from flows.tables.rows import document_row, ledger_rows, rebuild_page
from flows.tables.shard_tables import ShardTables

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from cleaners.document import Document, Page
    from flows.archive.shard_reader import StoredPage
    from flows.tables.rows import PageRows

__all__ = ["Hit", "Trial", "Tried", "try_corrections", "work"]

SECONDS = 60.0
"""A page that takes longer ends the trial."""
EXAMPLES = 3
"""Texts that are remembered of what a correction means."""


@dataclass(frozen=True, slots=True)
class Trial:
    """`pages` are the wanted records by shard; of a source below `data`."""

    data: Path
    source: str
    language: str | None
    pages: Mapping[str, frozenset[int]]
    before: Corrections
    after: Corrections


@dataclass(slots=True)
class Hit:
    """On how many pages a correction means something, on how many of them it changed what a rule or reading says."""

    pages: int = 0
    acted: int = 0
    urls: set[str] = field(default_factory=set)
    texts: list[str] = field(default_factory=list)

    def add(self, url: str, text: str, *, acted: bool) -> None:
        """Count a page."""
        self.pages += 1
        self.acted += acted
        self.urls.add(url)
        if text and text not in self.texts and len(self.texts) < EXAMPLES:
            self.texts.append(text[:200])


@dataclass(slots=True)
class Tried:
    """What the corrections after change against those before; what each means; and which mean the same line."""

    pages: int = 0
    changes: Changes = field(default_factory=Changes)
    hits: dict[str, Hit] = field(default_factory=lambda: defaultdict(Hit))
    both: dict[tuple[str, str], str] = field(default_factory=dict)
    unread: int = 0


def try_corrections(trial: Trial, seconds: float = SECONDS) -> Tried:
    """Try them in a process of their own. Raises SitoError where a page ends or holds it."""
    try:
        tried: Tried = _server().last_of(trial, seconds)
    except (ChildDied, Stopped) as death:
        raise SitoError(f"the corrections could not be tried: a page {death}; try fewer pages") from death
    return tried


@cache
def _server() -> ForkServer:
    server = ForkServer("flows.corrections.trial:work", "flows.pipeline.warm_up:html")
    atexit.register(server.close)
    return server


def work(trial: Trial, say: Callable[[int], None]) -> Tried:
    """What the process does; says the offset of each page when it is done."""
    tried = Tried()
    for shard, offsets in trial.pages.items():
        for rows in ShardTables.of(trial.data, trial.source, shard).pages():
            if rows[0]["offset"] in offsets and rows[0]["status"] != "failed":
                try:
                    _try(trial, rows, tried)
                except PageError:
                    tried.unread += 1
                say(rows[0]["offset"])
    return tried


def _try(trial: Trial, rows: PageRows, tried: Tried) -> None:
    row, _ = rows
    memory = stored_memory(trial.data, trial.source, row["fetched_at"], row["memory"])
    stored = _stored(trial, rows)
    pages = [_page(trial, rows, stored, by) for by in (trial.before, trial.after)]
    documents = [judge(page, memory, by) for page, by in zip(pages, (trial.before, trial.after), strict=True)]
    before, after = ((document_row(row, each), ledger_rows(row, each)) for each in documents)
    tried.pages += 1
    tried.changes.compare(before, after)
    _count(tried, trial.after, pages[1], documents[1], stored)


def _stored(trial: Trial, rows: PageRows) -> StoredPage | None:
    """The raw page, where reading it again, or selecting on it, is needed, and it is there."""
    needed = {Corrections.reading_of(rows[0]["corrections"]), trial.before.reading, trial.after.reading}
    if needed == {"-"}:
        return None
    try:
        stored = read_page(trial.data / "raw" / trial.source / rows[0]["shard"], rows[0]["offset"])
    except SitoError:
        return None
    return None if stored.error else stored


def _page(trial: Trial, rows: PageRows, stored: StoredPage | None, by: Corrections) -> Page:
    if stored is None or Corrections.reading_of(rows[0]["corrections"]) == by.reading:
        return rebuild_page(*rows)
    return read_stored(stored, rows[0]["name"], trial.language, by)


def _count(tried: Tried, by: Corrections, page: Page, document: Document, stored: StoredPage | None) -> None:
    """What each of the corrections means on the page."""
    acted = {cut.rule for entry in document.ledger for cut in entry.cuts}
    acted |= {entry.kept_by.rule for entry in document.ledger if entry.kept_by}
    for each in by.all:
        if not each.is_for(page.url, page.metadata.url):
            continue
        if (meant := _meant(each, page, stored)) is not None or each.name in acted:
            tried.hits[each.name].add(page.url or "", meant or "", acted=each.name in acted or not _is_judged(each))
    keep, drop = by.of("keep", page=(page.url,)), by.of("drop", page=(page.url,))
    for line in page.lines if keep and drop else ():
        for one in (each for each in keep if each.means(line)):
            for other in (each for each in drop if each.means(line)):
                tried.both.setdefault((one.name, other.name), line.text[:200])


def _is_judged(each: Correction) -> bool:
    return each.action in ("keep", "drop", "off", "no_article")


def _meant(each: Correction, page: Page, stored: StoredPage | None) -> str | None:
    """A text that the correction means on the page; None where there is none."""
    if each.by == "address":
        return ""
    if each.action in ("keep", "drop") and each.by != "rule":
        return next((line.text for line in page.lines if each.means(line)), None)
    if each.by != "selector" or stored is None:
        return None
    tree = parse(decode(stored.body, stored.content_type).text)
    return next(iter(selected_texts(tree, each.value)), None) if tree is not None else None


def with_correction(corrections: Corrections, more: Correction) -> Corrections:
    """The corrections and one more, which stands in the place of one of the same name."""
    return replace(corrections, all=(*(each for each in corrections.all if each.name != more.name), more))
