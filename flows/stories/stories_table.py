"""Writes clean/stories/, a file a day, from the index; a file whose rows stay the same is left alone.

What the rows of a day say can only change with the days of the window before and after it. Numbers alone decide whether
it did: only of a day that did are the addresses read.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from flows.stories.day import KINDS, REPRESENTATIVE
from flows.stories.grouping import WINDOW_DAYS
from flows.stories.index import VERSION
from flows.tables.schema import STORIES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from flows.stories.index import Index

_DIGEST = b"sito.rows"
"""Key in the footer of a file: a digest of what its rows were made of."""
_EPOCH = date(1970, 1, 1).toordinal()
_TOGETHER = 2 * WINDOW_DAYS
"""Days, from first to last, that are looked at in one go, with those of the window before and after them."""

Numbers = npt.NDArray[Any]


def story_files(data: Path) -> list[Path]:
    """The files of the table of stories, by day."""
    return sorted((data / "clean" / "stories").glob("*.parquet"))


def day_path(data: Path, day: int) -> Path:
    """The file of the documents of a day."""
    return data / "clean" / "stories" / f"{date.fromordinal(day)}.parquet"


def write_days(index: Index, data: Path, changed: set[int], tell: Callable[[str, int, int], None]) -> int:
    """Write the files of all days in which a story may have changed; gives how many were written."""
    known = {day_path(data, day) for day in index.days}
    for path in story_files(data):
        if path not in known:
            path.unlink()
    near = sorted({day + n for day in changed for n in range(-WINDOW_DAYS, WINDOW_DAYS + 1)} & index.days)
    written = done = 0
    while done < len(near):
        together = [day for day in near[done:] if day < near[done] + _TOGETHER]
        stories = _Stories(index, together)
        for day in together:
            tell("days written", done, len(near))
            written += stories.write(day, day_path(data, day))
            done += 1
    return written


class _Stories:
    """The stories of some days in a row, with their members on the days before and after."""

    def __init__(self, index: Index, wanted: Sequence[int]) -> None:
        self.index = index
        # A story begins up to a window before, and ends up to a window after.
        near = [day for day in sorted(index.days) if wanted[0] - WINDOW_DAYS <= day <= wanted[-1] + WINDOW_DAYS]
        days = [(day, links) for day in near if (links := index.links(day)) is not None]
        self.links = dict(days)
        self.places = {day: index.places(day) for day in self.links}
        self.begins = np.cumsum([0, *map(len, self.places.values())])
        self.at = {day: int(begin) for day, begin in zip(self.links, self.begins[:-1], strict=True)}
        # Each document's representative, as a row of all; that on a day before them is of no wanted document.
        first = np.array([self.at.get(n, -(2**40)) for n in range(near[0] - WINDOW_DAYS, near[-1] + 1)])
        self.head = np.concatenate([first[of.day - near[0] + WINDOW_DAYS] + of.row for of in self.links.values()])
        self.day = np.repeat([*self.links], np.diff(self.begins))
        self.page = np.concatenate([places["page"].to_numpy() for places in self.places.values()])
        self._count()

    def _count(self) -> None:
        """Of each story, at the row of its representative: its pages and sources, each once, and its last day."""
        size = len(self.head)
        self.documents, self.sources = np.ones(size, np.int32), np.ones(size, np.int32)
        self.last_seen = self.day.copy()
        members = np.bincount(self.head[self.head >= 0], minlength=size)
        rows = np.flatnonzero(self.head >= 0)
        rows = rows[members[self.head[rows]] > 1]  # most documents are alone in their story
        head = self.head[rows]
        np.maximum.at(self.last_seen, head, self.day[rows])
        source = pa.chunked_array([places["source"].chunk(0) for places in self.places.values()]).combine_chunks()
        codes = source.dictionary_encode().indices.to_numpy()
        for found, what in ((self.documents, self.page[rows]), (self.sources, codes[rows])):
            order = np.lexsort((what, head))
            story, value = head[order], what[order]
            new = np.ones(len(story), bool)
            new[1:] = (story[1:] != story[:-1]) | (value[1:] != value[:-1])
            heads, counts = np.unique(story[new], return_counts=True)
            found[heads] = counts

    def write(self, day: int, path: Path) -> bool:
        """Write the file of a day unless it holds what it should."""
        digest = self._digest(day).encode()
        with suppress(OSError, pa.ArrowException):
            if (pq.read_metadata(path).metadata or {}).get(_DIGEST) == digest:
                return False
        part = path.with_name(f".{path.name}.part")
        rows = self._rows(day).replace_schema_metadata({_DIGEST: digest})
        pq.write_table(rows, part, compression="zstd", write_page_checksum=True)
        part.replace(path)
        return True

    def _heads(self, day: int) -> Numbers:
        return self.head[self.at[day] : self.at[day] + len(self.places[day])]

    def _digest(self, day: int) -> str:
        """Of all that the rows of a day are made of."""
        heads = self._heads(day)
        whole = hashlib.blake2b(VERSION.encode(), digest_size=16)
        links = self.links[day]
        of_rows: list[Numbers] = [links.kind, links.similarity, links.containment]
        of_heads: list[Numbers] = [self.page, self.day, self.documents, self.sources, self.last_seen]
        for numbers in (*of_rows, *(each[heads] for each in of_heads)):
            whole.update(numbers.tobytes())
        for column in self.places[day].columns:
            for buffer in column.chunk(0).buffers():
                whole.update(buffer or b"")
        return whole.hexdigest()

    def _rows(self, day: int) -> pa.Table:
        """The rows of a day, by source, in the order of the index."""
        own, links = self.places[day], self.links[day]
        heads, which = np.unique(self._heads(day), return_inverse=True)
        leading = self._leading(heads)
        stories = self._names(leading, self.day[heads]).take(pa.array(which))
        kind = links.kind
        likeness = {name: getattr(links, name).round(4) for name in ("similarity", "containment")}
        columns = {
            **{name: own[name] for name in ("source", "url", "shard", "offset")},
            "day": _dates(np.full(len(own), day)),
            "story": stories,
            "representative": kind == REPRESENTATIVE,
            "kind": pa.array(KINDS, pa.string()).take(pa.array(kind)),
            **{name: pa.array(values, mask=np.isnan(values)) for name, values in likeness.items()},
            **{f"representative_{name}": leading[name].take(pa.array(which)) for name in ("source", "url")},
            **{name: getattr(self, name)[heads][which] for name in ("documents", "sources")},
            "first_seen": _dates(self.day[heads][which]),  # no text is linked to a later one
            "last_seen": _dates(self.last_seen[heads][which]),
        }
        rows = pa.table(columns)
        return rows.take(pc.array_sort_indices(rows["source"])).combine_chunks().cast(STORIES)

    def _leading(self, heads: Numbers) -> pa.Table:
        """Source and address of these rows of all, which rise."""
        cuts = np.searchsorted(heads, self.begins)
        parts = [
            places.select(["source", "url"]).take(pa.array(heads[cuts[n] : cuts[n + 1]] - self.begins[n]))
            for n, places in enumerate(self.places.values())
            if cuts[n] < cuts[n + 1]
        ]
        return pa.concat_tables(parts).combine_chunks()

    @staticmethod
    def _names(leading: pa.Table, days: Numbers) -> pa.Array:
        """The names of stories, from the page of the representative and its day."""
        rows = zip(leading["source"].to_pylist(), leading["url"].to_pylist(), days.tolist(), strict=True)
        said = (f"{source}\0{url}\0{day}".encode("utf-8", "surrogatepass") for source, url, day in rows)
        return pa.array([hashlib.blake2b(each, digest_size=8).hexdigest() for each in said], pa.string())


def _dates(ordinals: Numbers) -> pa.Array:
    return pa.array((ordinals - _EPOCH).astype(np.int32)).cast(pa.date32())
