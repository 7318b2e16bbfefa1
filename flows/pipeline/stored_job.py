"""A cleaning job for a machine that has nothing but this package and the store: names of files in, tables out.

The run publishes what the job reads, and takes what it made: only the run writes what others read. What a machine hands
over lies at keys of its own, which the next run removes where this one does not get to it.
"""

from __future__ import annotations

import hashlib
import tempfile
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from flows.common.errors import SitoError
from flows.memory.source_memory import MemoryRef
from flows.store.held import hand_out, mirror_of
from flows.store.listing import Published, new_token, object_key
from flows.store.mirror import fetch_file
from flows.store.objects import Conflict, Missing, Objects
from flows.store.scope import SHARED, work_folder
from flows.tables.judges import save_judge
from flows.tables.shard_tables import ShardTables
from flows.tables.sums import sums_path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from flows.pipeline.cleaning_job import CleaningJob
    from flows.pipeline.shard_result import ShardResult
    from flows.store.address import StoreAddress

__all__ = ["StoredJob", "StoredResult"]


@dataclass(frozen=True, slots=True)
class StoredJob:
    """A job, the store, and the files that it reads, as they are published; can be pickled.

    The paths in the job are those of the machine that made it, below `job.data`.
    """

    at: StoreAddress
    job: CleaningJob
    files: Mapping[str, Published]

    @classmethod
    def of(cls, job: CleaningJob) -> StoredJob | None:
        """The job for another machine; None: it has to be done here.

        So is the second pass over lines, which compares with backups, and all where there is no store. Raises
        SitoError where what the job reads cannot be published.
        """
        if job.rejudge or (mirror := mirror_of(job.data, job.source)) is None:
            return None
        save_judge(job.data)  # here, as the other machine has a folder for this job alone
        names = [str(path.relative_to(job.data)) for path in _read_by(job)]
        return cls(mirror.at, job, hand_out(job.data, job.source, names))

    def run(self, clean: Callable[[CleaningJob], ShardResult]) -> StoredResult:
        """Fetch the files, `clean`, and hand the tables over. Raises SitoError where the store cannot be used."""
        objects = Objects(self.at)
        with tempfile.TemporaryDirectory(prefix="sito-job-") as folder:
            data = Path(folder)
            for name, of in self.files.items():
                _fetch(objects, object_key(name, of.token), of, data / name)
            job = self._below(data)
            result = clean(job)
            made = dict(_hand_over(objects, job, self.files)) if job.write else {}
        return StoredResult(self.at, result, made)

    def _below(self, data: Path) -> CleaningJob:
        old = self.job.data
        memory = {
            day: MemoryRef(ref.digest, ref.path and data / ref.path.relative_to(old))
            for day, ref in self.job.memory.items()
        }
        return replace(self.job, data=data, shard=data / self.job.shard.relative_to(old), memory=memory)


@dataclass(frozen=True, slots=True)
class StoredResult:
    """What came of a job on another machine: its result, and the tables, by name, with the keys where they lie."""

    at: StoreAddress
    result: ShardResult
    made: Mapping[str, tuple[str, Published]] = field(default_factory=dict)

    def take(self, data: Path) -> ShardResult:
        """Put the tables in their places, the ledger first. The caller holds the source."""
        objects = Objects(self.at)
        for name, (key, of) in sorted(self.made.items(), key=lambda item: "/ledger/" not in item[0]):
            _fetch(objects, key, of, data / name)
        objects.remove(key for key, _ in self.made.values())
        return self.result


def _read_by(job: CleaningJob) -> Iterator[Path]:
    tables = ShardTables.of(job.data, job.source, job.shard.name)
    yield from (job.shard, tables.documents, tables.ledger, sums_path(tables.ledger))
    yield from {ref.path for ref in job.memory.values() if ref.path is not None}
    yield from sorted((job.data / SHARED).glob("[!.]*"))


def _hand_over(
    objects: Objects, job: CleaningJob, read: Mapping[str, Published]
) -> Iterator[tuple[str, tuple[str, Published]]]:
    """Write the tables, where they are others than those that were read, to keys that nobody else has."""
    tables = ShardTables.of(job.data, job.source, job.shard.name)
    folder = f"{work_folder(job.source)}/{new_token()}{new_token()}"
    for number, path in enumerate((tables.ledger, sums_path(tables.ledger), tables.documents)):
        name, content = str(path.relative_to(job.data)), path.read_bytes()
        of = Published(len(content), hashlib.sha256(content).hexdigest(), path.stat().st_mtime_ns)
        if name in read and read[name].sha256 == of.sha256:
            continue
        key = f"{folder}/{number}"
        if not objects.create(key, content):
            raise SitoError(f"{key}: is there already")
        yield name, (key, of)


def _fetch(objects: Objects, key: str, of: Published, path: Path) -> None:
    try:
        fetch_file(objects, key, of, path, synced=True)
    except (Missing, Conflict) as error:
        raise SitoError(f"{key}: is no longer what it was; another run replaced it") from error
    except OSError as error:
        raise SitoError(f"{path.parent}: cannot be written ({error.strerror or error})") from error
