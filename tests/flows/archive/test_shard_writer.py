"""A disk that refuses: the user reads what and where, the earlier shards stay, and what was whole is kept later."""

from __future__ import annotations

import errno
import os
import re
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from flows.archive.shard_reader import read_shard
from flows.archive.source_archive import Archive
from flows.common.errors import SitoError
from support.captures import file, keep
from support.paths import TESTS

if TYPE_CHECKING:
    from collections.abc import Iterator

FILL = """
import os, sys
from pathlib import Path
sys.path.insert(0, {here!r})
from support.captures import file
from flows.archive.source_archive import Archive
from flows.common.errors import SitoError
{limit}
archive = Archive(Path({data!r}), "news", 20_000)
try:
    with archive.lock():
        captured = archive.captured()
        with archive.writer(captured) as writer:
            for n in range(400):
                writer.add(file(f"file:///{{n}}", os.urandom({size})))
except SitoError as error:
    print(error)
    print(*writer.shards, sep="\\n")
"""


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir() if not path.name.startswith(".")}


def assert_whole(folder: Path, count: int) -> None:
    archive = Archive(folder.parent.parent, "news")
    assert len(archive.shards()) == count
    for shard in archive.shards():
        assert list(read_shard(shard))
    assert len(names(folder)) == 2 * count
    assert len(archive.captured()) == sum(len(list(read_shard(shard))) for shard in archive.shards())


