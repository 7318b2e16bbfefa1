"""The records of an export, one at a time, in order: rows of the documents tables with what is derived from them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flows.export.documents import read_rows, text_in, words
from flows.tables.rows import document_id

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flows.export.question import Question
    from flows.export.selection import Selection
    from flows.export.story_rows import StoryOf
    from flows.tables.rows import DocumentRow

__all__ = ["Record", "Records"]

Record = dict[str, Any]
"""A document by the columns of `COLUMNS`."""

_AS_THEY_ARE = (
    *("url", "source", "title", "authors", "published", "fetched_at", "language", "section", "site_name", "agency"),
    *("paywalled", "reservations", "flags", "digest", "cleaners"),
)


@dataclass(slots=True)
class Records:
    """Iterate to have the records.

    So far, `masked` counts the placeholders that were put, and `characters` those of all kept paragraphs of the
    documents, also of paragraphs that the question leaves out.
    """

    question: Question
    selection: Selection
    mask: bool = False
    masked: Counter[str] = field(default_factory=Counter)
    characters: int = 0

    def __iter__(self) -> Iterator[Record]:
        columns = [*_AS_THEY_ARE, "shard", "offset", "text", *(["paragraphs"] if self.question.only else [])]
        stories = self.selection.stories
        for selected in self.selection.shards:
            shard = f"{selected.tables.documents.stem}.warc.gz"
            of_shard = stories.of_shard(selected.source, shard) if stories else {}
            place = 0
            for rows in read_rows(selected.tables, columns):
                for row in rows:
                    if place in selected.rows:
                        yield self._record(row, of_shard.get(row["offset"]))
                    place += 1

    def _record(self, row: DocumentRow, story: StoryOf | None) -> Record:
        self.characters += len(row["text"])
        text = text_in(self.question.only, row) if self.question.only else row["text"]
        found = {"id": document_id(row["source"], row)} | {name: row[name] for name in _AS_THEY_ARE}
        if self.mask:
            from flows.export.contacts import mask_contacts

            text = mask_contacts(text, self.masked)
            found["title"] = found["title"] and mask_contacts(found["title"], self.masked)
            found["authors"] = [mask_contacts(name, self.masked) for name in found["authors"]]
        return found | {
            "text": text,
            "words": words(text),
            "story": story and story.story,
            "repeat": story and story.kind,
        }
