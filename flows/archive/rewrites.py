"""Which shards of a source were rewritten into others: `raw/<source>/.rewrites.json`, a small file replaced as a whole.

A rewrite makes one shard, with its tables, out of some old ones. It enters the name of the new shard before it writes
anything, and in one step, when all is in place, that the new shard is there and which ones it replaces. Whoever lists
shards takes this file into account (`visible`), and so sees either the old ones or the new one, whatever a kill left.
The old files stay for `GRACE`, so that a reader that has begun can end. Their names stay for good: a backup that is put
back brings no page twice. A shard is replaced only as long as the one that replaces it is there.
"""

from __future__ import annotations

import json
import re
import sys
from bisect import bisect_left, bisect_right
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import TYPE_CHECKING

from flows.archive.cdxj import SHARD_SUFFIX, index_path
from flows.archive.indexing import part_path, sync_folder, write_synced
from flows.common.errors import SitoError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

__all__ = [
    "GRACE",
    "Rewrites",
    "is_rewritten",
    "load_rewrites",
    "remove_shard",
    "remove_unsaved",
    "rewritten_name",
    "save_rewrites",
    "visible",
]

GRACE = timedelta(hours=1)
"""How long the files of replaced shards stay: an export of a large source reads for minutes."""

_NAME = ".rewrites.json"
_MADE = re.compile(rf"(?:-r\d+)?{re.escape(SHARD_SUFFIX)}$")


@dataclass(frozen=True, slots=True)
class Rewrites:
    """What was rewritten in a source.

    `number` counts the changes of this file. `making` is the shard that is being made, whose files are not to be read.
    `replaced` has of each made shard the names of those that it replaces, also in several steps, each with the part of
    the new file that holds what stays of it: the first byte, and the one after the last. `published` says of those
    whose old files may still be there when they were replaced (UTC, ISO 8601).
    """

    number: int = 0
    making: str | None = None
    replaced: dict[str, dict[str, list[int]]] = field(default_factory=dict)
    published: dict[str, str] = field(default_factory=dict)

    def begin(self, made: str) -> Rewrites:
        """The same, with a shard that is being made."""
        return replace(self, number=self.number + 1, making=made)

    def publish(self, made: str, moved: Mapping[str, Mapping[int, int]], size: int, at: datetime) -> Rewrites:
        """The same, with the new shard in place of old ones, and of all that these replaced.

        `moved` has of each old shard the new offsets of what stays of it by the old ones; `size` is of the new one.
        """
        ends = [*sorted(new for of in moved.values() for new in of.values()), size]
        places: dict[str, list[int]] = {}
        for old, of in moved.items():
            before = sorted(of)
            for name, (start, end) in {**self.replaced.get(old, {}), old: (0, sys.maxsize)}.items():
                stays = before[bisect_left(before, start) : bisect_left(before, end)]
                last = ends[bisect_right(ends, of[stays[-1]])] if stays else 0
                places[name] = [of[stays[0]] if stays else 0, last]
        rest = {each: of for each, of in self.replaced.items() if each not in moved}
        published = {each: when for each, when in self.published.items() if each not in moved}
        return Rewrites(self.number + 1, None, rest | {made: places}, published | {made: at.isoformat()})

    def end(self, now: datetime, is_there: Callable[[str], bool]) -> tuple[Rewrites, list[str]]:
        """The same without what is over at that time; and the shards whose files are to be removed before."""
        done = [
            made for made, at in self.published.items() if datetime.fromisoformat(at) + GRACE <= now and is_there(made)
        ]
        names = [name for made in done for name in self.replaced.get(made, {})]
        left = {made: at for made, at in self.published.items() if made not in done}
        names += [self.making] if self.making else []
        return Rewrites(self.number + 1, None, self.replaced, left), names

    def hidden(self, is_there: Callable[[str], bool]) -> set[str]:
        """The names of shards that are not to be read; `is_there` says whether a shard is in raw/ or has tables."""
        names = {name for made, old in self.replaced.items() if is_there(made) for name in old}
        return names | ({self.making} if self.making else set())

    def written(self, made: str) -> dict[str, list[int]]:
        """Of a shard that was made of others: which part of it runs once wrote into which shard."""
        return {name: place for name, place in self.replaced.get(made, {}).items() if not is_rewritten(name)}

    def origins(self, names: Iterable[str]) -> set[str]:
        """The shards that runs wrote which are these, or of which these were made."""
        wanted = set(names)
        found = set(wanted)
        for made, places in self.replaced.items():
            for name in wanted & ({made} | places.keys()):
                start, end = places.get(name, (0, sys.maxsize))
                found |= {each for each, (first, last) in self.written(made).items() if start <= first < last <= end}
        return found


