"""What the manifest of a source knows of its shards: which ones are whole, and all their captures.

It knows a shard by the state of its file and of its index. Captures are kept folded, as `CapturedIndex` holds them, so
new shards can be added at the end; where one that is known was changed or is gone, all are read again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.archive.captured_index import CapturedIndex
from flows.archive.cdxj import read_entries, read_seal
from flows.archive.held_captures import HeldCaptures
from flows.archive.pruned_versions import read_pruned
from flows.archive.rewrites import is_rewritten

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path
    from sqlite3 import Connection

    from flows.archive.cdxj import CdxjEntry
    from flows.archive.held_captures import Entries
    from flows.manifest.manifest import Manifest

States = dict[str, str]
"""Of each shard that is there, oldest first, the states of its file and of its index."""
_AT_ONCE = 256  # shards whose captures are in memory before they are written


class RememberedShards:
    """The part of a manifest that is about the shards in `folder`. Raises SitoError for an index that is read."""

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self._folder, self._manifest = folder, manifest

    def not_known_whole(self, states: States) -> list[str]:
        """The names of those that were not seen to be whole, with a complete index, when they had these states."""
        known = dict(self._manifest.rows("SELECT name, state FROM shards WHERE whole"))
        return [name for name, state in states.items() if known.get(name) != state]

    def captured(self, states: States) -> CapturedIndex:
        """The captures of all; the indexes of those that are not known are read."""
        held, others = self._held(states)
        captured = CapturedIndex(held)
        for name in others:
            self._add(captured, name)
        return captured

    def keep(self, states: States) -> None:
        """Write down those that are not known; the caller holds the source's lock."""
        held, others = self._held(states)
        if others or held is None:
            self._manifest.write(lambda connection: self._write(connection, held, others, states))

    def is_right(self, states: States, entries: Mapping[Path, Iterable[CdxjEntry]]) -> bool:
        """Whether what is known of the shards is in these captures of theirs.

        A manifest that says nothing, or is of other states of the shards, is not wrong: it will be made anew.
        """
        held, _ = self._held(states)
        if held is None:
            return True
        captured = CapturedIndex()
        for name in held.shards:
            self._add(captured, name, entries.get(self._folder / name, ()))
        pages, found = len(captured), captured.take_new()
        return (
            pages == held.pages
            and found.captured == dict(self._manifest.rows("SELECT key, entry FROM captured"))
            and found.queries == dict(self._manifest.rows("SELECT key, query FROM queries"))
            and found.pruned == {key for (key,) in self._manifest.rows("SELECT key FROM pruned")}
        )

    def _held(self, states: States) -> tuple[HeldCaptures | None, list[str]]:
        """What is known of the shards with these states, and the names of those that are not known.

        None: all are to be read, as one that is known was changed or is gone, or an unknown one comes before others.
        """
        known = self._manifest.rows("SELECT name, state FROM shards ORDER BY number")
        pages = self._manifest.rows("SELECT value FROM facts WHERE name = 'pages'")
        names = [name for name, _ in known]
        others = sorted(states.keys() - set(names))
        later = not others or not names or others[0] > names[-1]
        if not pages or not later or any(states.get(name) != state for name, state in known):
            return None, sorted(states)
        return HeldCaptures(self._manifest, names, int(pages[0][0]), lambda: self._read(names)), others

    def _write(self, connection: Connection, held: HeldCaptures | None, others: list[str], states: States) -> None:
        if held is None:
            for table in ("shards", "captured", "queries", "pruned"):
                connection.execute(f"DELETE FROM {table}")  # noqa: S608 - our names
        # Without the indexes behind it: where this transaction cannot be read, it is given up.
        shards, pages = (held.shards, held.pages) if held else ([], 0)
        captured = CapturedIndex(HeldCaptures(self._manifest, shards, pages))
        for start in range(0, len(others), _AT_ONCE):
            part = others[start : start + _AT_ONCE]
            for name in part:
                self._add(captured, name)
            new = captured.take_new()
            connection.executemany("INSERT OR REPLACE INTO captured VALUES (?, ?)", sorted(new.captured.items()))
            connection.executemany("INSERT OR REPLACE INTO queries VALUES (?, ?)", sorted(new.queries.items()))
            connection.executemany("INSERT OR REPLACE INTO pruned VALUES (?)", [(key,) for key in sorted(new.pruned)])
            connection.executemany(
                "INSERT INTO shards VALUES (?, ?, ?, ?)",
                [(captured.number_of(name), name, states[name], self._is_whole(name)) for name in part],
            )
        connection.execute("INSERT OR REPLACE INTO facts VALUES ('pages', ?)", (str(len(captured)),))

    def _is_whole(self, name: str) -> bool:
        seal = read_seal(self._folder / name)
        return seal is not None and seal.damage is None

    def _read(self, names: list[str]) -> Entries:
        captured = CapturedIndex()
        for name in names:
            self._add(captured, name)
        return captured.take_new()

    def _add(self, captured: CapturedIndex, name: str, entries: Iterable[CdxjEntry] | None = None) -> None:
        """Add the captures of a shard, None: those of its index; it gets the next number, whatever it holds."""
        captured.number_of(name)
        shard = self._folder / name
        for entry in read_entries(shard) if entries is None else entries:
            captured.add(*entry[:5], name, entry.offset)
        for version in read_pruned(shard) if is_rewritten(name) else ():
            captured.prune(version.url, version.digest)
