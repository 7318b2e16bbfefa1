"""A shard judged again by its ledger, without the pages of which it is certain that they would be judged the same.

A page is copied where nothing that its verdicts depend on has changed: neither cleaners (`cleaners.parts`), nor a
phrase that may be in it, nor its site memory; or where the cleaners that changed drop what they dropped before
(`cleaners.replay`). What comes out are the bytes of a replay of all pages.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import pyarrow.compute as pc

from cleaners.parts import Change, change_between, parts
from cleaners.read.fold import fold
from cleaners.replay import same_verdicts, texts_on_the_way
from cleaners.rules.loss_guard import GUARDED
from cleaners.rules.registry import CLEANERS
from cleaners.rules.remembered import remembered
from cleaners.version import cleaners_version
from flows.memory.source_memory import load
from flows.pipeline.copied_pages import Copied, copy_pages
from flows.pipeline.form import form
from flows.pipeline.shard_result import ShardResult
from flows.tables.judged_lines import judged_lines
from flows.tables.judges import judge_of
from flows.tables.rows import rebuild_page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    import pyarrow.parquet as pq

    from flows.pipeline.page_cleaner import PageCleaner
    from flows.pipeline.shard_result import CleanedPage
    from flows.tables.judged_lines import JudgedLines
    from flows.tables.rows import DocumentRow
    from flows.tables.shard_tables import ShardTables

_NARROW = (
    *("id", "name", "url", "shard", "offset", "status", "reason", "fetched_at", "flags", "encoding", "title"),
    *("authors", "published", "published_by", "site_name", "canonical_url", "declared_language", "headlines"),
    *("section", "paywalled", "agency", "language", "languages", "cleaners", "memory", "corrections"),
)
_REPLACED = "\ufffd"
"""In rows it may stand for what a table cannot hold, so that the page came to the cleaners with other text."""
_REMEMBERED = frozenset({CLEANERS.index(remembered)})


_Doubtful = tuple["DocumentRow", Change, frozenset[int]]
"""A page by its row, what changed since it was judged, and the places of the cleaners that it must go through."""


def replay_shard(tables: ShardTables, cleaner: PageCleaner, done: Callable[[CleanedPage], None]) -> ShardResult | None:
    """Judge the pages of the job again that may come out differently, and copy the others; None: all must be judged.

    `done` is told of each page that was judged. Raises DamagedTables and SitoError, as `clean_shard`.
    """
    if tables.form() != form(cleaner.job.quotations) or cleaner.job.corrections.digest is not None:
        return None
    with tables.reading() as (documents, ledger):
        plan, doubtful = _plan(documents, ledger, cleaner)
        if doubtful:
            plan.anew.update(_judged_otherwise(doubtful, ledger, cleaner))
    for offset in plan.anew:
        plan.kept.pop(offset, None)
    return copy_pages(tables, plan, cleaner, done)


def _plan(
    documents: pq.ParquetFile, ledger: pq.ParquetFile, cleaner: PageCleaner
) -> tuple[Copied, dict[int, _Doubtful]]:
    """What to do with each page; those whose lines must be looked at are among the kept."""
    job = cleaner.job
    in_ledger, with_lines = _with_lines(ledger)
    plan = Copied(documents.read(columns=list(_NARROW)).to_pylist(), in_ledger, set(), {}, set())
    doubtful: dict[int, _Doubtful] = {}
    odd = _replaced(ledger)

    @cache
    def changed(version: str) -> Change | None:
        earlier = judge_of(job.data, version)
        return None if earlier is None else change_between(earlier, parts())

    for row in plan.rows:
        offset = row["offset"]
        if row["fetched_at"] not in job.period:
            continue
        if row["status"] == "failed":
            plan.failed.add(offset)
            continue
        memory = cleaner.memory_of(row).digest if offset in with_lines else None
        change = changed(row["cleaners"])
        own = (row["title"] or "", row["site_name"] or "", *row["authors"], *row["headlines"])
        if (
            row["corrections"] is not None
            or change is None
            or offset in job.poison_pages
            or offset in odd
            or any(_REPLACED in text for text in own)
        ):
            plan.anew.add(offset)
            continue
        plan.kept[offset] = cleaners_version(), memory
        affected = change.cleaners | (_REMEMBERED if memory != row["memory"] else frozenset())
        if offset in with_lines and (affected or change.phrases):
            if any(flag.startswith(GUARDED) for flag in row["flags"]):
                plan.anew.add(offset)
            else:
                doubtful[offset] = row, change, affected
    return plan, doubtful


def _with_lines(ledger: pq.ParquetFile) -> tuple[set[int], set[int]]:
    """The offsets of pages that are in the ledger, and of those of which any line came to the cleaners."""
    rows = ledger.read(columns=["offset", "verdict"])
    judged = rows.filter(pc.not_equal(rows["verdict"], "left out"))
    return set(rows["offset"].unique().to_pylist()), set(judged["offset"].unique().to_pylist())


def _replaced(ledger: pq.ParquetFile) -> set[int]:
    """The offsets of pages with a character that may stand for another."""
    found: set[int] = set()
    for group in range(ledger.num_row_groups):
        rows = ledger.read_row_group(group, columns=["offset", "text", "attributes"])
        odd = pc.or_(*(pc.match_substring(rows[name], _REPLACED) for name in ("text", "attributes")))
        found.update(rows.filter(odd)["offset"].to_pylist())
    return found


def _judged_otherwise(doubtful: dict[int, _Doubtful], ledger: pq.ParquetFile, cleaner: PageCleaner) -> Iterator[int]:
    """The offsets of the pages that may be judged in another way than before."""
    for page in judged_lines(ledger, doubtful):
        row, change, affected = doubtful[page.offset]
        if change.phrases and _may_hold(change, page):
            affected |= change.with_phrases
        if affected and not _is_judged_the_same(row, page, affected, cleaner):
            yield page.offset


def _may_hold(change: Change, page: JudgedLines) -> bool:
    """Whether a phrase that came or went may be in a line of the page, or in what was left of one."""
    texts: list[str] = []
    for line in page.lines:
        cuts = page.cuts.get(line.index)
        texts += texts_on_the_way(line.text, cuts) if cuts else [line.text]
    folded = fold("\n".join(texts))
    return any(phrase.may_be_in(folded) for phrase in change.phrases)


def _is_judged_the_same(row: DocumentRow, page: JudgedLines, affected: Iterable[int], cleaner: PageCleaner) -> bool:
    cleaner.on_page(page.offset)
    path = cleaner.memory_of(row).path
    memory = None if path is None else load(path)
    try:
        whole = replace(rebuild_page(row, ()), lines=tuple(page.lines))
        return same_verdicts(whole, page.cuts, frozenset(affected), memory)
    except Exception:  # it fails again where the page is judged as a whole, and becomes its reason
        return False
