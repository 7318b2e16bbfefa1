"""What cleaning again changed: pages, and lines newly dropped or newly kept, by rule and with examples."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flows.common.escape import markdown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from flows.tables.rows import LedgerRow, PageRows

    Cut = dict[str, Any]
    """An entry of the column `cuts` of the ledger."""

EXAMPLES = 5
EXAMPLE_CHARACTERS = 300
VERSIONS = ("reader", "cleaners", "memory")
"""Columns that differ after every change of the cleaners or of other pages, and so say nothing about the page."""

Key = tuple[str, str]
"""Category and rule."""


@dataclass(slots=True)
class Examples:
    """How many passages, and the first few different ones."""

    times: int = 0
    texts: list[str] = field(default_factory=list)

    def add(self, text: str) -> None:
        """Count one passage."""
        self.times += 1
        self._show(text[:EXAMPLE_CHARACTERS])

    def merge(self, other: Examples) -> None:
        """Add those of another shard."""
        self.times += other.times
        for text in other.texts:
            self._show(text)

    def _show(self, text: str) -> None:
        if len(self.texts) < EXAMPLES and text not in self.texts:
            self.texts.append(text)


@dataclass(slots=True)
class Changes:
    """`pages` were compared, `changed` differ, `fields` counts the columns of documents that do.

    `uncompared` pages had no rows before, or none that this release can read.

    `dropped` is text that was kept and is now dropped, by the rule that drops it; `kept` is text that is now kept, by
    the rule that dropped it before. `found` are lines that only the new reading of the page gives, `lost` those that
    only the old one gave.
    """

    pages: int = 0
    changed: int = 0
    uncompared: int = 0
    fields: Counter[str] = field(default_factory=Counter)
    dropped: dict[Key, Examples] = field(default_factory=lambda: defaultdict(Examples))
    kept: dict[Key, Examples] = field(default_factory=lambda: defaultdict(Examples))
    found: Examples = field(default_factory=Examples)
    lost: Examples = field(default_factory=Examples)

    def compare(self, before: PageRows, after: PageRows) -> bool:
        """Record one page by its rows; gives whether anything but the versions differs."""
        self.pages += 1
        columns = [name for name, value in after[0].items() if name not in VERSIONS and before[0][name] != value]
        if not columns and before[1] == after[1]:
            return False
        self.changed += 1
        self.fields.update(columns)
        old = defaultdict[str, deque["LedgerRow"]](deque)
        for line in before[1]:
            old[line["text"]].append(line)
        for line in after[1]:
            if not old[line["text"]]:
                self.found.add(line["text"])
                continue
            was = old[line["text"]].popleft()
            _add_passages(self.dropped, line["text"], line["cuts"], was["cuts"])
            _add_passages(self.kept, line["text"], was["cuts"], line["cuts"])
        for line in (line for lines in old.values() for line in lines):
            self.lost.add(line["text"])
        return True

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

    def report(self) -> str:
        """The changes in Markdown; every text of a page is escaped."""
        parts = [self.summary().capitalize() + "."]
        parts += _table("Newly dropped", "Rule that drops it", self.dropped)
        parts += _table("Newly kept", "Rule that dropped it", self.kept)
        parts += _table("Lines newly found in the raw page", "", {("", ""): self.found})
        parts += _table("Lines no longer found in it", "", {("", ""): self.lost})
        if self.fields:
            rows = [f"| {markdown(name)} | {n:,} |" for name, n in self.fields.most_common()]
            parts.append("\n".join(["## Fields of documents", "", "| Field | Pages |", "| --- | ---: |", *rows]))
        return "\n\n".join(parts) + "\n"


def _add_passages(into: dict[Key, Examples], text: str, cuts: Sequence[Cut], other: Sequence[Cut]) -> None:
    for cut in cuts:
        for start, end in _outside(cut["start"], cut["end"], other):
            if passage := text[start:end].strip():
                into[cut["category"], cut["rule"]].add(passage)


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


def _table(title: str, head: str, tables: Mapping[Key, Examples]) -> list[str]:
    rows = most_first(tables)
    if not rows:
        return []
    lines = [
        f"| {markdown(rule)} | {markdown(category)} | {examples.times:,} | "
        f"{'<br>'.join(markdown(text) for text in examples.texts)} |"
        for (category, rule), examples in rows
    ]
    return [
        "\n".join(
            [f"## {title}", "", f"| {head} | Category | Times | Examples |", "| --- | --- | ---: | --- |", *lines]
        )
    ]
