"""The rows that a shard's tables hold before they are replaced, found by page."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from flows.tables.shard_tables import DamagedTables

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flows.tables.rows import PageRows
    from flows.tables.shard_tables import ShardTables


class PreviousRows:
    """Walks the tables once: ask for pages in the order of their offsets.

    Reading ends where the tables are damaged, as if they held no more pages: those are cleaned from raw anyway.
    """

    def __init__(self, tables: ShardTables) -> None:
        self._rows = tables.pages() if tables.versions() is not None else iter(())
        self._next = self._take()

    def _take(self) -> PageRows | None:
        with suppress(DamagedTables):
            return next(self._rows, None)
        return None

    def at(self, offset: int) -> PageRows | None:
        """The rows of the page at this offset of the shard."""
        while self._next is not None and self._next[0]["offset"] < offset:
            self._next = self._take()
        if self._next is None or self._next[0]["offset"] != offset:
            return None
        found, self._next = self._next, self._take()
        return found

    def rest(self) -> Iterator[PageRows]:
        """The rows of all pages after the last one asked for."""
        while self._next is not None:
            yield self._next
            self._next = self._take()
