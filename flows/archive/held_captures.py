"""The captures that the manifest of a source knows: looked up one by one, so that what is held costs a run nothing."""

from __future__ import annotations

import sqlite3
import threading
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from flows.manifest.manifest import Manifest


class Entries(NamedTuple):
    """Packed captures and queries by key, and the keys of what was pruned: as `CapturedIndex` makes them."""

    captured: dict[bytes, bytes]
    queries: dict[bytes, str]
    pruned: set[bytes]


class HeldCaptures:
    """What `CapturedIndex` knows of these shards, whose numbers are their places; safe to share between threads.

    `pages` is the number of captured pages. Where the manifest cannot be read any more, `reread` gives all from the
    shards' indexes; without it, sqlite3.Error is raised.
    """

    def __init__(
        self, manifest: Manifest, shards: Sequence[str], pages: int, reread: Callable[[], Entries] | None = None
    ) -> None:
        self.shards, self.pages = shards, pages
        self._manifest, self._reread = manifest, reread
        self._read: Entries | None = None
        self._lock = threading.Lock()

    def entry(self, key: bytes) -> bytes | None:
        """The packed captures of an address."""
        found: bytes | None = self._one("SELECT entry FROM captured WHERE key = ?", key, lambda read: read.captured)
        return found

    def query(self, key: bytes) -> str | None:
        """The first query under this key."""
        found: str | None = self._one("SELECT query FROM queries WHERE key = ?", key, lambda read: read.queries)
        return found

    def was_pruned(self, key: bytes) -> bool:
        """Whether a payload with this key was held and pruned."""
        known = self._one("SELECT 1 FROM pruned WHERE key = ?", key, lambda read: dict.fromkeys(read.pruned, 1))
        return known is not None

    def _one(self, question: str, key: bytes, otherwise: Callable[[Entries], Mapping[bytes, Any]]) -> Any:
        with self._lock:
            if self._read is None:
                try:
                    return self._manifest.one(question, key)
                except sqlite3.Error:
                    if self._reread is None:
                        raise
                    self._read = self._reread()
            return otherwise(self._read).get(key)