class TestRefusal:
    """Every call that brings bytes or names to the disk, refused in turn."""

    @pytest.mark.parametrize(
        ("where", "number"),
        [("os.fsync", 1), ("os.fsync", 2), ("os.fsync", 3), ("pathlib.Path.rename", 1), ("pathlib.Path.rename", 2)],
    )
    def test_closing_a_shard(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str, number: int) -> None:
        archive, _, _ = keep(tmp_path, [file()])
        owner = os if where.startswith("os.") else Path
        name = where.rpartition(".")[2]
        real, calls = getattr(owner, name), 0

        def refuse(*args: object) -> object:
            nonlocal calls
            calls += 1
            if calls == number:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return real(*args)

        with monkeypatch.context() as patch:
            patch.setattr(owner, name, refuse)
            with pytest.raises(SitoError, match="No space left on device") as told:
                keep(tmp_path, [file("file:///second.html")])
        assert str(archive.folder) in str(told.value)
        with archive.lock():
            archive.recover()
        assert_whole(archive.folder, 2)
        assert "file:///second.html" in archive.captured()

    def test_writing_into_a_full_disk(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        archive, _, _ = keep(tmp_path, [file()])
        if not Path("/dev/full").exists():
            pytest.skip("no /dev/full here")
        monkeypatch.setattr("flows.archive.shard_writer.part_path", lambda _: FullDisk("/dev/full"))
        with pytest.raises(SitoError, match="No space left on device; free some space"):
            keep(tmp_path, [file("file:///second.html")])
        monkeypatch.undo()
        assert_whole(archive.folder, 1)

    def test_after_a_refusal_the_same_writer_goes_on(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        archive = Archive(tmp_path, "news", 1)

        def refuse(_: int) -> None:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        with archive.lock():
            captured = archive.captured()
            with archive.writer(captured) as writer:
                with monkeypatch.context() as patch:
                    patch.setattr(os, "fsync", refuse)
                    with pytest.raises(SitoError):
                        writer.add(file())
                assert len(captured) == 0
                assert writer.add(file())  # not a revisit of what may be lost
            assert len(captured) == 1
        assert len(archive.shards()) == 1
        with archive.lock():
            archive.recover()
        assert len(archive.shards()) == 2
        assert len(archive.captured()) == 1


class TestNewFolder:
    def test_every_new_name_is_brought_to_the_disk(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        synced: list[Path] = []
        monkeypatch.setattr("flows.archive.shard_writer.sync_folder", synced.append)
        archive = Archive(tmp_path / "data", "news")
        for _ in range(2):
            with archive.lock():
                pass
        assert sorted(synced) == [tmp_path, tmp_path / "data", tmp_path / "data" / "raw"]

    def test_a_disk_that_refuses_is_named(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(_: int) -> None:
            raise OSError(errno.EIO, os.strerror(errno.EIO))

        monkeypatch.setattr(os, "fsync", refuse)
        with (
            pytest.raises(SitoError, match="raw/news: cannot be written: Input/output error"),
            Archive(tmp_path, "news").lock(),
        ):
            pytest.fail("locked")


class FullDisk(type(Path())):  # type: ignore[misc]
    """A file whose bytes the system refuses."""

    def open(self, mode: str = "r", *args: object, **options: object) -> object:
        return Path("/dev/full").open(mode.replace("x", "w"))

    def unlink(self, missing_ok: bool = False) -> None:
        pass


class TestRealLimits:
    def test_files_may_not_grow(self, tmp_path: Path) -> None:
        limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, 30_000))"
        program = FILL.format(here=str(TESTS), limit=limit, data=str(tmp_path), size="6000 if n < 10 else 50_000")
        told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
        message, *shards = told.splitlines()
        assert message.startswith(f"{tmp_path}/raw/news: cannot write a shard: File too large")
        assert len(shards) == 2
        archive = Archive(tmp_path, "news")
        with archive.lock():
            (repaired,) = archive.recover()
        assert "recovered with its " in repaired
        assert_whole(archive.folder, 3)

    @pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount")
    def test_a_small_disk_that_is_full(self, tmp_path: Path) -> None:
        disk, copy = tmp_path / "disk", tmp_path / "copy"
        disk.mkdir()
        program = FILL.format(here=str(TESTS), limit="", data=str(disk), size=3000)
        # In a namespace of its own, so that the mount ends with the process; what it left is copied out.
        script = 'mount -t tmpfs -o size=200k none "$1" && "$2" -c "$3" && cp -a "$1" "$4"'
        command = ["unshare", "--mount", "sh", "-c", script, "sh", str(disk), sys.executable, program, str(copy)]
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=False)
        except FileNotFoundError:
            pytest.skip("no unshare here")
        if "cannot write" not in done.stdout and re.search("mount|unshare", done.stderr):
            pytest.skip(f"mounting is not allowed here: {done.stderr.strip()}")
        assert done.returncode == 0, done.stderr
        message, *shards = done.stdout.splitlines()
        assert message.startswith(f"{disk}/raw/news: cannot write a shard: No space left on device")
        assert len(shards) > 3
        with Archive(copy, "news").lock():
            repaired = Archive(copy, "news").recover()
        assert_whole(copy / "raw" / "news", len(shards) + sum("recovered" in each for each in repaired))


@contextmanager
def nobody() -> Iterator[None]:
    """Root may write everywhere: be somebody else for a while."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


class TestRights:
    @pytest.fixture
    def data(self) -> Iterator[Path]:
        folder = Path(tempfile.mkdtemp())  # pytest's own may be entered by its owner only
        folder.chmod(0o755)
        yield folder
        shutil.rmtree(folder)

    @pytest.mark.parametrize("below", ["", "raw", "raw/news"])
    def test_a_folder_that_may_not_be_written_is_named(self, data: Path, below: str) -> None:
        closed = data / below
        closed.mkdir(parents=True, exist_ok=True)
        if os.geteuid() != 0:
            closed.chmod(0o555)
        try:
            with (
                nobody(),
                pytest.raises(SitoError, match=r"raw/news: cannot be written: Permission denied"),
                Archive(data, "news").lock(),
            ):
                pytest.fail("locked")
        finally:
            closed.chmod(0o755)

    def test_a_file_in_the_folders_place_is_named(self, data: Path) -> None:
        (data / "raw").write_text("no folder")
        with (
            pytest.raises(SitoError, match="raw/news: cannot be written: Not a directory"),
            Archive(data, "news").lock(),
        ):
            pytest.fail("locked")

    def test_a_shard_that_may_not_be_read_is_named(self, data: Path) -> None:
        archive, _, _ = keep(data, [file()])
        (shard,) = archive.shards()
        shard.chmod(0)
        with nobody(), pytest.raises(SitoError, match=re.escape(f"{shard}: cannot be read: Permission denied")):
            list(read_shard(shard))
