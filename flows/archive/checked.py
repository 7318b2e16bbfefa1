"""Which shards of a source were compared with their indexes, and in which order: the next ones to compare."""

from __future__ import annotations

import json
import math
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

SHARE = 30
"""Days in which every shard is read once, if there are runs; the Internet Archive and LOCKSS audit on such a scale."""
_DAY = 86_400

SHARE_BYTES = 512 * 2**20
"""Bytes of old shards that a run reads at most, about a second; the first is read whatever its size."""


class Checked:
    """The names of shards found whole, the longest ago first, in `.checked` beside them; it may be deleted."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / ".checked"
        try:
            names = json.loads(self._path.read_text("utf-8"))
            self._names = dict.fromkeys(name for name in names if isinstance(name, str))
            self._at = self._path.stat().st_mtime
        except (OSError, ValueError, TypeError):
            self._names, self._at = {}, 0.0

    def due(self, shards: Sequence[str]) -> list[str]:
        """Those of the shards that were never compared, and a share of the others, the longest ago first.

        It is larger the longer ago the last share was, up to that of a day, and never less than one shard.
        """
        there = set(shards)
        found = [shard for shard in shards if shard not in self._names]
        left = SHARE_BYTES
        old = [name for name in self._names if name in there]
        days = min(max(time.time() - self._at, 0) / _DAY, 1)
        for place, shard in enumerate(old[: max(1, math.ceil(days * len(old) / SHARE))]):
            left -= (self._path.parent / shard).stat().st_size
            if place and left < 0:
                break
            found.append(shard)
        return found

    def mark(self, shard: str, *, whole: bool) -> None:
        """The shard was compared now; one that is not whole is due again in the next run."""
        self._names.pop(shard, None)
        if whole:
            self._names[shard] = None

    def save(self, shards: Iterable[str]) -> None:
        """Write the names of those that are still there; the caller holds the source's lock. Raises OSError."""
        there = set(shards)
        self._path.write_text(json.dumps([name for name in self._names if name in there]) + "\n", "utf-8")
