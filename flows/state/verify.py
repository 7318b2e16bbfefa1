"""The state against raw/: what it knows of captures, and which captures it does not know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.common.damage import Damage
from flows.state.schema import address_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from flows.archive.cdxj import CdxjEntry
    from flows.state.state_store import State

__all__ = ["verify_state"]


def verify_state(state: State, source: str, held: Mapping[Path, Iterable[CdxjEntry]]) -> Iterator[Damage]:
    """What the state says of a source against the captures that its shards hold. Raises StateError.

    Shards that no run has imported yet are left out: the next one imports them. Some 50,000 pages a second.
    """
    rebuild = f"`sito state rebuild {source}` reads raw/ again"
    imported = state.imported(source)
    payloads: dict[bytes, set[str]] = {}
    told: set[bytes] = set()
    for shard, entries in held.items():
        for entry in entries:
            if (found := address_key(entry.url)) is None:
                continue
            if not entry.revisit:
                payloads.setdefault(found[0], set()).add(entry.digest)
            if shard.name in imported:
                told.add(found[0])
    gone = 0
    for page in state.pages.all(source):
        found = address_key(page.url)
        key = found[0] if found else b""
        told.discard(key)
        gone += page.first_captured is not None and page.digest not in payloads.get(key, ())
    if told:
        yield Damage(state.name, f"{len(told):,} pages of {source} that are in raw/ are missing", rebuild)
    if gone:
        what = f"{gone:,} pages of {source} are said to be in raw/, and are not"
        yield Damage(state.name, what, f"put back the shards that are gone; without them, {rebuild}")
