"""The index of the past on disk: a file a day with the words and fingerprints of its texts, and one with their links.

The files of the words are Arrow's, not compressed, and mapped into memory: of the past a run reads the fingerprints,
and the words only of what may be repeated. The index holds nothing that the tables do not: where it is not there,
damaged or of another release, it is made again.
"""

from __future__ import annotations

import json
import shutil
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from filelock import FileLock, Timeout

from flows.common.errors import SitoError
from flows.store.held import held
from flows.store.scope import STORIES
from flows.stories.day import Day, Entry, Links, in_order, make_day
from flows.stories.fingerprints import Prints
from flows.stories.grouping import WINDOW_DAYS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

VERSION = "3"
"""Of the index and of all that decides which texts tell one story: raise it with either."""

Shard = tuple[str, str]
"""Source and name of a shard."""

UNREADABLE = (OSError, ValueError, KeyError, TypeError, MemoryError, pa.ArrowException)
"""What reading a damaged file raises."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A shard that was taken in: the commit marker of its tables, empty where another run must take the rest.

    `days` are those that it holds; `stamp` is that of its files when the marker was read from them.
    """

    marker: str = ""
    days: list[int] = field(default_factory=list)
    stamp: str = ""


def shards_file(data: Path) -> Path:
    """The file that names the shards which were taken in."""
    return data / "clean" / "stories" / "_index" / "shards.json"


def read_taken(path: Path) -> dict[Shard, Taken] | None:
    """The shards that were taken in; None: there is no index that today's rules made."""
    try:
        found = json.loads(path.read_text("utf-8"))
        if found["version"] == VERSION:
            return {(source, shard): Taken(*about) for source, shard, *about in found["shards"]}
    except (OSError, ValueError, LookupError, TypeError):
        pass
    return None


_ENTRY = pa.schema(
    [
        ("source", pa.string()),
        ("url", pa.string()),
        ("shard", pa.string()),
        ("offset", pa.int64()),
        ("rank", pa.list_(pa.string())),
        ("captured", pa.string()),
        ("words", pa.list_(pa.uint32())),
        ("page", pa.uint64()),
        ("text", pa.uint64()),
        ("last", pa.int32()),
        ("prints", pa.list_(pa.uint32())),
    ]
)


@contextmanager
def only_run(data: Path) -> Iterator[None]:
    """Keep every other run out of clean/stories/. Raises SitoError if one is in, OSError where it cannot be written."""
    folder = data / "clean" / "stories"
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / ".lock", timeout=0, thread_local=False, fallback_to_soft=False)
    try:
        lock.acquire()
    except Timeout as error:
        raise SitoError(f"another run is at work in {folder}; wait until it has finished, or stop it") from error
    try:
        with held(data, STORIES):
            yield
    finally:
        lock.release()


class DamagedIndex(SitoError):  # noqa: N818 - a state of the files
    """A file of the index cannot be read."""


