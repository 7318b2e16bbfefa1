"""A data folder that sito 0.1.0 wrote is read, continued and reprocessed by the present code.

`data-0.1.0.tar.gz` was written by that release: `town`, a folder of seven invented pages of five days, ingested in two
runs, so that site memory judged the last page; `bell`, a feed of a local server with two pages and one that failed.
"""

from __future__ import annotations

import logging
import tarfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from cleaners.version import cleaners_version
from flows.archive.source_archive import Archive
from flows.cli.main import main
from flows.config.sources import load_sources
from flows.pipeline.cleaning_pool import CleaningPool
from flows.pipeline.ingest_result import IngestResult
from flows.pipeline.ingest_source import ingest_source
from flows.pipeline.steps import PlainSteps
from flows.report.progress import Progress
from flows.report.run_record import load_runs
from support.newspaper import content

if TYPE_CHECKING:
    from collections.abc import Callable

    from flows.config.kinds import Source
    from support.local_site import Site

OLD_ADDRESS = "http://127.0.0.1:8517"
PAGES = {"bell": 2, "town": 7}


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder as 0.1.0 left it, as the current directory."""
    with tarfile.open(Path(__file__).parent / "data-0.1.0.tar.gz") as packed:
        packed.extractall(tmp_path, filter="data")
    for variable in ("SITO_STATE", "SITO_SOURCES", "SITO_DATA"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def ingest(source: Source, data: Path) -> IngestResult:
    with CleaningPool(1) as pool, ThreadPoolExecutor(1) as threads:
        log = logging.getLogger("test")
        return ingest_source(source, data, PlainSteps(pool, threads, log), Progress(source.name), log)


def rows(data: Path, table: str, columns: str) -> list[tuple[Any, ...]]:
    files = f"read_parquet('{data}/clean/{table}/**/*.parquet', hive_partitioning = true, union_by_name = true)"
    return duckdb.sql(f"SELECT {columns} FROM {files} ORDER BY ALL").fetchall()


def truth(data: Path) -> dict[str, bytes]:
    """The raw shards; their indexes are made anew once."""
    return {name: body for name, body in content(data / "raw").items() if name.endswith(".warc.gz")}


def test_its_tables_are_readable_and_its_runs_are_the_history(data: Path) -> None:
    assert Counter(source for (source,) in rows(data, "documents", "source")) == PAGES
    versions = {version for (version,) in rows(data, "documents", "cleaners")}
    assert versions == {"0.1.0+2dd7cce91eca"}
    assert len(rows(data, "ledger", "source, url, text, verdict, rule")) == 9 * 5
    assert [(run.kind, run.pages, run.outcomes["new"]) for run in load_runs(data, "town")] == [
        ("ingest", 6, 6),
        ("ingest", 7, 1),
    ]
    (run,) = load_runs(data, "bell")
    assert [failure["url"] for failure in run.failed] == [f"{OLD_ADDRESS}/gone"]


def test_sources_and_state_show_what_it_held(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sources"]) == 0
    listed = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert [(line[0], line[1], line[-2]) for line in listed[1:]] == [("town", "folder", "7"), ("bell", "feed", "2")]
    assert main(["state", "show", "bell"]) == 0
    shown = capsys.readouterr()
    assert "3: 2 new, 1 failed" in shown.out
    assert "1 (feeds, sitemaps, section pages), 0 of them failing" in shown.out
    assert shown.err == ""


def test_its_shards_are_named_once_until_they_are_reprocessed(
    data: Path, sito: Callable[[list[str]], int], capsys: pytest.CaptureFixture[str]
) -> None:
    def said_by(*words: str) -> str:
        assert sito([*words]) == 0
        return " ".join(capsys.readouterr().out.split())

    raw, before = truth(data), rows(data, "documents", "source, url, status, id")
    said = said_by("ingest", "town")
    assert "7 pages, 7 unchanged" in said
    cleaned = "shards that another version of the cleaners, or other corrections, cleaned"
    note = f"{cleaned}: 2; `sito reprocess town` cleans them again"
    assert said.count(note) == 1
    assert said.count("another version") == 1
    assert {version for (version,) in rows(data, "documents", "cleaners")} == {"0.1.0+2dd7cce91eca"}

    assert "reprocess" in said_by("reprocess", "town")
    versions = Counter(rows(data, "documents", "source, cleaners"))
    assert versions == {("town", cleaners_version()): 7, ("bell", "0.1.0+2dd7cce91eca"): 2}
    after = rows(data, "documents", "source, url, status, coalesce(name, id)")
    assert after == before, "nothing is lost or doubled"
    assert len(set(rows(data, "documents", "source, id"))) == 9
    judged = [memory for url, memory in rows(data, "documents", "url, memory") if url == "file:///orkestr.html"]
    assert [f"2026-10-09-{memory}.json" for memory in judged] == [
        file.name for file in (data / "clean/memory/source=town").iterdir()
    ]

    again = ingest(load_sources(data / "sources.toml")["town"], data)
    assert again.notes == []
    assert Counter(outcome.status for outcome in again.outcomes) == {"unchanged": 7}
    assert truth(data) == raw, "nothing is captured again"


def test_the_state_goes_on_and_pages_held_are_not_asked_for_again(data: Path, site: Site) -> None:
    """The feed has moved to a server that lists the pages of the old address, which answers no longer."""
    entries = "".join(f"<item><link>{OLD_ADDRESS}/n/{number}</link></item>" for number in (1, 2))
    entries += f"<item><link>{site.page('/n/3', (data / 'pages/kite.html').read_text('utf-8'))}</link></item>"
    site.page("/rss", f"<rss version='2.0'><channel>{entries}</channel></rss>", content_type="application/rss+xml")
    feed = load_sources(data / "sources.toml")["bell"]
    limits = feed.limits.model_copy(update={"retries": 0})
    raw = truth(data)
    result = ingest(feed.model_copy(update={"url": site.url("/rss"), "limits": limits, "revisit_hours": ()}), data)
    assert result.problem is None
    status = {outcome.url: outcome.status for outcome in result.outcomes}
    assert status.pop(f"{OLD_ADDRESS}/gone", "failed") == "failed"  # it was due again an hour after 0.1.0 asked for it
    assert status == {
        f"{OLD_ADDRESS}/n/1": "unchanged",
        f"{OLD_ADDRESS}/n/2": "unchanged",
        site.url("/n/3"): "new",
    }
    assert [note for note in result.notes if "another version" in note] == [
        "shards that another version of the cleaners, or other corrections, cleaned: 1; "
        "`sito reprocess bell` cleans them again"
    ]
    assert len(Archive(data, "bell").captured()) == 3
    assert truth(data).items() > raw.items()
    assert Counter(url for (url,) in rows(data, "documents", "url") if OLD_ADDRESS in url) == {
        f"{OLD_ADDRESS}/n/1": 1,
        f"{OLD_ADDRESS}/n/2": 1,
    }
