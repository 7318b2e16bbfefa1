"""Which story a document belongs to, as `clean/stories` says, where that is there."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from flows.common.errors import SitoError
from flows.stories.stories_table import story_files

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["StoryOf", "StoryRows", "have_stories"]

_KEYS = pa.schema([(name, pa.dictionary(pa.int32(), pa.string())) for name in ("source", "shard")])
_ROWS = pa.schema(
    [
        ("offset", pa.int64()),
        ("story", pa.string()),
        ("representative", pa.bool_()),
        ("kind", pa.dictionary(pa.int32(), pa.string())),
    ]
)
_COLUMNS = pa.schema([*_KEYS, *_ROWS])


class StoryOf(NamedTuple):
    """The story of a document: its id, whether the document stands for it, and how it is like the one that does."""

    story: str
    representative: bool
    kind: str | None


class StoryRows:
    """The stories of some sources: some 50 bytes a document in memory."""

    def __init__(self, data: Path, sources: Sequence[str]) -> None:
        """Read them; empty where there are none. Raises SitoError where the files cannot be read."""
        wanted = pa.array(sources, pa.string())
        parts = [_COLUMNS.empty_table()]
        try:
            for path in story_files(data):
                part = pq.ParquetFile(path).read(columns=_COLUMNS.names).select(_COLUMNS.names).cast(_COLUMNS)
                parts.append(part.filter(pc.is_in(part["source"].cast(pa.string()), wanted)))
        except (OSError, ValueError, KeyError, pa.ArrowException) as error:
            raise SitoError(
                f"{data / 'clean' / 'stories'} cannot be read ({error}); `sito stories` makes it anew"
            ) from error
        table = pa.concat_tables(parts).unify_dictionaries().combine_chunks()
        codes = [table[name].combine_chunks() for name in _KEYS.names]
        source, shard = (each.indices.to_numpy() for each in codes)
        order = np.lexsort((shard, source))
        self._rows = table.select(_ROWS.names).take(pa.array(order))
        source, shard = source[order], shard[order]
        begins = np.flatnonzero(np.append(True, (source[1:] != source[:-1]) | (shard[1:] != shard[:-1])))
        ends = np.append(begins[1:], len(order))
        names = [each.dictionary.to_pylist() for each in codes]
        self._bounds = {
            (names[0][source[begin]], names[1][shard[begin]]): (begin, end - begin)
            for begin, end in zip(begins.tolist(), ends.tolist(), strict=True)
            if begin < end
        }

    def of_shard(self, source: str, shard: str) -> dict[int, StoryOf]:
        """The stories of the documents of a shard, by offset."""
        rows = self._rows.slice(*self._bounds.get((source, shard), (0, 0))).to_pylist()
        return {row["offset"]: StoryOf(row["story"], row["representative"], row["kind"]) for row in rows}


def have_stories(data: Path) -> bool:
    """Whether stories were looked for in this folder."""
    return (data / "clean" / "stories").is_dir()