def rewritten_name(old: str, number: int) -> str:
    """The name of the shard that is made of others, of which `old` is the last: it sorts where they did."""
    return _MADE.sub(f"-r{number}{SHARD_SUFFIX}", old)


def is_rewritten(name: str) -> bool:
    """Whether a shard of this name was made of others."""
    found = _MADE.search(name)
    return found is not None and found.group().startswith("-r")


def load_rewrites(folder: Path) -> Rewrites:
    """What was rewritten in the source whose shards are in this folder. Raises SitoError where that cannot be read."""
    return _parsed(folder, _read(folder))


def save_rewrites(folder: Path, rewrites: Rewrites) -> None:
    """Write it, at once and for good; the caller holds the source's lock. Raises OSError."""
    path = folder / _NAME
    write_synced(part_path(path), json.dumps(asdict(rewrites)) + "\n")
    part_path(path).replace(path)
    sync_folder(folder)


def remove_unsaved(folder: Path) -> None:
    """Remove what a kill in `save_rewrites` left; the caller holds the source's lock. Raises OSError."""
    part_path(folder / _NAME).unlink(missing_ok=True)


def remove_shard(shard: Path) -> bool:
    """Remove a shard that is not to be read, its index and what is half-written of both; gives whether any was there.

    Raises OSError.
    """
    removed = False
    for path in (shard, index_path(shard)):
        for each in (path, part_path(path)):
            removed |= each.exists()
            each.unlink(missing_ok=True)
    return removed


def visible(folder: Path, there: Callable[[], set[str]]) -> list[str]:
    """The names of shards that `there` lists, without those that are not to be read, sorted; `folder` is that in raw/.

    All are of one moment, also while another process rewrites. Raises SitoError where the file cannot be read.
    """
    while True:
        before = _read(folder)
        names = there()
        if _read(folder) == before:
            break
    if before is None:
        return sorted(names)
    return sorted(names - _parsed(folder, before).hidden(lambda name: name in names or (folder / name).exists()))


def _read(folder: Path) -> str | None:
    path = folder / _NAME
    try:
        return path.read_text("utf-8")
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise _damaged(path, error) from error


def _parsed(folder: Path, text: str | None) -> Rewrites:
    if text is None:
        return Rewrites()
    try:
        found = Rewrites(**json.loads(text))
        for at in found.published.values():
            datetime.fromisoformat(at).astimezone(UTC)
        if not all(len(place) == 2 for places in found.replaced.values() for place in places.values()):
            raise ValueError("a place is no place")
        names = {*filter(None, [found.making]), *found.published, *found.replaced, *chain(*found.replaced.values())}
        if strange := [name for name in names if not name.endswith(SHARD_SUFFIX) or "/" in name]:
            raise ValueError(f"{strange[0]!r} is no name of a shard")  # files of these names are removed
        return found
    except (ValueError, TypeError, AttributeError) as error:
        raise _damaged(folder / _NAME, error) from error


def _damaged(path: Path, error: Exception) -> SitoError:
    return SitoError(
        f"{path}: cannot be read ({error}); put back a copy. Without one, delete it, and then every shard of "
        "raw/ whose pages are also in a later one, or they are there twice"
    )
