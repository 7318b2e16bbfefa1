"""Everything about a shard that can be verified: its bytes, its gzip members, its payloads, and its index."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from flows.archive.cdxj import index_path, make_index, parse_entries
from flows.archive.index_seal import unseal
from flows.common.damage import Damage
from flows.common.file_digest import file_digest
from flows.store.present import present

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from flows.archive.cdxj import CdxjEntry

COPY = (
    "put back a copy of the file; without one, `sito ingest {source}` keeps what is good and captures again what the "
    "source still has"
)
REBUILDS = "the next `sito ingest {source}` or `sito reprocess {source}` rebuilds it"
OLDER = (
    "put back the shards that were moved away, or leave it: the pages are captured again if the source still has them"
)


def verify_shard(shard: Path, source: str) -> tuple[list[Damage], list[CdxjEntry]]:
    """The damages of a shard and of its index, and the captures in it that are good.

    Everything is unpacked and compared, some 60 MB of pages a second. Raises OSError where the disk cannot be read.
    """
    lines, damage = make_index(shard, shard.name)
    found = [] if damage is None else [Damage(str(shard), damage, COPY.format(source=source))]
    index = str(index_path(shard))
    rebuilds = REBUILDS.format(source=source)
    try:
        seal, listed = unseal(index_path(shard).read_text("utf-8"))
    except FileNotFoundError:
        found.append(Damage(index, "is missing", rebuilds))
    except ValueError as error:
        found.append(Damage(index, f"cannot be read ({error})", rebuilds))
    else:
        if seal is None:
            if listed != lines and damage is None:
                found.append(Damage(index, "does not list what its shard holds", rebuilds))
        elif not seal.fits(listed):
            found.append(Damage(index, "is not complete", rebuilds))
        elif damage is None and seal.damage is not None:
            found.append(Damage(str(shard), seal.damage, COPY.format(source=source)))
        elif damage is None and seal.bytes > shard.stat().st_size:
            found.append(Damage(str(shard), "is shorter than its index says", COPY.format(source=source)))
        elif damage is None and seal.shard != file_digest(present(shard)):
            found.append(Damage(index, "is of another state of the shard, all of which can be read", rebuilds))
    return found, parse_entries(lines)


def dangling(source: str, shards: Iterable[tuple[Path, list[CdxjEntry]]]) -> Iterator[Damage]:
    """Revisits whose page is in none of the shards."""
    held: set[tuple[str, str]] = set()
    revisits: list[tuple[Path, CdxjEntry]] = []
    for shard, entries in shards:
        held.update((entry.url, entry.digest) for entry in entries if not entry.revisit)
        revisits += [(shard, entry) for entry in entries if entry.revisit]
    lost = Counter(shard for shard, entry in revisits if (entry.url, entry.digest) not in held)
    for shard, times in lost.items():
        yield Damage(str(shard), f"{times:,} of its revisits refer to pages that are not in raw/{source}", OLDER)
