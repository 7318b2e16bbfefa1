"""Writes a shard of records that other shards hold: byte for byte, each its own gzip member, in their order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from flows.archive.cdxj import CdxjEntry, read_entries, read_seal
from flows.archive.indexing import part_path
from flows.archive.pruned_versions import PrunedVersion, pruned_record, read_pruned
from flows.archive.rewrites import is_rewritten
from flows.archive.shard_writer import Members, place
from flows.common.errors import SitoError
from flows.store.present import present

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from pathlib import Path

__all__ = ["KeptRecords", "is_whole", "write_merged"]

_PIECE = 2**20


@dataclass(frozen=True, slots=True)
class KeptRecords:
    """What is to stay of a shard: the offsets of captures, each with the records that go with it."""

    shard: Path
    offsets: Collection[int]


def is_whole(shard: Path) -> bool:
    """Whether the shard is the one that its index was made of, by its size, and nothing of it was damaged then."""
    seal = read_seal(shard)
    return seal is not None and seal.damage is None and seal.bytes == shard.stat().st_size


def write_merged(made: Path, source: str, parts: Sequence[KeptRecords]) -> dict[Path, dict[int, int]]:
    """Write the shard `made` with its index; gives of each old shard the new offsets by the old ones.

    What was written is read back, payloads by their digests, and compared with the old indexes. Raises OSError where it
    cannot be written, SitoError where an old shard cannot be read or is not what its index says; `made` may be there
    then, and the caller removes it.
    """
    from warcio.warcwriter import WARCWriter

    from flows.archive.warc_records import info

    listed = [read_entries(part.shard) for part in parts]
    expected: list[CdxjEntry] = []
    moved: dict[Path, dict[int, int]] = {}
    with part_path(made).open("xb") as file:
        warc = WARCWriter(Members(file), gzip=False, warc_version="1.1")
        warc.write_record(info(source, made.name))
        if pruned := [each for part, entries in zip(parts, listed, strict=True) for each in _pruned(part, entries)]:
            warc.write_record(pruned_record(pruned))
        for part, entries in zip(parts, listed, strict=True):
            to = moved[part.shard] = _copy(part, [entry.offset for entry in entries], file)
            expected += [entry._replace(offset=to[entry.offset]) for entry in entries if entry.offset in to]
    place(part_path(made), made)
    if read_entries(made) != expected:
        raise SitoError(f"{made}: what was copied is not what the indexes of its shards list; `sito check {source}`")
    return moved


def _pruned(part: KeptRecords, entries: Iterable[CdxjEntry]) -> Iterator[PrunedVersion]:
    """The versions of pages that were pruned from the shard before, and those that do not stay now."""
    if is_rewritten(part.shard.name):
        yield from read_pruned(part.shard)
    for entry in entries:
        if entry.is_page and entry.offset not in part.offsets:
            yield PrunedVersion(entry.url, entry.digest, entry.at)


def _copy(part: KeptRecords, offsets: list[int], file: BinaryIO) -> dict[int, int]:
    """Append the records of the captures that stay: each up to the next capture, with its request and its evidence."""
    moved: dict[int, int] = {}
    with present(part.shard).open("rb") as old:
        ends = [*offsets[1:], part.shard.stat().st_size]
        for start, end in zip(offsets, ends[: len(offsets)], strict=True):
            if start in part.offsets:
                moved[start] = file.tell()
                old.seek(start)
                _copy_bytes(old, file, end - start)
    return moved


def _copy_bytes(old: BinaryIO, file: BinaryIO, length: int) -> None:
    while length:
        piece = old.read(min(length, _PIECE))
        if not piece:
            raise SitoError(f"{old.name}: is shorter than its index says")
        file.write(piece)
        length -= len(piece)
