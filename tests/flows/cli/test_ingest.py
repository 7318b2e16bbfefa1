"""`sito ingest` without Prefect: from a local site to the tables, and what a signal to its process leaves behind."""

from __future__ import annotations

import gzip
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow.parquet as pq
import pytest
from warcio.archiveiterator import ArchiveIterator

from flows.report.run_record import load_runs
from support.paths import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from support.local_site import Site

PAGES = 400
"""So many that a signal ends the run before all are cleaned; they are cleaned in shards of 256."""


def article(number: int) -> str:
    text = " ".join(f"Маршрут номер {number} міняє зупинку {stop}, бо там ремонтують дорогу." for stop in range(8))
    return f"<html lang=uk><body><article><h1>Маршрут {number}</h1><p>{text}</p></article></body></html>"


def test_a_feed_a_sitemap_and_a_list_are_pulled_kept_and_cleaned_once(
    site: Site,
    tmp_path: Path,
    sito: Callable[[list[str]], int],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("SITO_CONTACT", raising=False)
    pages = [site.page(f"/n/{number}", article(number)) for number in range(6)]
    gone = site.page("/gone", "nothing here", status=404)
    entries = "".join(
        f"<item><title>Маршрут {n}</title><link>{page}</link><description>Коротко</description></item>"
        for n, page in enumerate(pages[:2])
    )
    site.page("/rss", f"<rss version='2.0'><channel>{entries}</channel></rss>", content_type="application/rss+xml")
    inner = "".join(f"<url><loc>{page}</loc></url>" for page in pages[2:4])
    packed = site.page(
        "/map.xml.gz", gzip.compress(f"<urlset>{inner}</urlset>".encode()), content_type="application/gzip"
    )
    site.page("/map.xml", f"<sitemapindex><sitemap><loc>{packed}</loc></sitemap></sitemapindex>")
    (tmp_path / "list.txt").write_text("\n".join([*pages[4:], pages[4] + "#comments", gone]) + "\n")
    local = 'limits = {private_hosts = ["127.0.0.1"], delay_seconds = 0}\n'
    (tmp_path / "sources.toml").write_text(
        f'[sources.feed]\nkind = "feed"\nurl = "{site.url("/rss")}"\n{local}'
        f'[sources.map]\nkind = "sitemap"\nurl = "{site.url("/map.xml")}"\n{local}'
        f'[sources.list]\nkind = "urls"\nfile = "list.txt"\n{local}'
    )
    ingest = ["ingest", "--all", "--data", str(tmp_path), "--sources", str(tmp_path / "sources.toml")]
    assert sito(ingest) == 1  # one page is gone
    said = capsys.readouterr()
    assert "/gone: answered 404 Not Found" in " ".join(said.out.split())
    assert said.err.count("SITO_CONTACT is not set") == 1, "once, not for each source or page"
    monkeypatch.setenv("SITO_CONTACT", "corpus@example.org")
    assert sito(ingest) == 0
    assert "SITO_CONTACT" not in capsys.readouterr().err
    assert Counter(site.asked) == Counter(
        {"/rss": 2, "/map.xml": 2, "/map.xml.gz": 2, "/gone": 1} | {f"/n/{n}": 1 for n in range(6)}
    )
    documents = f"read_parquet('{tmp_path}/clean/documents/**/*.parquet')"
    rows = duckdb.sql(f"SELECT source, url, language FROM {documents} WHERE status = 'kept'").fetchall()
    kept = dict.fromkeys(pages[:2], "feed") | dict.fromkeys(pages[2:4], "map") | dict.fromkeys(pages[4:], "list")
    assert sorted(rows) == sorted((source, url, "uk") for url, source in kept.items())
    assert record_types(tmp_path / "raw" / "feed")["metadata"] == 2, "a feed's entries are kept beside their pages"


def test_a_source_that_fails_leaves_the_others_alone(
    tmp_path: Path, sito: Callable[[list[str]], int], capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "news").mkdir()
    (tmp_path / "news" / "1.html").write_text(article(1))
    (tmp_path / "sources.toml").write_text(
        '[sources.gone]\nkind = "folder"\npath = "gone"\n[sources.news]\nkind = "folder"\npath = "news"\n'
    )
    places = ["--data", str(tmp_path), "--sources", str(tmp_path / "sources.toml")]
    assert sito(["ingest", "--all", *places]) == 2
    said = capsys.readouterr()
    assert "sito: source 'gone': the folder" in said.err
    assert "news: done, 1 of 1 pages, 1 new" in said.err
    assert "Prefect" not in said.err
    assert "1 page, 1 new" in said.out
    assert [record.in_terminal for name in ("gone", "news") for record in load_runs(tmp_path, name)] == [True, True]
    assert sito(["reprocess", "news", "--dry-run", *places]) == 0
    assert "0 of 1 pages change" in capsys.readouterr().out
    assert sito(["reprocess", "gone", *places]) == 2
    assert "sito: source 'gone' holds no pages" in capsys.readouterr().err


RUNS = """
import sys
from flows.cli.main import main
for command in (["ingest"], ["reprocess", "--from", "ledger"]):
    assert main([*command, "news", "--data", ".", "--sources", "sources.toml"]) == 0
print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""


def test_a_run_over_files_imports_neither_prefect_nor_what_only_the_web_needs(tmp_path: Path) -> None:
    (tmp_path / "news").mkdir()
    (tmp_path / "news" / "1.html").write_text(article(1))
    (tmp_path / "sources.toml").write_text('[sources.news]\nkind = "folder"\npath = "news"\n')
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    environment |= {"PREFECT_HOME": str(tmp_path), "SITO_WORKERS": "1", "PYTHONPATH": str(ROOT)}
    said = subprocess.run(
        [sys.executable, "-c", RUNS], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    imported = set(said.stdout.splitlines()[-1].split())
    assert "pyarrow" in imported
    assert not imported & {"prefect", "sqlalchemy", "alembic", "httpx2", "httpcore2", "tld", "courlan", "trafilatura"}
    assert {record.kind for record in load_runs(tmp_path, "news")} == {"ingest", "reprocess"}


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_a_signal_to_the_whole_group_stops_a_run_with_one_line(tmp_path: Path, name: str) -> None:
    """At once, with nothing half-written under a final name."""
    (tmp_path / "pages").mkdir()
    for number in range(PAGES):
        text = " ".join(f"Трамвай номер {number} запізнився на {word} хвилин." for word in range(12))
        (tmp_path / "pages" / f"{number}.html").write_text(
            f"<article><h1>{number}</h1><p>{text}</p></article>", "utf-8"
        )
    (tmp_path / "sources.toml").write_text('[sources.trams]\nkind = "folder"\npath = "pages"\n')
    run = start(
        tmp_path,
        "trams",
        PREFECT_HOME=str(tmp_path),
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    assert run.stderr is not None
    for line in run.stderr:
        if "cleaning" in line:
            break
    while not list((tmp_path / "clean").rglob("*.part*")) and run.poll() is None:
        time.sleep(0.01)  # its process is being started
    os.killpg(run.pid, getattr(signal, name))
    said = run.stderr.read().splitlines()
    assert run.wait() == 130
    assert said[-1] == "sito: stopped; what was kept so far is in place"
    assert not [line for line in said if "Traceback" in line or "Error" in line]
    done = list((tmp_path / "clean" / "documents").rglob("[!.]*.parquet"))
    assert sum(pq.read_metadata(path).num_rows for path in done) < PAGES
    assert len(list((tmp_path / "raw" / "trams").glob("*.warc.gz"))) > len(done)


def start(folder: Path, source: str, preexec_fn: Any = None, **environment: str) -> subprocess.Popen[str]:
    """`sito ingest` in a process group of its own, with one process for cleaning."""
    command = [sys.executable, "-m", "flows.cli", "ingest", source]
    return subprocess.Popen(
        [*command, "--data", folder, "--sources", folder / "sources.toml"],
        env={**os.environ, "SITO_WORKERS": "1", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=preexec_fn,
    )


def record_types(folder: Path) -> Counter[str]:
    types: Counter[str] = Counter()
    for shard in folder.glob("*.warc.gz"):
        with shard.open("rb") as file:
            types.update(record.rec_type for record in ArchiveIterator(file))
    return types
