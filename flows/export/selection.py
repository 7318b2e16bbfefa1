"""Which rows an export takes: one pass over the columns that the question needs, before any text is written.

In memory are some 50 bytes for each document, and as many for its story, never a text.
"""

from __future__ import annotations

import hashlib
from array import array
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from flows.common.errors import SitoError
from flows.export.documents import read_rows, shard_tables, source_names, text_in, words
from flows.export.story_rows import StoryRows, have_stories
from flows.stories.days import day_of_document
from flows.tables.given_again import given_again
from flows.tables.versions import versions_path

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from flows.export.question import Question
    from flows.export.story_rows import StoryOf
    from flows.tables.rows import DocumentRow
    from flows.tables.shard_tables import ShardTables

__all__ = ["Selected", "Selection", "select"]

_TAKEN = ""
_NO_STORY = 0


@dataclass(frozen=True, slots=True)
class Selected:
    """The rows taken of one shard, by their number in its documents table, rising."""

    source: str
    tables: ShardTables
    rows: frozenset[int]


@dataclass(slots=True)
class Selection:
    """What is taken, in the order in which it is written, and how many documents were left out for which reason.

    `seen` are all rows that were looked at; `without_story` of those taken are not in the table of stories.
    """

    shards: list[Selected] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    seen: int = 0
    taken: int = 0
    without_story: int = 0
    stories: StoryRows | None = None
    """None: they were not looked for."""


class _Rows:
    """What is remembered of each row: numbers alone."""

    def __init__(self) -> None:
        self.shard, self.row = array("I"), array("I")
        self.page, self.fetched = bytearray(), array("q")
        self.verdict = array("B")
        self.story, self.representative, self.day = array("Q"), array("B"), array("I")

    def drop_earlier(self, verdict: int) -> None:
        """Of the rows of one source with text, leave the last one of each `page`."""
        page = np.frombuffer(bytes(self.page), dtype=[("a", "<u8"), ("b", "<u8")])
        order = np.lexsort((np.arange(len(page)), np.frombuffer(self.fetched, "q"), page["b"], page["a"]))
        same_as_next = np.zeros(len(page), dtype=bool)
        same_as_next[order[:-1]] = page[order[:-1]] == page[order[1:]]
        for n in np.flatnonzero(same_as_next):
            self.verdict[int(n)] = verdict

    def drop_repeats(self, source_of: Sequence[int], taken: int, in_source: int, across: int) -> None:
        """Of the rows that are taken, leave one of each story: the representative, else the first by day.

        The others get the verdict `in_source` or `across`, by whether that one is of their source; `source_of` gives
        the number of the source of each shard.
        """
        known = np.frombuffer(self.story, "Q") != _NO_STORY
        rows = np.flatnonzero((np.frombuffer(self.verdict, "B") == taken) & known)
        story = np.frombuffer(self.story, "Q")[rows]
        other = 1 - np.frombuffer(self.representative, "B")[rows]
        order = np.lexsort((rows, np.frombuffer(self.day, "I")[rows], other, story))
        source = np.array(source_of)[np.frombuffer(self.shard, "I")[rows[order]]]
        first = np.ones(len(order), bool)
        first[1:] = story[order[1:]] != story[order[:-1]]
        begin = np.maximum.accumulate(np.where(first, np.arange(len(order)), 0))
        for n in np.flatnonzero(~first):
            self.verdict[int(rows[order[n]])] = in_source if source[n] == source[begin[n]] else across


def select(data: Path, question: Question, tell: Callable[[int, int], None] = lambda done, of: None) -> Selection:
    """Choose the rows; `tell` hears how many shards are done. Raises SitoError where sources or stories are missing."""
    if question.stories == "representative" and not have_stories(data):
        raise SitoError("there are no stories yet; run `sito stories` first, or export with --stories all")
    sources = source_names(data, question.sources)
    found = Selection(stories=StoryRows(data, sources) if have_stories(data) else None)
    shards = [(source, each) for source in sources for each in shard_tables(data, source)]
    reasons = _Reasons()
    columns = _columns(question)
    everything = _Rows()
    number = 0
    while number < len(shards):
        source, rows = shards[number][0], _Rows()
        again = given_again(versions_path(data, source)) if question.versions == "last" else {}
        while number < len(shards) and shards[number][0] == source:
            name = f"{shards[number][1].documents.stem}.warc.gz"
            of_shard = found.stories.of_shard(source, name) if found.stories else {}
            _look_at(rows, number, shards[number][1], columns, question, reasons, of_shard, again.get(name, set()))
            number += 1
            tell(number, len(shards))
        _merge(everything, rows, question, reasons)
    if question.stories == "representative":
        names = sorted({source for source, _ in shards})
        numbers = [names.index(source) for source, _ in shards]
        why = (reasons[_TAKEN], reasons["repeat in its source"], reasons["repeat across sources"])
        everything.drop_repeats(numbers, *why)
    return _result(found, everything, shards, reasons)


