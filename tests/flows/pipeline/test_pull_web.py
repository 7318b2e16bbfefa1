"""Pages of a site that are asked for again by name, and what becomes of each."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pyarrow.parquet as pq

from flows.config.kinds import UrlsSource
from flows.export.question import Question
from flows.export.selection import select
from flows.look.page_view import find_page, view_page
from flows.pipeline.ingest_source import ingest_source
from flows.report.progress import Progress
from flows.tables.versions import gone_since, versions_path, write_versions
from support.in_process import HereSteps
from support.local_site import LOCAL, serve
from support.newspaper import SOURCE, page

if TYPE_CHECKING:
    from http.server import BaseHTTPRequestHandler
    from pathlib import Path

    from flows.pipeline.ingest_result import IngestResult
    from support.local_site import Site

LOG = logging.getLogger("test")


def pull(data: Path, urls: list[str], *refetch: str) -> IngestResult:
    limits = LOCAL | {"retries": 0}
    source = UrlsSource.model_validate({"name": SOURCE, "kind": "urls", "urls": urls, "limits": limits})
    return ingest_source(source, data, HereSteps(), Progress(SOURCE), LOG, refetch=refetch)


def texts(data: Path, url: str) -> list[str]:
    rows = pq.read_table(data / "clean" / "documents").to_pylist()
    return [row["title"] for row in sorted(rows, key=lambda row: row["fetched_at"]) if row["url"] == url]


def never_modified(request: BaseHTTPRequestHandler) -> None:
    request.send_response(304)
    request.end_headers()


def test_pages_that_are_fetched_again_become_what_their_site_says_now(site: Site, tmp_path: Path) -> None:
    at = ["/same", "/other-text", "/gone", "/broken", "/still"]
    urls = [site.page(path, page(n), etag=f'"{n}"') for n, path in enumerate(at)]
    assert {each.status for each in pull(tmp_path, urls).outcomes} == {"new"}
    asked = len(site.asked)
    site.page("/other-text", page(11), etag='"11"')
    site.page("/gone", b"", 404)
    site.page("/broken", b"", 500)
    site.answer("/still", never_modified)
    result = pull(tmp_path, urls, urls[0] + "#top", *urls[1:])
    said = {each.url: each.status for each in result.outcomes}
    assert said == dict(zip(urls, ["unchanged", "changed", "gone", "failed", "failed"], strict=True))
    assert sorted(site.asked[asked:]) == sorted(at)
    assert "If-None-Match" not in site.headers, "a site may be wrong in what it says"
    assert texts(tmp_path, urls[1]) == ["Новина 1", "Новина 11"]
    assert gone_since(tmp_path, SOURCE, urls[2])

    site.page("/gone", page(2))
    assert [each.status for each in pull(tmp_path, urls, urls[2]).outcomes] == ["unchanged"]
    assert gone_since(tmp_path, SOURCE, urls[2]) is None


def test_an_address_that_the_source_never_named_is_not_asked_for(site: Site, tmp_path: Path) -> None:
    with serve("127.0.0.2") as other:
        urls = [site.page("/1", page(1))]
        strange = other.page("/1", page(2))
        pull(tmp_path, urls)
        asked = list(site.asked)
        result = pull(tmp_path, urls, urls[0], strange)
        assert f"has never named {strange}; nothing was asked for" in str(result.problem)
        assert (site.asked, other.asked) == (asked, [])


def test_a_page_that_changes_back_is_what_it_was_before(site: Site, tmp_path: Path) -> None:
    urls = [site.page("/1", page(1)), site.page("/2", page(2))]

    def comes(n: int) -> list[tuple[int, bool]]:
        site.page("/1", page(n))
        pull(tmp_path, urls, *urls)
        rows = pq.read_table(versions_path(tmp_path, SOURCE), partitioning=None).to_pylist()
        assert [row["latest"] for row in rows if row["url"] == urls[1]] == [True]
        return [(row["version"], row["latest"]) for row in rows if row["url"] == urls[0]]

    def shown() -> tuple[str | None, list[str]]:
        view = view_page(tmp_path, find_page(tmp_path, SOURCE, urls[0]))
        question = Question(sources=(SOURCE,))
        chosen = select(tmp_path, question)
        rows = [row for each in chosen.shards for n, (row, _) in enumerate(each.tables.pages()) if n in each.rows]
        titles = [row["title"] for row in rows]
        return view.document.metadata.title, sorted(title for title in titles if title != "Новина 2")

    pull(tmp_path, urls)
    assert comes(11) == [(1, False), (2, True)]
    assert comes(1) == [(1, True), (2, False)]
    assert shown() == ("Новина 1", ["Новина 1"])
    written = versions_path(tmp_path, SOURCE).read_bytes()
    versions_path(tmp_path, SOURCE).unlink()
    assert write_versions(tmp_path, SOURCE)
    assert versions_path(tmp_path, SOURCE).read_bytes() == written, "made of the archive alone"
    assert comes(11) == [(1, False), (2, True)]
    assert shown() == ("Новина 11", ["Новина 11"])
    assert comes(12) == [(1, False), (2, False), (3, True)]
