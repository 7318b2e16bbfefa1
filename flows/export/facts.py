"""What an export holds, counted while it is written: for its card and its last line."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from flows.common.errors import SitoError
from flows.store.present import present
from flows.stories.days import day_of_document

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flows.export.records import Record
    from flows.export.selection import Selected, Selection

__all__ = ["Facts", "SourceFacts", "dropped_by_category", "dropped_by_document"]

_BEFORE_ALL = datetime.min.replace(tzinfo=UTC)


@dataclass(slots=True)
class SourceFacts:
    """Of the documents of one source."""

    documents: int = 0
    words: int = 0
    first: date = date.max
    last: date = date.min


@dataclass(slots=True)
class Facts:
    """Of all documents that were written."""

    documents: int = 0
    words: int = 0
    characters: int = 0
    """Of all kept paragraphs of these documents."""
    sources: dict[str, SourceFacts] = field(default_factory=dict)
    languages: Counter[str] = field(default_factory=Counter)
    parts: Counter[str] = field(default_factory=Counter)
    reservations: Counter[str] = field(default_factory=Counter)
    cleaners: Counter[str] = field(default_factory=Counter)
    repeats: Counter[str] = field(default_factory=Counter)
    """Documents that repeat the main one of their story, by how."""
    last_capture: datetime = _BEFORE_ALL
    masked: Counter[str] = field(default_factory=Counter)
    dropped: Counter[str] = field(default_factory=Counter)
    """Characters that the rules dropped from these pages, by category."""

    def add(self, record: Record, part: str) -> None:
        """Count one document."""
        source = self.sources.setdefault(record["source"], SourceFacts())
        day = day_of_document(record["published"], record["fetched_at"])
        for counts in (self, source):
            counts.documents += 1
            counts.words += record["words"]
        source.first, source.last = min(source.first, day), max(source.last, day)
        self.languages[record["language"]] += 1
        self.parts[part] += 1
        self.reservations.update(record["reservations"])
        self.cleaners[record["cleaners"]] += 1
        if record["repeat"]:
            self.repeats[record["repeat"]] += 1
        self.last_capture = max(self.last_capture, record["fetched_at"])


def dropped_by_category(selection: Selection, tell: Callable[[int, int], None]) -> Counter[str]:
    """Characters that the rules dropped from the pages taken, by category. `tell` hears how many shards are read."""
    found: Counter[str] = Counter()
    for number, selected in enumerate(selection.shards, start=1):
        for _, category, characters in _dropped(selected):
            found[category] += characters
        tell(number, len(selection.shards))
    return found


def dropped_by_document(selected: Selected) -> dict[int, int]:
    """Characters that the rules dropped from the body of each page taken of a shard, by its offset."""
    found: Counter[int] = Counter()
    for offset, _, characters in _dropped(selected):
        found[offset] += characters
    return dict(found)


def _dropped(selected: Selected) -> Iterator[tuple[int, str, int]]:
    """Offset of a page taken, a category, characters. Raises SitoError where the ledger cannot be read."""
    try:
        offsets = pq.ParquetFile(present(selected.tables.documents)).read(columns=["offset"])["offset"]
        taken = offsets.take(pa.array(sorted(selected.rows))).combine_chunks()
        with pq.ParquetFile(present(selected.tables.ledger), page_checksum_verification=True) as file:
            for group in range(file.num_row_groups):
                rows = file.read_row_group(group, columns=["offset", "cuts"])
                yield from _sums(rows.filter(pc.is_in(rows["offset"], value_set=taken)))
    except (OSError, ValueError, pa.ArrowException) as error:
        said = f"{selected.tables.ledger} cannot be read ({error}); `sito check` says what mends it"
        raise SitoError(said) from error


def _sums(rows: pa.Table) -> Iterator[tuple[int, str, int]]:
    for batch in rows.to_batches():
        cuts = batch["cuts"].flatten()
        table = pa.table(
            {
                "offset": batch["offset"].take(pc.list_parent_indices(batch["cuts"])),
                "category": cuts.field("category"),
                "characters": pc.subtract(cuts.field("end"), cuts.field("start")).cast(pa.int64()),
            }
        )
        for row in table.group_by(["offset", "category"]).aggregate([("characters", "sum")]).to_pylist():
            yield row["offset"], row["category"], row["characters_sum"]
