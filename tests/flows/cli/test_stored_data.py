"""Commands on data in a store, as a user meets them."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest

from flows.cli.main import main
from support.newspaper import page
from support.object_store import KEYS, Fault
from support.paths import ROOT

if TYPE_CHECKING:
    from support.local_site import Site
    from support.object_store import ObjectStore

pytestmark = pytest.mark.xdist_group("object_store")


@pytest.fixture
def sources(tmp_path: Path, object_store: ObjectStore, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A sources file with one folder; the commands work in the store."""
    folder = tmp_path / "pages"
    folder.mkdir()
    for number in range(3):
        (folder / f"{number}.html").write_bytes(page(number))
    path = tmp_path / "sources.toml"
    path.write_text(f'[sources.news]\nkind = "folder"\npath = "{folder}"\nlanguage = "uk"\n', "utf-8")
    monkeypatch.setenv("SITO_SOURCES", str(path))
    monkeypatch.setenv("SITO_DATA", object_store.address)
    monkeypatch.setenv("SITO_WORKERS", "1")
    object_store.machine("one")
    return path


def run(*words: str) -> None:
    assert main(list(words)) == 0


def test_every_command_on_another_machine(
    sources: Path, object_store: ObjectStore, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run("ingest", "news")
    object_store.machine("other")
    capsys.readouterr()
    run("sources")
    assert re.search(r"news +folder +by hand +\d{4}-\S+ \S+ UTC +3 ", capsys.readouterr().out)
    run("show", "news", "file:///1.html")
    assert "маленьку бібліотеку" in capsys.readouterr().out
    run("export", "--output", str(tmp_path / "corpus.jsonl"))
    assert len((tmp_path / "corpus.jsonl").read_text("utf-8").splitlines()) == 3
    run("stats")
    assert "news" in capsys.readouterr().out
    run("stories")
    run("reprocess", "news")
    run("prune")
    run("compact", "--yes")
    run("state", "show")
    object_store.machine("third")
    capsys.readouterr()
    run("check")
    assert re.search(r"news: 1 shards.*: whole\nstories: \d+ files: whole", capsys.readouterr().out)
    run("export", "--output", str(tmp_path / "again.jsonl"), "--stories", "representative")


@pytest.mark.parametrize("words", [("serve",), ("init",)])
def test_a_command_that_cannot_is_refused(
    words: tuple[str, ...], sources: Path, object_store: ObjectStore, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(list(words)) == 2
    assert f"works with a folder, and not with {object_store.address}" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("s3://user:a-password@bucket/x", "is no address of a store; write s3://BUCKET/FOLDER"),
        ("ftp://bucket/x", "is no address of a store"),
        ("s3://bucket/../x", "is no address of a store"),
        ("s3://bucket/x?secret=1", "is no address of a store"),
    ],
)
def test_an_address_that_is_none(address: str, said: str, sources: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--data", address, "sources"])
    error = capsys.readouterr().err
    assert said in error
    assert "password@" not in error
    assert "secret" not in error


@pytest.mark.parametrize("endpoint", ["http://store.example", "https://user:secret@store.example", "store.example"])
def test_an_endpoint_that_is_not_safe(
    endpoint: str, sources: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    with pytest.raises(SystemExit):
        main(["sources"])
    error = capsys.readouterr().err
    assert "AWS_ENDPOINT_URL" in error
    assert "secret" not in error


def test_the_folder_of_a_store_is_for_this_user_alone_and_holds_no_secret(
    sources: Path, object_store: ObjectStore
) -> None:
    run("ingest", "news")
    data = object_store.machine("one")
    assert data.stat().st_mode & 0o077 == 0
    content = b"".join(path.read_bytes() for path in data.rglob("*") if path.is_file())
    assert not any(value.encode() in content for name, value in KEYS.items() if name != "AWS_REGION")
    shutil.rmtree(data)  # always safe once published
    object_store.machine("one")
    run("check")


def test_tables_are_read_from_the_bucket_itself(sources: Path, object_store: ObjectStore, tmp_path: Path) -> None:
    """With any tool: here the objects are copied as `aws s3 sync` would, as DuckDB's httpfs is not installed."""
    from flows.store.address import store_of
    from flows.store.objects import Objects

    run("ingest", "news")
    run("reprocess", "news")
    at = store_of(object_store.machine("one"))
    assert at is not None
    objects = Objects(at)
    for key in objects.sizes("clean/documents"):
        (tmp_path / "copy" / key).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "copy" / key).write_bytes(objects.read(key, 2**20)[0])  # type: ignore[index]
    found = duckdb.sql(f"SELECT source, count(*) FROM '{tmp_path}/copy/clean/documents/**/*.parquet' GROUP BY ALL")
    assert found.fetchall() == [("news", 3)]


@pytest.mark.slow
def test_a_process_that_is_killed_while_it_publishes(
    sources: Path, object_store: ObjectStore, capsys: pytest.CaptureFixture[str]
) -> None:
    object_store.faults.append(Fault(method="PUT", path="/clean/", seconds=60))
    process = subprocess.Popen([sys.executable, "-m", "sito", "ingest", "news"], cwd=ROOT, env=dict(os.environ))
    deadline = time.monotonic() + 120
    while not any("/clean/" in path for _, path in list(object_store.requests)):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait()
    object_store.faults.clear()
    object_store.machine("other")
    run("sources")
    assert "never" in capsys.readouterr().out, "nothing is published"
    assert main(["ingest", "news"]) == 2
    assert "is writing there until" in capsys.readouterr().err
    object_store.machine("one")
    run("ingest", "news")  # this machine knows that its own run is dead
    assert "3 unchanged" in capsys.readouterr().out
    object_store.machine("third")
    run("check")


def test_a_source_of_the_web_goes_on_where_another_machine_stopped(
    sources: Path, object_store: ObjectStore, site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    """The state is of a machine: on another one it is made of raw/, and nothing is asked for that need not be."""
    local = 'limits = {private_hosts = ["127.0.0.1"], delay_seconds = 0}\n'
    addresses = [site.page(f"/{number}", page(number).decode(), etag=f'"{number}"') for number in range(3)]
    (sources.parent / "list.txt").write_text("\n".join(addresses[:2]))
    sources.write_text(f'[sources.news]\nkind = "urls"\nfile = "list.txt"\n{local}', "utf-8")
    run("ingest", "news")
    assert sorted(site.asked) == ["/0", "/1"]
    site.asked.clear()
    object_store.machine("other")
    (sources.parent / "list.txt").write_text("\n".join(addresses))
    capsys.readouterr()
    run("ingest", "news")
    assert site.asked == ["/2"]
    assert "1 new" in capsys.readouterr().out
    run("ingest", "news", "--refetch", addresses[0])  # the same bytes: the record that a revisit refers to is read
    assert site.asked == ["/2", "/0"]
    assert "1 unchanged" in capsys.readouterr().out
    object_store.machine("third")
    run("check")
    assert re.search(r"news: 3 shards, .* 4 captures: whole", capsys.readouterr().out)


@pytest.mark.slow
def test_two_processes_at_once_lose_nothing(
    sources: Path, object_store: ObjectStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each asks again until it is let in, as a schedule does."""
    others = tmp_path / "others"
    others.mkdir()
    (others / "9.html").write_bytes(page(9))
    second = tmp_path / "second.toml"
    second.write_text(sources.read_text("utf-8").replace(str(tmp_path / "pages"), str(others)), "utf-8")
    running: dict[str, subprocess.Popen[bytes]] = {}
    refused = 0
    for machine, file in (("one", sources), ("two", second)):
        object_store.machine(machine)
        running[machine] = _ingest(file)
    deadline = time.monotonic() + 240
    while running:
        assert time.monotonic() < deadline
        for machine, process in list(running.items()):
            if process.poll() is None:
                continue
            del running[machine]
            if process.returncode:
                assert process.returncode == 2
                refused += 1
                object_store.machine(machine)
                running[machine] = _ingest(sources if machine == "one" else second)
        time.sleep(0.2)
    assert refused, "they met"
    object_store.machine("third")
    run("check")
    run("export", "--output", str(tmp_path / "corpus.jsonl"))
    assert len((tmp_path / "corpus.jsonl").read_text("utf-8").splitlines()) == 4


def _ingest(sources: Path) -> subprocess.Popen[bytes]:
    words = [sys.executable, "-m", "sito", "--sources", str(sources), "ingest", "news"]
    return subprocess.Popen(words, cwd=ROOT, env=dict(os.environ))
