"""Which captures of a page are its versions, by number, and which one is the latest.

It sorts columns and not rows: all captures of a source may be asked for at once, and a row of Python takes ten times
the memory.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from flows.tables.schema import VERSIONS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]

__all__ = ["gone_at", "numbered"]


def numbered(captures: pa.Table, pruned: pa.Table, given: pa.Table, gone: Mapping[str, datetime]) -> pa.Table:
    """The rows of the versions table for these captures, in order of shard and offset.

    `captures` have url, shard, offset, fetched_at, digest and status; the rest is of the same pages: of what was
    `pruned`, url, digest and fetched_at; of the payload that a page was `given` again by its last answer, and has rows
    with another one, url, digest and given_at; and since when pages are gone.
    """
    # What was pruned has no rows, but is counted: a version keeps its number.
    every = pa.concat_tables([captures, pruned], promote_options="default")
    page, shard = _ranks(every["url"]), _ranks(every["shard"])
    offset, at = _numbers(every["offset"]), _numbers(every["fetched_at"])
    digest = _ranks(every["digest"])
    text = np.unique(page * (len(page) + 1) + digest, return_inverse=True)[1]
    version = _versions(page, text, at, shard, offset)
    # The text of a page whose last capture has none is in an earlier one, which then is the latest: as in an export.
    kept = _numbers(pc.equal(every["status"], "kept"))
    own = pc.is_valid(every["status"]).to_numpy()
    order = np.lexsort((offset, shard, at, _last_given(every, given), kept, own, page))
    latest = np.zeros(len(page), bool)
    latest[order[np.diff(page[order], append=-1) != 0]] = True
    rows = np.lexsort((offset, shard))
    rows = rows[own[rows]]
    columns = [every[name] for name in ("url", "shard", "offset")]
    columns += [pa.array(version, pa.int32()), pa.array(latest), gone_at(every["url"], gone)]
    return pa.Table.from_arrays([column.take(pa.array(rows)) for column in columns], schema=VERSIONS)


def gone_at(urls: pa.ChunkedArray, gone: Mapping[str, datetime]) -> pa.ChunkedArray:
    """Of each address, since when it is gone; null: it is not."""
    times = pa.array(list(gone.values()), VERSIONS.field("gone_at").type)
    return pc.take(times, pc.index_in(urls, pa.array(list(gone), pa.string())))


def _versions(page: Numbers, text: Numbers, at: Numbers, shard: Numbers, offset: Numbers) -> Numbers:
    """Of each capture, the number of its text among those of its page, in the order in which they were first seen."""
    order = np.lexsort((offset, shard, at, text))
    first = order[np.diff(text[order], prepend=-1) != 0]  # of each text, in their order
    by_time = np.lexsort((offset[first], shard[first], at[first], page[first]))
    first = first[by_time]
    seen = np.stack([page[first], at[first], shard[first], offset[first]])
    count = np.cumsum((np.diff(seen, axis=1, prepend=-1) != 0).any(axis=0))
    before = np.maximum.accumulate(np.where(np.diff(seen[0], prepend=-1) != 0, count - 1, 0))
    number = np.empty(len(first), np.int64)
    number[by_time] = count - before
    return number[text]


def _last_given(every: pa.Table, given: pa.Table) -> Numbers:
    """When the payload of each capture was last given.

    A page may come back to bytes that it had before: these have no new row, but the last answer gave them.
    """
    found = pc.index_in(every["url"], given["url"])
    same = pc.equal(pc.take(given["digest"], found), every["digest"])
    again = pc.if_else(pc.fill_null(same, False), pc.take(given["given_at"], found), every["fetched_at"])
    return np.maximum(_numbers(every["fetched_at"]), _numbers(again))


def _ranks(column: pa.ChunkedArray) -> Numbers:
    """Of each text its place among all of them, the same for the same; the last for none."""
    return np.asarray(pc.rank(column, tiebreaker="dense"), np.int64)


def _numbers(column: pa.ChunkedArray) -> Numbers:
    """As numbers; a time in microseconds, the greatest one for none."""
    return np.asarray(column.cast(pa.int64()).fill_null(np.iinfo(np.int64).max), np.int64)
