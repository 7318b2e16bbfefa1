"""What the README shows, works."""

from __future__ import annotations

import logging
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pytest

from flows.cli.main import main
from flows.config.sources import load_sources
from flows.pipeline.check_source import check_source
from flows.pipeline.cleaning_pool import CleaningPool
from flows.pipeline.ingest_source import ingest_source
from flows.pipeline.steps import PlainSteps
from flows.report.progress import Progress
from support.paths import ROOT

README = (ROOT / "README.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.DOTALL | re.MULTILINE)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo source, ingested."""
    data = tmp_path_factory.mktemp("data")
    demo = load_sources(ROOT / "sources.toml")["demo"]
    with CleaningPool(1) as pool, ThreadPoolExecutor(1) as threads:
        log = logging.getLogger("test")
        ingest_source(demo, data, PlainSteps(pool, threads, log), Progress("demo"), log)
    return data


def test_the_query_reads_the_documents(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(data)
    (query,) = blocks("sql")
    found = duckdb.sql(query).fetchall()
    assert {row[0] for row in found} == {"demo"}
    assert found[0][1] == "uk"
    assert sum(row[2] for row in found) > 15


def test_what_is_stored_of_the_demo_is_whole(data: Path) -> None:
    assert list(check_source("demo", data, None, 1, lambda done, of: None).damages) == []


@pytest.mark.parametrize("command", sorted(set(re.findall(r"^sito (\w+)", "".join(blocks("sh")), re.MULTILINE))))
def test_every_command_exists(command: str) -> None:
    with pytest.raises(SystemExit) as end:
        main([command, "--help"])
    assert end.value.code == 0


def test_the_source_is_a_source(tmp_path: Path) -> None:
    (tmp_path / "sources.toml").write_text(blocks("toml")[0], "utf-8")
    assert list(load_sources(tmp_path / "sources.toml")) == ["my-town"]


@pytest.mark.parametrize("target", re.findall(r"\]\(([^)#]+)", README))
def test_every_link_leads_to_a_file(target: str) -> None:
    assert (ROOT / target).is_file()
