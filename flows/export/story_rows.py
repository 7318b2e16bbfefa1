"""Which story a document belongs to, as `clean/stories` says, where that is there."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from flows.common.errors import SitoError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["StoryOf", "have_stories", "stories_of_source"]

_COLUMNS = ["shard", "offset", "story", "representative", "kind"]


class StoryOf(NamedTuple):
    """The story of a document: its id, whether the document stands for it, and how it is like the one that does."""

    story: str
    representative: bool
    kind: str | None


class SourceStories:
    """The stories of one source: some 40 bytes a document in memory."""

    def __init__(self, table: pa.Table) -> None:
        shards = table["shard"].combine_chunks().dictionary_encode()
        codes = shards.indices.to_numpy(zero_copy_only=False)
        order = np.argsort(codes, kind="stable")
        self._rows = table.select(_COLUMNS[1:]).take(pa.array(order))
        bounds = np.searchsorted(codes[order], np.arange(len(shards.dictionary) + 1))
        self._bounds = {
            name: (int(bounds[n]), int(bounds[n + 1])) for n, name in enumerate(shards.dictionary.to_pylist())
        }

    def of_shard(self, shard: str) -> dict[int, StoryOf]:
        """The stories of the documents of a shard, by offset."""
        start, end = self._bounds.get(shard, (0, 0))
        rows = self._rows.slice(start, end - start).to_pylist()
        return {row["offset"]: StoryOf(row["story"], row["representative"], row["kind"]) for row in rows}


def have_stories(data: Path) -> bool:
    """Whether stories were looked for in this folder."""
    return (data / "clean" / "stories").is_dir()


def stories_of_source(data: Path, source: str) -> SourceStories:
    """The stories of a source; empty where there are none. Raises SitoError where the files cannot be read."""
    paths = sorted((data / "clean" / "stories" / f"source={source}").glob("[!.]*.parquet"))
    try:
        parts = [pq.ParquetFile(path).read(columns=_COLUMNS) for path in paths]
    except (OSError, ValueError, pa.ArrowException) as error:
        raise SitoError(
            f"{data / 'clean' / 'stories'} cannot be read ({error}); `sito stories` makes it anew"
        ) from error
    types = [pa.string(), pa.int64(), pa.string(), pa.bool_(), pa.string()]
    schema = pa.schema(list(zip(_COLUMNS, types, strict=True)))
    return SourceStories(pa.concat_tables([schema.empty_table(), *(part.cast(schema) for part in parts)]))
