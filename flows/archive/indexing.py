"""The indexes of shards that are in place: whether each is complete and of its shard, and how it is made anew."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flows.archive.cdxj import index_path, make_index, parse_entries
from flows.archive.index_seal import Seal, sealed, unseal
from flows.common.file_digest import file_digest
from flows.store.present import present

if TYPE_CHECKING:
    from pathlib import Path

    from flows.archive.cdxj import CdxjEntry

PART_SUFFIX = ".part"
"""Ends the name of a file that is being written; the holder of the source's lock may remove it."""


@dataclass(frozen=True, slots=True)
class Reindexed:
    """What came of making an index anew.

    `damage` says what of the shard is damaged, None: it is whole. `gone` are the addresses of captures that the old
    index listed and that are not there any more; `changed` says whether the lines are others than before.
    """

    damage: str | None
    gone: frozenset[str]
    changed: bool


def reindex(shard: Path) -> Reindexed:
    """Make the index anew from the shard; the caller holds the source's lock. Raises OSError."""
    before = _lines(shard)
    listed = _entries(before)
    lines, damage = make_index(shard, shard.name)
    held = {(entry.url, entry.digest, entry.revisit) for entry in _entries(lines)}
    gone = [entry.url for entry in listed if (entry.url, entry.digest, entry.revisit) not in held]
    if gone and damage is None:
        damage = f"{len(gone):,} captures that its index listed are not there"
    index = index_path(shard)
    write_synced(part_path(index), sealed(shard, lines, damage))
    part_path(index).rename(index)
    sync_folder(shard.parent)
    return Reindexed(damage, frozenset(gone), lines != before)


def mend_index(shard: Path, *, thorough: bool = False) -> tuple[str | None, frozenset[str]]:
    """Make sure that the index is complete and of its shard; the caller holds the source's lock. Raises OSError.

    Gives a sentence on what was wrong, or is wrong with the shard, None: nothing; and the addresses of captures that
    are gone. `thorough` reads the whole shard; without it, its size must do. An index of an earlier release is made
    anew without a word.
    """
    was = _trouble(shard, thorough)
    if was is None:
        return None, frozenset()
    if was.startswith(_KNOWN):
        return f"{shard}: {was}", frozenset()
    made = reindex(shard)
    if made.damage:
        return f"{shard}: damaged ({made.damage}); its index was rebuilt from the records that are good", made.gone
    if was == _OLD:
        return (f"{shard}: its index was not complete, rebuilt" if made.changed else None), made.gone
    return f"{shard}: {was}, rebuilt", made.gone


_OLD = "its index is of an earlier release"
_KNOWN = "damaged ("


def _trouble(shard: Path, thorough: bool) -> str | None:
    try:
        seal, lines = unseal(index_path(shard).read_text("utf-8"))
    except FileNotFoundError:
        return "had no index"
    except ValueError:
        return "its index was damaged"
    if seal is None:
        return _OLD
    if not seal.fits(lines):
        return "its index was not complete"
    if seal.bytes != shard.stat().st_size or ((thorough or seal.damage) and not _is_of(seal, shard)):
        return "changed since it was indexed; its index was"
    return None if seal.damage is None else f"{_KNOWN}{seal.damage}); put back a copy of the file"


def _is_of(seal: Seal, shard: Path) -> bool:
    return seal.shard == file_digest(present(shard))


def _lines(shard: Path) -> str:
    """The lines of the shard's index as they were written; nothing where it was changed since, or is of another."""
    try:
        seal, lines = unseal(index_path(shard).read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return ""
    return lines if (seal is None or seal.fits(lines)) and f'"filename": "{shard.name}"' in lines else ""


def _entries(lines: str) -> list[CdxjEntry]:
    """Their captures; none where an earlier release's index was changed."""
    try:
        return parse_entries(lines)
    except (ValueError, LookupError, TypeError):
        return []


def part_path(path: Path) -> Path:
    """The name of a file while it is being written."""
    return path.with_name(path.name + PART_SUFFIX)


def write_synced(path: Path, text: str) -> None:
    """Write a text file and wait until it is on the disk."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Wait until the names in a folder are on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
