"""What cleaning again changed: pages, and lines newly dropped or newly kept, by rule and with examples."""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict, deque
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

from flows.common.escape import markdown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from flows.tables.rows import LedgerRow, PageRows

    Cut = dict[str, Any]
    """An entry of the column `cuts` of the ledger."""

EXAMPLES = 5
EXAMPLE_CHARACTERS = 300
PAGES = 300
"""Pages that are remembered one by one."""
PASSAGES = 20
VERSIONS = ("id", "name", "reader", "cleaners", "memory", "corrections")
"""Columns that differ after changes of sito, corrections or other pages, and so say nothing about the page."""

Key = tuple[str, str]
"""Category and rule."""


@dataclass(slots=True)
class Examples:
    """How many passages, and the first few different ones, each with the address of its page."""

    times: int = 0
    of_page: dict[str, str] = field(default_factory=dict)

    @property
    def texts(self) -> list[str]:
        """The examples without their pages."""
        return list(self.of_page)

    def add(self, text: str, url: str = "") -> None:
        """Count one passage of a page."""
        self.times += 1
        self._show(text[:EXAMPLE_CHARACTERS], url)

    def merge(self, other: Examples) -> None:
        """Add those of another shard."""
        self.times += other.times
        for text, url in other.of_page.items():
            self._show(text, url)

    def _show(self, text: str, url: str) -> None:
        if len(self.of_page) < EXAMPLES:
            self.of_page.setdefault(text, url)


@dataclass(frozen=True, slots=True)
class Passage:
    """What became of a passage: `dropped` or `kept` by which rule, or its line is `found` or `lost` in the raw page."""

    what: Literal["dropped", "kept", "found", "lost"]
    text: str
    category: str = ""
    rule: str = ""


@dataclass(frozen=True, slots=True)
class PageChange:
    """What differs on one page: columns of documents, and its first `PASSAGES`; words are those of the kept text."""

    url: str
    shard: str
    offset: int
    words_before: int
    words_after: int
    fields: list[str]
    passages: list[Passage]

    @property
    def weight(self) -> tuple[int, int]:
        """Pages that changed more have more."""
        return abs(self.words_after - self.words_before), len(self.passages)


@dataclass(slots=True)
class Changes:
    """`pages` were compared, `changed` differ, `fields` counts the columns of documents that do.

    `uncompared` pages had no rows before, or none that this release can read.

    `dropped` is text that was kept and is now dropped, by the rule that drops it; `kept` is text that is now kept, by
    the rule that dropped it before. `found` are lines that only the new reading of the page gives, `lost` those that
    only the old one gave. `by_page` are the pages that changed most, at most `PAGES`. `source` and `run` say of what.
    """

    pages: int = 0
    changed: int = 0
    uncompared: int = 0
    fields: Counter[str] = field(default_factory=Counter)
    dropped: dict[Key, Examples] = field(default_factory=lambda: defaultdict(Examples))
    kept: dict[Key, Examples] = field(default_factory=lambda: defaultdict(Examples))
    found: Examples = field(default_factory=Examples)
    lost: Examples = field(default_factory=Examples)
    by_page: list[PageChange] = field(default_factory=list)
    source: str = ""
    run: str = ""

    def compare(self, before: PageRows, after: PageRows) -> bool:
        """Record one page by its rows; gives whether anything but the versions differs."""
        self.pages += 1
        columns = [name for name, value in after[0].items() if name not in VERSIONS and before[0][name] != value]
        if not columns and before[1] == after[1]:
            return False
        self.changed += 1
        self.fields.update(columns)
        passages = list(_passages(before[1], after[1]))
        row = after[0]
        for passage in passages:
            self._examples(passage).add(passage.text, row["url"])
        was, now = (len((of["text"] or "").split()) for of in (before[0], row))
        few = [replace(each, text=each.text[:EXAMPLE_CHARACTERS]) for each in passages[:PASSAGES]]
        self._keep([PageChange(row["url"], row["shard"], row["offset"], was, now, columns, few)])
        return True

    def _examples(self, passage: Passage) -> Examples:
        match passage.what:
            case "dropped":
                return self.dropped[passage.category, passage.rule]
            case "kept":
                return self.kept[passage.category, passage.rule]
            case "found":
                return self.found
            case "lost":
                return self.lost

    def _keep(self, pages: Sequence[PageChange]) -> None:
        self.by_page += pages
        if len(self.by_page) > PAGES:
            self.by_page = heapq.nlargest(PAGES, self.by_page, key=lambda page: page.weight)

    def add(self, other: Changes) -> None:
        """Add what was found in another shard."""
        self.pages += other.pages
        self.changed += other.changed
        self.uncompared += other.uncompared
        self.fields.update(other.fields)
        for mine, theirs in ((self.dropped, other.dropped), (self.kept, other.kept)):
            for key, examples in theirs.items():
                mine[key].merge(examples)
        self.found.merge(other.found)
        self.lost.merge(other.lost)
        self._keep(other.by_page)

    def summary(self) -> str:
        """All in one line."""
        parts = [f"{self.changed:,} of {self.pages:,} pages change"]
        for name, tables in (("newly dropped", self.dropped), ("newly kept", self.kept)):
            if times := sum(examples.times for examples in tables.values()):
                parts.append(f"{times:,} passages {name}")
        for name, lines in (("newly found", self.found), ("no longer found", self.lost)):
            if lines.times:
                parts.append(f"{lines.times:,} lines {name}")
        if self.uncompared:
            parts.append(f"{self.uncompared:,} pages without earlier rows to compare with")
        return ", ".join(parts)

    def report(self, show: Callable[[str, str], str] = lambda text, _: markdown(text)) -> str:
        """The changes in Markdown; every text of a page is escaped. `show` writes an example and its page's address."""
        parts = [self.summary().capitalize() + "."]
        parts += _table("Newly dropped", "Rule that drops it", self.dropped, show)
        parts += _table("Newly kept", "Rule that dropped it", self.kept, show)
        parts += _table("Lines newly found in the raw page", "", {("", ""): self.found}, show)
        parts += _table("Lines no longer found in it", "", {("", ""): self.lost}, show)
        if self.fields:
            rows = [f"| {markdown(name)} | {n:,} |" for name, n in self.fields.most_common()]
            parts.append("\n".join(["## Fields of documents", "", "| Field | Pages |", "| --- | ---: |", *rows]))
        return "\n\n".join(parts) + "\n"


