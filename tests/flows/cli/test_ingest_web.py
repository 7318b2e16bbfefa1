"""`sito ingest` of a feed, a sitemap and a list of addresses, from a local server to the tables."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
from collections import Counter
from typing import TYPE_CHECKING

import duckdb
from warcio.archiveiterator import ArchiveIterator

if TYPE_CHECKING:
    from pathlib import Path

    from support.local_site import Site


def article(number: int) -> str:
    text = " ".join(f"Маршрут номер {number} міняє зупинку {stop}, бо там ремонтують дорогу." for stop in range(8))
    return f"<html lang=uk><body><article><h1>Маршрут {number}</h1><p>{text}</p></article></body></html>"


def test_a_feed_a_sitemap_and_a_list_are_pulled_kept_and_cleaned_once(site: Site, tmp_path: Path) -> None:
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
    first = ingest(tmp_path)
    assert first.returncode == 1, first.stderr  # one page is gone
    assert "/gone: answered 404 Not Found" in first.stdout
    again = ingest(tmp_path)
    assert Counter(site.asked) == Counter(
        {"/rss": 2, "/map.xml": 2, "/map.xml.gz": 2, "/gone": 1} | {f"/n/{n}": 1 for n in range(6)}
    ), again.stderr
    documents = f"read_parquet('{tmp_path}/clean/documents/**/*.parquet')"
    rows = duckdb.sql(f"SELECT source, url, language FROM {documents} WHERE status = 'kept'").fetchall()
    kept = dict.fromkeys(pages[:2], "feed") | dict.fromkeys(pages[2:4], "map") | dict.fromkeys(pages[4:], "list")
    assert sorted(rows) == sorted((source, url, "uk") for url, source in kept.items())
    assert record_types(tmp_path / "raw" / "feed")["metadata"] == 2, "a feed's entries are kept beside their pages"


def ingest(folder: Path) -> subprocess.CompletedProcess[str]:
    words = [
        sys.executable,
        "-m",
        "flows.cli",
        "ingest",
        "--all",
        "--data",
        folder,
        "--sources",
        folder / "sources.toml",
    ]
    environment = {**os.environ, "PREFECT_HOME": str(folder / "prefect")}
    return subprocess.run(words, env=environment, capture_output=True, text=True, check=False)


def record_types(folder: Path) -> Counter[str]:
    types: Counter[str] = Counter()
    for shard in folder.glob("*.warc.gz"):
        with shard.open("rb") as file:
            types.update(record.rec_type for record in ArchiveIterator(file))
    return types