class DayFiles:
    """The files of days below `clean/stories/_index/`, for reading. Raises DamagedIndex."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self._folder = data / "clean" / "stories" / "_index"

    def day(self, day: int) -> Day:
        """A day, as arrays."""
        table = self._entries(day)
        return Day(
            day,
            **{name: table[name].to_numpy() for name in ("offset", "page", "text", "last")},
            **dict(zip(("starts", "words"), _lists(table["words"]), strict=True)),
            prints=Prints(*reversed(_lists(table["prints"]))),
        )

    def places(self, day: int) -> pa.Table:
        """Where the entries of a day stand: columns source, url, shard, offset, page."""
        return self._entries(day).select(["source", "url", "shard", "offset", "page"])

    def is_linked(self, day: int) -> bool:
        """Whether the links of a day are known."""
        return self._path(day, "links").exists()

    def links(self, day: int) -> Links | None:
        """The links of a day; None: not known."""
        return self.known_links(day) if self.is_linked(day) else None

    def known_links(self, day: int) -> Links:
        """The links of a day that has some."""
        path = self._path(day, "links")
        try:
            table = pq.read_table(path, page_checksum_verification=True)
            return Links(*(table[f.name].to_numpy().copy() for f in fields(Links)))
        except UNREADABLE as error:
            raise DamagedIndex(f"{path}: {error}") from error

    def _entries(self, day: int) -> pa.Table:
        """The file of a day, mapped: what is not looked at is not read."""
        path = self._path(day, "entries")
        try:
            return pa.ipc.open_file(pa.memory_map(str(path))).read_all()
        except UNREADABLE as error:
            raise DamagedIndex(f"{path}: {error}") from error

    def _path(self, day: int, kind: str) -> Path:
        return self._folder / f"{day}.{kind}"


class Index(DayFiles):
    """The same for the run that changes it, which holds the lock."""

    def __init__(self, data: Path) -> None:
        super().__init__(data)
        self._shards = shards_file(data)
        self.shards = self._read_shards()
        self.forgotten: dict[int, str] = {}
        """The digest of the links of each day that were forgotten since, as they were at first."""
        self.days = {int(path.name.partition(".")[0]) for path in self._folder.glob("*.entries")}

    def _read_shards(self) -> dict[Shard, Taken]:
        found = read_taken(self._shards)
        if found is None:
            self.remove()
        return found or {}

    def remove(self) -> None:
        """Remove all: the next run makes it again."""
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def unfinished(self) -> bool:
        """Whether a run began to change the index and did not come to its end."""
        return (self._folder / "unfinished").exists()

    def begin(self) -> None:
        """Note that a run is at work."""
        self._folder.mkdir(parents=True, exist_ok=True)
        (self._folder / "unfinished").touch()

    def end(self) -> None:
        """Note that it is done."""
        (self._folder / "unfinished").unlink()

    def save_shards(self) -> None:
        """Note which shards were taken in: after their days are written, so that a kill only repeats work."""
        rows = [[*shard, of.marker, of.days, of.stamp] for shard, of in sorted(self.shards.items())]
        self._folder.mkdir(parents=True, exist_ok=True)
        part = self._shards.with_suffix(".part")
        part.write_text(json.dumps({"version": VERSION, "shards": rows}) + "\n", "utf-8")
        part.replace(self._shards)

    def entries(self, day: int) -> list[Entry]:
        """The entries of a day, none if it has none."""
        if day not in self.days:
            return []
        names = [f.name for f in fields(Entry)]
        table = self._entries(day).select(names)
        starts, values = _lists(table["words"])
        rest = table.drop_columns(["words"]).to_pylist()
        return [
            Entry(**row | {"rank": tuple(row["rank"]), "words": values[starts[n] : starts[n + 1]]})
            for n, row in enumerate(rest)
        ]

    def put_entries(self, day: int, entries: Iterable[Entry]) -> None:
        """Replace the entries of a day; its links are then unknown, and those of the days that it is compared with."""
        rows = in_order(entries)
        self.forget_links(day)
        if not rows:
            self._path(day, "entries").unlink(missing_ok=True)
            self.days.discard(day)
            return
        made = make_day(day, rows)
        columns: dict[str, Any] = {f.name: [getattr(e, f.name) for e in rows] for f in fields(Entry)}
        columns |= {name: getattr(made, name) for name in ("page", "text", "last")}
        columns["words"] = pa.LargeListArray.from_arrays(made.starts, made.words).cast(_ENTRY.field("words").type)
        prints = pa.LargeListArray.from_arrays(made.prints.starts, made.prints.values)
        columns["prints"] = prints.cast(_ENTRY.field("prints").type)
        path = self._path(day, "entries")
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f"{path.name}.part")
        with pa.OSFile(str(part), "wb") as sink, pa.ipc.new_file(sink, _ENTRY) as file:
            file.write_table(pa.table(columns, schema=_ENTRY), max_chunksize=len(rows))
        part.replace(path)
        self.days.add(day)

    def forget_links(self, day: int) -> None:
        """Forget the links of a day and of those that look back on it: first, so that a kill leaves no old ones."""
        for each in range(day, day + WINDOW_DAYS + 1):
            links = self.links(each)
            if links is not None:
                self.forgotten.setdefault(each, links.digest())
                self._path(each, "links").unlink()

    def put_links(self, day: int, links: Links) -> None:
        """Keep the links of a day."""
        path = self._path(day, "links")
        part = path.with_name(f"{path.name}.part")
        table = pa.table({f.name: getattr(links, f.name) for f in fields(Links)})
        pq.write_table(table, part, compression="zstd", write_page_checksum=True)
        part.replace(path)


def _lists(column: pa.ChunkedArray) -> tuple[Any, Any]:
    """Where each list begins, and the values of all."""
    (lists,) = column.chunks  # as it was written; to combine one would copy it, and read all words of the past
    return lists.offsets.to_numpy().astype(np.int64), lists.values.to_numpy()
