"""What the cleaners did in some shards, counted from their Parquet twins: what was dropped by which rule, languages."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq

from flows.common.escape import one_line
from flows.tables.shard_tables import ShardTables

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

EXAMPLE_LENGTH = 80
DISTINCT = 20_000
"""Different examples of one rule that are counted; further ones are new to us, thus rare, and only add to `times`."""


@dataclass(slots=True)
class Dropped:
    """What one rule dropped: how often, how many words, and the texts with their counts."""

    times: int = 0
    words: int = 0
    examples: Counter[str] = field(default_factory=Counter)

    def add(self, text: str) -> None:
        """Count one dropped text."""
        self.times += 1
        self.words += len(text.split())
        example = one_line(text, EXAMPLE_LENGTH)
        if example in self.examples or len(self.examples) < DISTINCT:
            self.examples[example] += 1


@dataclass(frozen=True, slots=True)
class Tally:
    """`dropped` by (category, rule); `letters` by language in kept text; `pages` by their main language."""

    dropped: dict[tuple[str, str], Dropped] = field(default_factory=dict)
    letters: Counter[str] = field(default_factory=Counter)
    pages: Counter[str] = field(default_factory=Counter)

    def by_category(self) -> Counter[str]:
        """How often each category was dropped."""
        times: Counter[str] = Counter()
        for (category, _), dropped in self.dropped.items():
            times[category] += dropped.times
        return times


def tally(data: Path, source: str, shards: Iterable[str]) -> Tally:
    """Read the twins of these shards (names as in raw/<source>/); a missing twin raises."""
    result = Tally()
    for shard in shards:
        twins = ShardTables.of(data, source, shard)
        for row in _rows(twins.ledger, ["text", "cuts"]):
            for cut in row["cuts"]:
                dropped = result.dropped.setdefault((cut["category"], cut["rule"]), Dropped())
                dropped.add(row["text"][cut["start"] : cut["end"]])
        for row in _rows(twins.documents, ["language", "languages"]):
            if letters := {each["language"]: each["letters"] for each in row["languages"]}:
                result.letters.update(letters)
                result.pages[row["language"]] += 1
    return result


def _rows(path: Path, columns: list[str]) -> Iterator[dict[str, Any]]:
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(batch_size=4096, columns=columns):
            yield from batch.to_pylist()
