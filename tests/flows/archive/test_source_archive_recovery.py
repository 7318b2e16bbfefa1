"""A run may be killed at any moment: a shard is whole or absent, and the next run repairs the rest and nothing else."""

from __future__ import annotations

import errno
import fcntl
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from flows.archive.gzip_members import first_damage, member_ends
from flows.archive.shard_reader import StoredPage, read_shard
from flows.archive.source_archive import Archive
from flows.common.errors import SitoError
from support.captures import file, keep
from support.paths import TESTS


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    root = tmp_path_factory.mktemp("killed")
    done = subprocess.run(
        [sys.executable, "-m", "support.killed_archive", str(root)],
        cwd=TESTS,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return sorted(root.glob("killed*"))


def files(data: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in data.rglob("*") if path.is_file()}


def snapshot(data: Path) -> dict[str, bytes]:
    return {name: content for name, content in files(data).items() if not name.startswith(".")}


@pytest.mark.slow
@pytest.mark.xdist_group("killed archive")
class TestKilled:
    def test_the_moments_cover_writing_closing_and_renaming(self, killed: list[Path]) -> None:
        left = [frozenset(name.partition(".")[2] for name in snapshot(data)) for data in killed]
        assert frozenset() in left
        assert frozenset({"warc.gz.part"}) in left
        assert frozenset({"warc.gz.part", "cdxj.part"}) in left
        assert frozenset({"warc.gz", "cdxj.part"}) in left
        assert frozenset({"warc.gz", "cdxj"}) in left

    def test_what_has_its_final_name_is_whole(self, killed: list[Path]) -> None:
        seen = 0
        for data in killed:
            for shard in data.rglob("*.warc.gz"):
                with shard.open("rb") as stream:
                    assert first_damage(stream) is None
                    stream.seek(0)
                    assert sum(1 for _ in ArchiveIterator(stream)) > 1
                seen += 1
            for index in data.rglob("*.cdxj"):
                assert index.with_name(index.name.replace(".cdxj", ".warc.gz")).exists()
        assert seen > len(killed) / 2

    def test_the_next_run_repairs_and_comes_to_the_same_pages(self, killed: list[Path]) -> None:
        whole = {(page.url, page.digest) for page in pages(killed[0].parent / "whole")}
        for data in killed:
            before = snapshot(data)
            archive = Archive(data, "news")
            had = captures_in_parts(data)
            with archive.lock():
                archive.recover()
                assert had <= {page.url for page in pages(data)}
                after = snapshot(data)
                assert not [name for name in after if name.endswith(".part")]
                assert len([name for name in after if name.endswith(".cdxj")]) == len(archive.shards())
                kept = {name: content for name, content in before.items() if not name.endswith(".part")}
                assert {name: after[name] for name in kept} == kept
                assert archive.recover() == []
            run_again(data)
            found = [(page.url, page.digest) for page in pages(data)]
            assert len(found) == len(set(found)) == len(whole) == 7
            captured = archive.captured()
            assert all(captured.get(url) is not None for url, _ in found)


def captures_in_parts(data: Path) -> set[str]:
    """The pages in half-written shards whose bytes had all gone to the system."""
    found = set()
    for part in data.rglob("*.warc.gz.part"):
        with part.open("rb") as stream:
            ends = [0, *member_ends(stream)]
            for start in ends[:-1]:
                stream.seek(start)
                record = next(iter(ArchiveIterator(stream)))
                if record.rec_type in ("response", "resource"):
                    found.add(record.rec_headers.get_header("WARC-Target-URI"))
    return found


def pages(data: Path) -> list[StoredPage]:
    return [page for shard in Archive(data, "news").shards() for page in read_shard(shard)]


def run_again(data: Path) -> None:
    from support.killed_archive import run

    run(data)


class TestRecovery:
    @pytest.fixture
    def archive(self, tmp_path: Path) -> Archive:
        return keep(tmp_path, [file(f"file:///{n}") for n in range(3)], shard_bytes=1)[0]

    def test_a_missing_index_is_made_as_it_was(self, archive: Archive) -> None:
        before = files(archive.folder)
        index = archive.shards()[1].with_name(archive.shards()[1].name.replace(".warc.gz", ".cdxj"))
        index.unlink()
        assert len(archive.captured()) == 3  # also before it is repaired
        assert archive.recover() == [f"{archive.shards()[1]}: had no index, rebuilt"]
        assert files(archive.folder) == before

    def test_only_half_written_files_of_ours_go(self, archive: Archive) -> None:
        others = ["notes.txt", "notes.part", "x.parquet.part", "x.warc", "foreign.cdxj", ".hidden.part"]
        for name in others:
            (archive.folder / name).write_text(name)
        before = files(archive.folder)
        (archive.folder / "20260101T000000Z-000000.warc.gz.part").write_bytes(b"half")
        (archive.folder / "20260101T000000Z-000000.cdxj.part").write_bytes(b"half")
        assert len(archive.recover()) == 2
        assert files(archive.folder) == before
        assert len(archive.captured()) == 3

    def test_of_a_damaged_shard_without_index_the_whole_records_count(self, tmp_path: Path) -> None:
        archive, _, _ = keep(tmp_path, [file(f"file:///{n}") for n in range(3)])
        (shard,) = archive.shards()
        shard.write_bytes(shard.read_bytes()[:-9])
        shard.with_name(shard.name.replace(".warc.gz", ".cdxj")).unlink()
        (done,) = archive.recover()
        assert done.startswith(f"{shard}: damaged (at offset ")
        captured = archive.captured()
        assert [f"file:///{n}" in captured for n in range(3)] == [True, True, False]
        _, new, _ = keep(tmp_path, [file(f"file:///{n}") for n in range(3)])
        assert new == [False, False, True]


class TestLock:
    def test_a_second_run_of_the_source_is_told_so_at_once(self, tmp_path: Path) -> None:
        first, second, other = Archive(tmp_path, "news"), Archive(tmp_path, "news"), Archive(tmp_path, "other")
        with first.lock():
            with other.lock():
                pass
            with pytest.raises(SitoError, match="source news: another run is using"), second.lock():
                pytest.fail("two runs at once")
        with second.lock():
            pass

    def test_an_error_inside_frees_it(self, tmp_path: Path) -> None:
        archive = Archive(tmp_path, "news")
        with pytest.raises(ValueError, match="inside"), archive.lock():
            raise ValueError("inside")
        with archive.lock():
            pass

    @pytest.mark.parametrize("missing", [errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOLCK])
    def test_a_file_system_without_locks_is_refused(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, missing: int
    ) -> None:
        def refuse(_: int, __: int) -> None:
            raise OSError(missing, os.strerror(missing))

        with monkeypatch.context() as patch:
            patch.setattr(fcntl, "flock", refuse)
            with (
                pytest.raises(SitoError, match=r"raw/news: cannot be locked against other runs.*--data"),
                Archive(tmp_path, "news").lock(),
            ):
                pytest.fail("locked")
        with Archive(tmp_path, "news").lock():  # nothing stayed behind
            pass

    def test_it_dies_with_its_process(self, tmp_path: Path) -> None:
        program = (
            "import sys; from pathlib import Path; from flows.archive.source_archive import Archive\n"
            "with Archive(Path(sys.argv[1]), 'news').lock():\n    print('in', flush=True); sys.stdin.read()"
        )
        with subprocess.Popen(
            [sys.executable, "-c", program, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == b"in\n"
            with pytest.raises(SitoError, match="another run"), Archive(tmp_path, "news").lock():
                pytest.fail("two runs at once")
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
        with Archive(tmp_path, "news").lock():
            pass