class _Reasons(dict[str, int]):
    """Reasons as small numbers; that of a row which is taken is 0."""

    def __init__(self) -> None:
        super().__init__({_TAKEN: 0})

    def __missing__(self, reason: str) -> int:
        self[reason] = len(self)
        return self[reason]


def _columns(question: Question) -> list[str]:
    columns = ["offset", "url", "digest", "status", "published", "fetched_at", "language", "reservations", "flags"]
    if question.only:
        return [*columns, "text", "paragraphs"]
    return [*columns, "text"] if question.min_words else columns


def _look_at(
    rows: _Rows,
    number: int,
    tables: ShardTables,
    columns: list[str],
    question: Question,
    reasons: _Reasons,
    stories: dict[int, StoryOf],
    again: set[int],
) -> None:
    place = 0
    for group in read_rows(tables, columns):
        for row in group:
            rows.shard.append(number)
            rows.row.append(place)
            # A page whose record was lost is captured again: the same bytes are no other version.
            page = row["url"] if question.versions == "last" else f"{row['url']} {row['digest']}"
            rows.page += hashlib.blake2b(page.encode(), digest_size=16).digest()
            # What the site has given again since is later than all that came between.
            # Without text it is no version: the last one that has some counts.
            fetched = int(row["fetched_at"].timestamp() * 1e6) if row["status"] == "kept" else -(2**62)
            rows.fetched.append(2**62 if row["offset"] in again and row["status"] == "kept" else fetched)
            rows.verdict.append(reasons[_why_not(row, question)])
            story = stories.get(row["offset"])
            rows.story.append(int(story.story, 16) if story else _NO_STORY)
            rows.representative.append(story.representative if story else 0)
            rows.day.append(day_of_document(row["published"], row["fetched_at"]).toordinal())
            place += 1


def _why_not(row: DocumentRow, question: Question) -> str:
    if row["status"] != "kept":
        return "no article text" if row["status"] == "empty" else "could not be cleaned"
    if row["reservations"] and not question.reserved:
        return f"reserved: {row['reservations'][0]}"
    day: Any = day_of_document(row["published"], row["fetched_at"])
    if (question.since and day < question.since) or (question.until and day > question.until):
        return "outside the days"
    if question.languages and row["language"] not in question.languages:
        return "another language"
    if question.unflagged and row["flags"]:
        return "quality flags"
    return _why_not_by_text(row, question)


def _why_not_by_text(row: DocumentRow, question: Question) -> str:
    if question.only:
        text = text_in(question.only, row)
        if not text:
            return f"no whole paragraph in {question.only}"
        return "too few words" if words(text) < question.min_words else _TAKEN
    return "too few words" if question.min_words and words(row["text"]) < question.min_words else _TAKEN


def _merge(everything: _Rows, rows: _Rows, question: Question, reasons: _Reasons) -> None:
    if rows.row:
        without = {reasons[reason] for reason in ("no article text", "could not be cleaned")}
        before = array("B", rows.verdict)
        rows.drop_earlier(reasons["an earlier version" if question.versions == "last" else "captured again"])
        for n, verdict in enumerate(before):
            if verdict in without:
                rows.verdict[n] = verdict
    for name in ("shard", "row", "verdict", "story", "representative", "day"):
        getattr(everything, name).extend(getattr(rows, name))


def _result(found: Selection, rows: _Rows, shards: list[tuple[str, ShardTables]], reasons: _Reasons) -> Selection:
    names = {number: reason for reason, number in reasons.items()}
    chosen: dict[int, list[int]] = {}
    counts: Counter[int] = Counter(rows.verdict)
    for shard, row, verdict, story in zip(rows.shard, rows.row, rows.verdict, rows.story, strict=True):
        if verdict == 0:
            chosen.setdefault(shard, []).append(row)
            found.without_story += story == _NO_STORY
    found.shards = [Selected(*shards[n], frozenset(taken)) for n, taken in chosen.items()]
    found.seen, found.taken = len(rows.row), counts.pop(0, 0)
    found.left_out = Counter({names[number]: count for number, count in counts.items()})
    return found
