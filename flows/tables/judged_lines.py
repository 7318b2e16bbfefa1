"""The lines of a ledger that came to the cleaners, and their cuts, page by page: read by column, for many pages."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from cleaners.document import Cut, Fragment, Line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import pyarrow.parquet as pq

__all__ = ["JudgedLines", "judged_lines"]

_PLAIN = ("place", "text", "tag", "original", "language", "attributes", "link_share", "links")
_COLUMNS = ["offset", "verdict", *_PLAIN, "fragments", "cuts", "steps"]


@dataclass(slots=True)
class JudgedLines:
    """The lines of one page in order, and the cuts of those that have any, by the index of the line."""

    offset: int
    lines: list[Line] = field(default_factory=list)
    cuts: dict[int, list[Cut]] = field(default_factory=dict)


def judged_lines(ledger: pq.ParquetFile, wanted: Iterable[int]) -> Iterator[JudgedLines]:
    """The lines of the pages at the wanted offsets, a row group in memory. A page without such lines is not given."""
    offsets = pa.array(sorted(wanted), pa.int64())
    page: JudgedLines | None = None
    for group in range(ledger.num_row_groups):
        rows = ledger.read_row_group(group, columns=_COLUMNS)
        chosen = pc.and_(pc.not_equal(rows["verdict"], "left out"), pc.is_in(rows["offset"], offsets))
        rows = rows.filter(chosen).combine_chunks()
        if not rows.num_rows:
            continue
        lines, cuts = _lines(rows), _cuts(rows)
        for offset, line, own in zip(rows["offset"].to_pylist(), lines, cuts, strict=True):
            if page is None or page.offset != offset:
                if page is not None:
                    yield page
                page = JudgedLines(offset)
            page.lines.append(line)
            if own:
                page.cuts[line.index] = own
    if page is not None:
        yield page


def _lines(rows: pa.Table) -> Iterator[Line]:
    plain = (rows[name].to_pylist() for name in _PLAIN)
    fragments = [Fragment(*values) for values in _structs(rows["fragments"], "start", "end", "language")]
    for values, (begin, end) in zip(zip(*plain, strict=True), _spans(rows["fragments"]), strict=True):
        place, text, tag, original, language, attributes, link_share, links = values
        yield Line(
            place,
            text,
            tag,
            original,
            language,
            tuple(fragments[begin:end]),
            attributes,
            link_share,
            tuple(links),
        )


def _cuts(rows: pa.Table) -> Iterator[list[Cut]]:
    found = list(_structs(rows["cuts"], "start", "end", "category", "rule", "evidence"))
    steps = rows["steps"].to_pylist()
    for (begin, end), own in zip(_spans(rows["cuts"]), steps, strict=True):
        known = own if len(own) == end - begin else [None] * (end - begin)
        yield [Cut(*(*values, step)) for values, step in zip(found[begin:end], known, strict=True)]


def _structs(column: pa.ChunkedArray, *names: str) -> Iterator[tuple[Any, ...]]:
    """The values of all the lists of structs, one behind the other."""
    flat = pa.chunked_array([chunk.flatten() for chunk in column.chunks], column.type.value_type)
    return zip(*(pc.struct_field(flat, name).to_pylist() for name in names), strict=True)


def _spans(column: pa.ChunkedArray) -> Iterator[tuple[int, int]]:
    """Where each list begins and ends among all values."""
    ends = [0]
    for length in pc.list_value_length(column).to_pylist():
        ends.append(ends[-1] + (length or 0))
    return pairwise(ends)
