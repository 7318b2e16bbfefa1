"""The stories row of a documents row."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq

from flows.stories.days import day_of_document
from flows.stories.stories_table import month_path

if TYPE_CHECKING:
    from pathlib import Path

    from flows.tables.rows import DocumentRow


class StoryLookup:
    """Reads the months as they are asked for, and keeps a few of them in memory."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._month = lru_cache(8)(self._read)

    def find(self, document: DocumentRow) -> dict[str, Any] | None:
        """The row, as in `STORIES`, or None where the document was not taken in.

        Needs `source`, `shard`, `offset`, `published` and `fetched_at` of the document.
        """
        day = day_of_document(document["published"], document["fetched_at"])
        rows = self._month(document["source"], day.strftime("%Y-%m"))
        return rows.get((document["shard"], document["offset"]))

    def _read(self, source: str, month: str) -> dict[tuple[str, int], dict[str, Any]]:
        try:
            rows = pq.read_table(month_path(self._data, source, month)).to_pylist()
        except FileNotFoundError:
            return {}
        return {(row["shard"], row["offset"]): row for row in rows}
