"""What is published together: the files of a source, or those of the stories; which of them are fetched when needed."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flows.common.source_names import is_source

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

__all__ = ["SHARED", "STORIES", "Scope", "in_order", "is_lazy", "is_of_run", "scope_of", "work_folder"]

STORIES = "clean/stories"
SHARED = "clean/cleaners"
"""A folder whose files all sources may name, each written once: nobody removes them."""
_FILE = r"[\w-][\w.-]*"  # begins with no dot: what is half-written, locks and the manifest stay on this machine
_LAZY = re.compile(r"raw/.*\.warc\.gz|clean/(documents|ledger)/.*\.parquet(\.sums)?|runs/.*")
_SHARD = re.compile(r"raw/[^/]+/(?P<stem>[^/]+)\.warc\.gz")
_OF_SHARD = re.compile(r"(raw|clean/documents|clean/ledger)/[^/]+/\.?(?P<stem>[^/]+?)\.(cdxj|parquet|parquet\.sums)")
_MADE = re.compile(r"-r\d+$")
_LAST = re.compile(r"\.rewrites\.json$")


@dataclass(frozen=True, slots=True)
class Scope:
    """Files that one listing names: its key, that of the lease, the folders, and the form of the names."""

    name: str
    listing: str
    lease: str
    folders: tuple[str, ...]
    form: re.Pattern[str]

    def files(self, data: Path) -> Iterator[tuple[str, os.stat_result]]:
        """The files on this machine that may be published, by name below the data folder."""
        for folder in (*self.folders, *([SHARED] if self.name != STORIES else [])):
            yield from self._in(data, folder)

    def _in(self, data: Path, folder: str) -> Iterator[tuple[str, os.stat_result]]:
        try:
            entries = sorted(os.scandir(data / folder), key=lambda entry: entry.name)
        except (FileNotFoundError, NotADirectoryError):
            return
        for entry in entries:
            name = f"{folder}/{entry.name}"
            if self.form.fullmatch(name) and entry.is_file(follow_symlinks=False):
                yield name, entry.stat()


def scope_of(name: str) -> Scope:
    """The scope of a source, or `STORIES`."""
    if name == STORIES:
        form = rf"clean/stories/(_index/)?{_FILE}"
        folders: tuple[str, ...] = (STORIES, f"{STORIES}/_index")
        return Scope(name, f"{STORIES}/.files.json.gz", f"{STORIES}/.lease.json", folders, re.compile(form, re.ASCII))
    if not is_source(name):
        raise ValueError(f"{name!r} is no name of a source")
    raw, runs = f"raw/{name}", f"runs/{name}"
    tables = tuple(f"clean/{table}/source={name}" for table in ("documents", "ledger", "versions", "memory"))
    form = "|".join(
        [
            rf"{raw}/({_FILE}\.(warc\.gz|cdxj)|\.rewrites\.json|\.checked)",
            rf"clean/(documents|ledger|versions)/source={name}/{_FILE}\.parquet",
            rf"clean/ledger/source={name}/\.{_FILE}\.parquet\.sums",
            rf"clean/memory/source={name}/{_FILE}\.json",
            rf"{runs}/(changes/)?{_FILE}\.json",
            rf"{SHARED}/[\w.+-]+\.json\.gz",
        ]
    )
    folders = (raw, *tables, runs, f"{runs}/changes")
    return Scope(name, f"{raw}/.files.json.gz", f"{raw}/.lease.json", folders, re.compile(form, re.ASCII))


def work_folder(source: str) -> str:
    """Where other machines hand over what they made for a run of the source; nobody else reads it."""
    return f"raw/{source}/.work"


def is_lazy(name: str) -> bool:
    """Whether the file is fetched only when it is opened."""
    return _LAZY.fullmatch(name) is not None


def shard_stem(name: str) -> str | None:
    """The stem of the shard that the file is drawn from; None: of none. A shard itself is drawn from nothing."""
    found = _OF_SHARD.fullmatch(name)
    return found["stem"] if found else None


def is_of_run(name: str) -> bool:
    """Whether only the run that wrote the file has it: its shards, what belongs to them, its record, its cleaners."""
    shard = _SHARD.fullmatch(name)
    stem = shard["stem"] if shard else shard_stem(name)
    return name.startswith(("runs/", SHARED)) if stem is None else not _MADE.search(stem)


def in_order(names: Iterable[str]) -> list[str]:
    """In the order in which a reader may see them come: shards, what is drawn from them, what hides shards."""
    return sorted(names, key=lambda name: (bool(_LAST.search(name)), not name.endswith(".warc.gz"), name))
