"""The finished pages of a shard while it is cleaned, so that a page that ends the process costs only itself.

The pool makes an empty file for a job, each process that works on it appends, and the pool removes it. So the file
holds only what this job has made, by these cleaners from these bytes: one that an earlier run left is never read.
"""

from __future__ import annotations

import os
import pickle
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from flows.tables.shard_tables import ShardTables

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO, Self

    from flows.common.page_types import Outcome
    from flows.pipeline.cleaning_job import CleaningJob, Origin
    from flows.pipeline.shard_result import CleanedPage
    from flows.tables.rows import PageRows

__all__ = ["FinishedPages", "finished_file"]


@contextmanager
def finished_file(job: CleaningJob) -> Iterator[Path | None]:
    """An empty file for the job, removed in the end; None where none can be made.

    It lies beside the tables under a name that the next run removes after a kill, or, if nothing may be written there,
    in the system's folder for such files.
    """
    folder = ShardTables.of(job.data, job.source, job.shard.name).documents.parent if job.write else None
    try:
        if folder:
            folder.mkdir(parents=True, exist_ok=True)
        number, name = tempfile.mkstemp(".part", f".{job.shard.name}.", folder)
    except OSError:  # the tables will say so
        yield None
        return
    os.close(number)
    try:
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)


class FinishedPages:
    """The pages that earlier processes have finished, in their order, and after them those of this one.

    Without a file nothing is kept.
    """

    def __init__(self, path: Path | None) -> None:
        self._file: BinaryIO | None = path.open("r+b") if path else None
        self._next: tuple[Origin, int, PageRows, Outcome] | None = None
        self._taken: tuple[Origin, int] | None = None
        self._read()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        if self._file:
            self._file.close()

    def take(self, origin: Origin, offset: int) -> tuple[PageRows, Outcome] | None:
        """The rows and the outcome of a page that was finished, else None; pages are asked for in their order."""
        while self._next is not None and self._next[:2] != (origin, offset):
            self._read()
        if self._next is None:
            return None
        _, _, rows, outcome = self._next
        self._taken = origin, offset
        self._read()
        return rows, outcome

    def add(self, origin: Origin, page: CleanedPage) -> None:
        """Keep a page that was cleaned, and written into the tables."""
        if self._file is None or self._next is not None or page.outcome is None or page.after is None:
            return
        offset = page.after[0]["offset"]
        if self._taken == (origin, offset):  # it is in the file
            return
        try:
            pickle.dump((origin, offset, page.after, page.outcome), self._file, pickle.HIGHEST_PROTOCOL)
            self._file.flush()
        except OSError:  # no space: what is kept so far helps as well
            self._file.close()
            self._file = None

    def _read(self) -> None:
        if self._file is None:
            return
        place = self._file.tell()
        try:
            self._next = pickle.load(self._file)  # noqa: S301 - made by this job, readable by this user alone
        except (EOFError, pickle.UnpicklingError):  # the last one may be cut off
            self._next = None
            self._file.seek(place)
            self._file.truncate()
