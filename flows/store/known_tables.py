"""What the manifest of a source knows of its tables, published with them: another machine need not open them all.

It knows files by size, time and inode. Size and time are the same everywhere; the inode is put in here.
"""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

from flows.manifest.file_states import file_state
from flows.manifest.manifest import VERSION, Manifest
from flows.store.scope import STORIES

if TYPE_CHECKING:
    from pathlib import Path
    from sqlite3 import Connection

    from flows.store.listing import Listing

__all__ = ["read_known", "take_known"]

_ASKED = {
    "tables": "SELECT shard, documents, ledger, marker, versions, corrections, days FROM tables ORDER BY shard",
    "listed": "SELECT shard, marker FROM listed ORDER BY shard",
    "facts": "SELECT name, value FROM facts WHERE name <> 'pages' ORDER BY name",
}
_WIDTHS = {"tables": 7, "listed": 2, "facts": 2}


def read_known(data: Path, source: str) -> dict[str, Any]:
    """What the manifest knows now. What it knows of captures is not in it: indexes, which are small, say the same."""
    if source == STORIES:
        return {}
    with closing(Manifest(data, source)) as manifest:
        return {"manifest": VERSION} | {name: manifest.rows(asked) for name, asked in _ASKED.items()}


def take_known(data: Path, source: str, listing: Listing) -> None:
    """Have the manifest know it of the tables that lie here as they were published; of others it says nothing."""
    known = listing.known
    if source == STORIES or known.get("manifest") != VERSION:
        return
    rows = {name: [row for row in known.get(name, ()) if _is_row(row, width)] for name, width in _WIDTHS.items()}
    tables = []
    for shard, _, _, *rest in rows["tables"]:
        states = [_state(data, source, table, shard, listing) for table in ("documents", "ledger")]
        if None not in states:
            tables.append((shard, *states, *rest))

    def write(connection: Connection) -> None:
        connection.executemany("INSERT OR REPLACE INTO tables VALUES (?, ?, ?, ?, ?, ?, ?)", tables)
        connection.execute("DELETE FROM listed")
        connection.executemany("INSERT INTO listed VALUES (?, ?)", rows["listed"])
        connection.executemany("INSERT OR REPLACE INTO facts VALUES (?, ?)", rows["facts"])

    with closing(Manifest(data, source)) as manifest:
        manifest.write(write)


def _is_row(row: object, width: int) -> bool:
    return isinstance(row, list) and len(row) == width and all(isinstance(value, str) for value in row)


def _state(data: Path, source: str, table: str, shard: str, listing: Listing) -> str | None:
    name = f"clean/{table}/source={source}/{shard.removesuffix('.warc.gz')}.parquet"
    of = listing.files.get(name)
    state = None if of is None else file_state(data / name)
    return state if of and state and state.startswith(f"{of.size}.{of.mtime}.") else None
