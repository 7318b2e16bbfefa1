"""The small newspaper in a store, on several machines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.store.address import store_of
from flows.store.held import bring_up_to_date
from flows.store.objects import Objects
from flows.tables.shard_tables import ShardTables
from support.in_process import ingest_folder
from support.newspaper import SOURCE, documents, page

if TYPE_CHECKING:
    from pathlib import Path

    from support.object_store import ObjectStore

LISTING = f"raw/{SOURCE}/.files.json.gz"


def add(folder: Path, *numbers: int) -> Path:
    folder.mkdir(exist_ok=True)
    for number in numbers:
        (folder / f"{number}.html").write_bytes(page(number))
    return folder


def shards_on(store: ObjectStore, folder: Path, machine: str, shards: int = 3) -> Path:
    """A machine that made so many shards, of two pages each."""
    data = store.machine(machine)
    for number in range(shards):
        ingest_folder(add(folder, 2 * number, 2 * number + 1), data)
    return data


def objects_of(data: Path) -> Objects:
    at = store_of(data)
    assert at is not None
    return Objects(at)


def pull(data: Path, *, whole: bool = True) -> Path:
    bring_up_to_date(data, SOURCE, lambda name: whole)
    return data


def urls(data: Path) -> list[str]:
    found = [documents(ShardTables.of(data, SOURCE, name)) for name in ShardTables.shards(data, SOURCE)]
    return sorted(row["url"] for rows in found for row in rows)
