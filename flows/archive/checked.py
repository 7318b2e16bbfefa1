"""Which shards of a source were compared with their indexes, and in which order: the next ones to compare."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

SHARE = 30
"""Runs in which every shard is read once; the Internet Archive and LOCKSS audit on such a scale, of weeks."""

SHARE_BYTES = 512 * 2**20
"""Bytes of old shards that a run reads at most, about a second; the first is read whatever its size."""


class Checked:
    """The names of shards found whole, the longest ago first, in `.checked` beside them; it may be deleted."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / ".checked"
        try:
            names = json.loads(self._path.read_text("utf-8"))
            self._names = dict.fromkeys(name for name in names if isinstance(name, str))
        except (OSError, ValueError, TypeError):
            self._names = {}

    def due(self, shards: Sequence[Path]) -> list[Path]:
        """Those of the shards that were never compared, and a share of the others, the longest ago first."""
        there = {shard.name: shard for shard in shards}
        found = [shard for shard in shards if shard.name not in self._names]
        left = SHARE_BYTES
        old = [there[name] for name in self._names if name in there]
        for place, shard in enumerate(old[: -(-len(old) // SHARE)]):
            left -= shard.stat().st_size
            if place and left < 0:
                break
            found.append(shard)
        return found

    def mark(self, shard: str, *, whole: bool) -> None:
        """The shard was compared now; one that is not whole is due again in the next run."""
        self._names.pop(shard, None)
        if whole:
            self._names[shard] = None

    def save(self, shards: Sequence[Path]) -> None:
        """Write the names of those that are still there; the caller holds the source's lock. Raises OSError."""
        there = {shard.name for shard in shards}
        self._path.write_text(json.dumps([name for name in self._names if name in there]) + "\n", "utf-8")
