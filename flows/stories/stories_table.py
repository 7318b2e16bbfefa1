"""Writes clean/stories/ by source and month, from the index; a file whose rows stay the same is left alone."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from flows.stories.day import KINDS, REPRESENTATIVE
from flows.stories.grouping import WINDOW_DAYS
from flows.tables.schema import STORIES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from flows.stories.index import Index

_DIGEST = b"sito.rows"
"""Key in the footer of a file: a digest of its rows."""
_EPOCH = date(1970, 1, 1).toordinal()

Numbers = npt.NDArray[Any]


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
    inside = sorted(day for day in index.days if date.fromordinal(day).strftime("%Y-%m") == month)
    found = _rows(index, inside) if inside else STORIES.empty_table()
    source = found["source"].combine_chunks().dictionary_encode()
    codes = source.indices.to_numpy()
    names = dict(zip(source.dictionary.to_pylist(), range(len(source.dictionary)), strict=True))
    folder = data / "clean" / "stories"
    there = {path.parent.name.removeprefix("source=") for path in folder.glob(f"source=*/{month}.parquet")}
    for name in there - names.keys():
        month_path(data, name, month).unlink()
    return sum(
        _write(month_path(data, name, month), found.take(pa.array(np.flatnonzero(codes == code))))
        for name, code in sorted(names.items())
    )


def _rows(index: Index, inside: list[int]) -> pa.Table:
    """The rows of these days, in the order of the index."""
    # A story begins up to a window before, and ends up to a window after.
    wanted = {day + n for day in inside for n in range(-WINDOW_DAYS, WINDOW_DAYS + 1)}
    days = [(day, links) for day in sorted(wanted & index.days) if (links := index.links(day)) is not None]
    tables = [index.places(day) for day, _ in days]
    begins = np.cumsum([0, *map(len, tables)])
    at = {day: int(begin) for (day, _), begin in zip(days, begins[:-1], strict=True)}
    places = pa.concat_tables(tables).combine_chunks()
    day = np.repeat([day for day, _ in days], np.diff(begins))
    # Each document's representative, as a row of `places`; a day before them all is of no document inside.
    first = np.array([at.get(n, -(2**40)) for n in range(days[0][0] - WINDOW_DAYS, days[-1][0] + 1)])
    head = np.concatenate([first[links.day - days[0][0] + WINDOW_DAYS] + links.row for _, links in days])
    known = head >= 0
    rows = np.flatnonzero(np.isin(day, inside))
    about = _by_story(head[known], day[known], places.take(pa.array(np.flatnonzero(known))), len(places))
    kind = np.concatenate([links.kind for _, links in days])[rows]
    likeness = {
        name: np.concatenate([getattr(links, name) for _, links in days])[rows].round(4)
        for name in ("similarity", "containment")
    }
    own, heads = places.take(pa.array(rows)), head[rows]
    leading = places.take(pa.array(heads))
    columns = {
        **{name: own[name] for name in ("source", "url", "shard", "offset")},
        "day": _dates(day[rows]),
        "story": _names(leading, day, heads),
        "representative": kind == REPRESENTATIVE,
        "kind": pa.array(KINDS, pa.string()).take(pa.array(kind)),
        **{name: pa.array(values, mask=np.isnan(values)) for name, values in likeness.items()},
        "representative_source": leading["source"],
        "representative_url": leading["url"],
        **{name: about[name][heads] for name in ("documents", "sources")},
        **{name: _dates(about[name][heads]) for name in ("first_seen", "last_seen")},
    }
    return pa.table({name: pa.chunked_array([_flat(column)]) for name, column in columns.items()}).cast(STORIES)


def _flat(column: Any) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else pa.array(column)


def _dates(ordinals: Numbers) -> pa.Array:
    return pa.array((ordinals - _EPOCH).astype(np.int32)).cast(pa.date32())


def _by_story(head: Numbers, day: Numbers, places: pa.Table, size: int) -> dict[str, Numbers]:
    """Of each story, at the row of its representative: its pages and sources, each once, its first and last day."""
    found = {name: np.zeros(size, np.int64) for name in ("documents", "sources", "last_seen")}
    found["first_seen"] = np.full(size, np.iinfo(np.int64).max)
    np.minimum.at(found["first_seen"], head, day)
    np.maximum.at(found["last_seen"], head, day)
    source = places["source"].combine_chunks().dictionary_encode().indices.to_numpy()
    for name, what in (("documents", places["page"].to_numpy()), ("sources", source.astype(np.uint64))):
        order = np.lexsort((what, head))
        story, value = head[order], what[order]
        new = np.ones(len(story), bool)
        new[1:] = (story[1:] != story[:-1]) | (value[1:] != value[:-1])
        np.add.at(found[name], story[new], 1)
    return found


def _names(leading: pa.Table, day: Numbers, heads: Numbers) -> pa.Array:
    """The names of the stories, from the page of the representative and its day."""
    known: dict[int, str] = {}
    names = []
    columns = zip(heads.tolist(), leading["source"].to_pylist(), leading["url"].to_pylist(), strict=True)
    for head, source, url in columns:
        name = known.get(head)
        if name is None:
            said = f"{source}\0{url}\0{day[head]}".encode("utf-8", "surrogatepass")
            name = known[head] = hashlib.blake2b(said, digest_size=8).hexdigest()
        names.append(name)
    return pa.array(names, pa.string())


def _write(path: Path, rows: pa.Table) -> bool:
    """Write a file unless it holds these rows."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, rows.schema) as stream:
        stream.write_table(rows.combine_chunks())
    digest = hashlib.blake2b(sink.getvalue(), digest_size=16).hexdigest().encode()
    try:
        if (pq.read_metadata(path).metadata or {}).get(_DIGEST) == digest:
            return False
    except (OSError, pa.ArrowException):
        pass
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    pq.write_table(rows.replace_schema_metadata({_DIGEST: digest}), part, compression="zstd", write_page_checksum=True)
    part.replace(path)
    return True
