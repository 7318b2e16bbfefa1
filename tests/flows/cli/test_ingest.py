"""`sito ingest`: from a local server to the tables, and what a signal to its process leaves behind."""

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

from support.prefect_server import IDLE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from support.local_site import Site

pytestmark = pytest.mark.xdist_group("prefect")

PAGES = 400
"""So many that a signal ends the run before all are cleaned; they are cleaned in shards of 256."""


def article(number: int) -> str:
    text = " ".join(f"Маршрут номер {number} міняє зупинку {stop}, бо там ремонтують дорогу." for stop in range(8))
    return f"<html lang=uk><body><article><h1>Маршрут {number}</h1><p>{text}</p></article></body></html>"


def test_a_feed_a_sitemap_and_a_list_are_pulled_kept_and_cleaned_once(
    site: Site, tmp_path: Path, sito: Callable[[list[str]], int], capsys: pytest.CaptureFixture[str]
) -> None:
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
    assert "/gone: answered 404 Not Found" in " ".join(capsys.readouterr().out.split())
    assert sito(ingest) == 0
    assert Counter(site.asked) == Counter(
        {"/rss": 2, "/map.xml": 2, "/map.xml.gz": 2, "/gone": 1} | {f"/n/{n}": 1 for n in range(6)}
    )
    documents = f"read_parquet('{tmp_path}/clean/documents/**/*.parquet')"
    rows = duckdb.sql(f"SELECT source, url, language FROM {documents} WHERE status = 'kept'").fetchall()
    kept = dict.fromkeys(pages[:2], "feed") | dict.fromkeys(pages[2:4], "map") | dict.fromkeys(pages[4:], "list")
    assert sorted(rows) == sorted((source, url, "uk") for url, source in kept.items())
    assert record_types(tmp_path / "raw" / "feed")["metadata"] == 2, "a feed's entries are kept beside their pages"


@pytest.mark.parametrize(("name", "own"), [("SIGINT", True), ("SIGTERM", False)])
def test_a_signal_to_the_whole_group_stops_a_run_with_one_line(
    tmp_path: Path, prefect_home: Path, prefect_server: str, name: str, own: bool
) -> None:
    """At once, with nothing half-written under a final name; a Prefect server of its own ends with it."""
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
        **(IDLE | {"PREFECT_HOME": str(prefect_home)} if own else {"PREFECT_API_URL": prefect_server}),
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