def _passages(before: Sequence[LedgerRow], after: Sequence[LedgerRow]) -> Iterator[Passage]:
    old = defaultdict[str, deque["LedgerRow"]](deque)
    for line in before:
        old[line["text"]].append(line)
    for line in after:
        if not old[line["text"]]:
            yield Passage("found", line["text"])
            continue
        was = old[line["text"]].popleft()
        yield from _cut("dropped", line["text"], line["cuts"], was["cuts"])
        yield from _cut("kept", line["text"], was["cuts"], line["cuts"])
    for line in (line for lines in old.values() for line in lines):
        yield Passage("lost", line["text"])


def _cut(what: Literal["dropped", "kept"], text: str, cuts: Sequence[Cut], other: Sequence[Cut]) -> Iterator[Passage]:
    for cut in cuts:
        for start, end in _outside(cut["start"], cut["end"], other):
            if passage := text[start:end].strip():
                yield Passage(what, passage, cut["category"], cut["rule"])


def _outside(start: int, end: int, cuts: Iterable[Cut]) -> Iterator[tuple[int, int]]:
    """What of [start, end) lies in none of the cuts, which are in order and apart."""
    for cut in cuts:
        if cut["start"] >= end:
            break
        if start < cut["start"]:
            yield start, cut["start"]
        start = max(start, cut["end"])
    if start < end:
        yield start, end


def most_first(tables: Mapping[Key, Examples]) -> list[tuple[Key, Examples]]:
    """The rules that changed anything, those with most passages first."""
    changed = ((key, examples) for key, examples in tables.items() if examples.times)
    return sorted(changed, key=lambda item: (-item[1].times, item[0]))


def _table(title: str, head: str, tables: Mapping[Key, Examples], show: Callable[[str, str], str]) -> list[str]:
    rows = most_first(tables)
    if not rows:
        return []
    lines = [
        f"| {markdown(rule)} | {markdown(category)} | {examples.times:,} | "
        f"{'<br>'.join(show(text, url) for text, url in examples.of_page.items())} |"
        for (category, rule), examples in rows
    ]
    return [
        "\n".join(
            [f"## {title}", "", f"| {head} | Category | Times | Examples |", "| --- | --- | ---: | --- |", *lines]
        )
    ]
