"""Documents counted by source, month and language: how many, how long, how much was kept, how many repeat a story."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING

from flows.export.facts import dropped_by_document
from flows.export.records import Records
from flows.export.selection import select
from flows.stories.days import day_of_document
from flows.tables.rows import document_id

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from flows.export.question import Question

__all__ = ["HEADINGS", "Group", "count_documents"]

HEADINGS = ("source", "month", "language", "documents", "words", "median_words", "kept_share", "repeats")


@dataclass(slots=True)
class Group:
    """The documents of one source, month and language.

    `lengths` are their words, `kept` and `dropped` the characters of their bodies, `repeats` those that repeat the main
    document of their story.
    """

    lengths: array[int] = field(default_factory=lambda: array("I"))
    kept: int = 0
    dropped: int = 0
    repeats: int = 0

    def cells(self, *, have_stories: bool) -> tuple[str, ...]:
        """The numbers as in `HEADINGS`; no repeats where stories were not looked for."""
        repeats = str(self.repeats) if have_stories else ""
        share = self.kept / max(1, self.kept + self.dropped)
        return str(len(self.lengths)), str(sum(self.lengths)), f"{median(self.lengths):g}", f"{share:.3f}", repeats


def count_documents(
    data: Path, question: Question, tell: Callable[[str, int, int], None] = lambda what, done, of: None
) -> list[tuple[str, ...]]:
    """A row for each source, month and language, by `HEADINGS`, in order; four bytes a document in memory.

    The month is that of publication, else of the capture. Raises SitoError as an export does.
    """
    selection = select(data, question, lambda done, of: tell("choosing, shards", done, of))
    groups: dict[tuple[str, str, str], Group] = {}
    shards = iter(selection.shards)
    shard, dropped = "", dict[int, int]()
    for number, record in enumerate(Records(question, selection), start=1):
        while record["id"].rpartition("/")[0] != shard:  # records come by shard, in the order of the selection
            selected = next(shards)
            name = {"shard": selected.tables.documents.stem, "offset": ""}
            shard, dropped = document_id(selected.source, name).rstrip("/"), dropped_by_document(selected)
        month = f"{day_of_document(record['published'], record['fetched_at']):%Y-%m}"
        group = groups.setdefault((record["source"], month, record["language"]), Group())
        group.lengths.append(record["words"])
        group.kept += len(record["text"])
        group.dropped += dropped.get(int(record["id"].rpartition("/")[2]), 0)
        group.repeats += record["repeat"] not in (None, "version")
        tell("counting, documents", number, selection.taken)
    return [(*key, *group.cells(have_stories=selection.stories is not None)) for key, group in sorted(groups.items())]
