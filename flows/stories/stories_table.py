"""Writes clean/stories/ by source and month, from the index; a file whose rows stay the same is left alone."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from flows.stories.day import KINDS, REPRESENTATIVE
from flows.stories.grouping import WINDOW_DAYS
from flows.tables.schema import STORIES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from flows.stories.day import Day, Links
    from flows.stories.index import Index

_DIGEST = b"sito.rows"


def month_path(data: Path, source: str, month: str) -> Path:
    """The file of a source's documents of a month (YYYY-MM)."""
    return data / "clean" / "stories" / f"source={source}" / f"{month}.parquet"


def write_months(index: Index, data: Path, changed: set[int], tell: Callable[[str, int, int], None]) -> int:
    """Write the files of all months in which a story may have changed; gives how many were written."""
    near = {day + n for day in changed for n in range(-WINDOW_DAYS, WINDOW_DAYS + 1)}
    touched = near & (index.days | changed)
    months = sorted({date.fromordinal(day).strftime("%Y-%m") for day in touched})
    written = 0
    for n, month in enumerate(months):
        tell("months written", n, len(months))
        written += _write_month(index, data, month)
    return written


def _write_month(index: Index, data: Path, month: str) -> int:
    inside = [day for day in index.days if date.fromordinal(day).strftime("%Y-%m") == month]
    around = _Around(index, inside)
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for number in sorted(inside):
        for source, row in around.rows(number):
            rows[source].append(row)
    folder = data / "clean" / "stories"
    there = {path.parent.name.removeprefix("source=") for path in folder.glob(f"source=*/{month}.parquet")}
    for source in there - rows.keys():
        month_path(data, source, month).unlink()
    return sum(_write(month_path(data, source, month), own) for source, own in sorted(rows.items()))


class _Around:
    """The days of a month and of a window around them: where stories begin and end."""

    def __init__(self, index: Index, inside: Iterable[int]) -> None:
        wanted = {day + n for day in inside for n in range(-WINDOW_DAYS, WINDOW_DAYS + 1)}
        self.days: dict[int, tuple[Day, Links]] = {}
        for number in sorted(wanted & index.days):
            links = index.links(number)
            if links is not None:
                self.days[number] = index.day(number), links
        self.pages: dict[tuple[int, int], set[tuple[str, str]]] = defaultdict(set)
        self.seen: dict[tuple[int, int], list[int]] = defaultdict(list)
        for number, (day, links) in self.days.items():
            for row, story in enumerate(zip(links.day.tolist(), links.row.tolist(), strict=True)):
                self.pages[story].add((day.source[row], day.url[row]))
                self.seen[story].append(number)

    def rows(self, number: int) -> Iterable[tuple[str, dict[str, Any]]]:
        day, links = self.days[number]
        for row, story in enumerate(zip(links.day.tolist(), links.row.tolist(), strict=True)):
            kind = int(links.kind[row])
            head, at = self.days[story[0]][0], story[1]
            name = f"{head.source[at]}\0{head.url[at]}\0{story[0]}".encode("utf-8", "surrogatepass")
            likeness = (links.similarity[row], links.containment[row])
            similarity, containment = (None if np.isnan(x) else round(float(x), 4) for x in likeness)
            yield (
                day.source[row],
                {
                    "source": day.source[row],
                    "url": day.url[row],
                    "shard": day.shard[row],
                    "offset": int(day.offset[row]),
                    "day": date.fromordinal(number),
                    "story": hashlib.blake2b(name, digest_size=8).hexdigest(),
                    "representative": kind == REPRESENTATIVE,
                    "kind": KINDS[kind],
                    "similarity": similarity,
                    "containment": containment,
                    "representative_source": head.source[at],
                    "representative_url": head.url[at],
                    "documents": len(self.pages[story]),
                    "sources": len({source for source, _ in self.pages[story]}),
                    "first_seen": date.fromordinal(min(self.seen[story])),
                    "last_seen": date.fromordinal(max(self.seen[story])),
                },
            )


def _write(path: Path, rows: list[dict[str, Any]]) -> bool:
    """Write a file unless it holds these rows."""
    digest = hashlib.blake2b(repr(rows).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
    try:
        if (pq.read_metadata(path).metadata or {}).get(_DIGEST) == digest.encode():
            return False
    except (OSError, pa.ArrowException):
        pass
    schema = STORIES.with_metadata({_DIGEST: digest})
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), part, compression="zstd")
    part.replace(path)
    return True
