"""`sito fetch`: one page requested as a run would, and all that is known of it."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest

from flows.cli.main import main
from flows.config.sources import load_sources
from flows.pipeline.ingest_source import ingest_source
from flows.report.progress import Progress
from support.in_process import HereSteps

if TYPE_CHECKING:
    from collections.abc import Callable
    from http.server import BaseHTTPRequestHandler
    from pathlib import Path

    from support.local_site import Site

PAGE = "<!doctype html><p>Причал відкрили о шостій ранку."

Sito = Callable[..., tuple[int, str]] if TYPE_CHECKING else object


def tagged(request: BaseHTTPRequestHandler) -> None:
    same = request.headers.get("If-None-Match") == '"1"'
    body = b"" if same else PAGE.encode()
    request.send_response(304 if same else 200)
    request.send_header("ETag", '"1"')
    request.send_header("Content-Type", "text/html; charset=utf-8")
    request.send_header("Content-Length", str(len(body)))
    request.end_headers()
    request.wfile.write(body)


@pytest.fixture
def sito(site: Site, tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Sito:
    site.answer("/a", tagged)
    site.page("/forbidden/b", PAGE)
    site.page("/robots.txt", "User-agent: *\nDisallow: /forbidden\nCrawl-delay: 0\n", content_type="text/plain")
    sources = tmp_path / "sources.toml"
    sources.write_text(
        f'[sources.town]\nkind = "urls"\nurls = ["{site.url("/a")}", "{site.url("/gone")}"]\n'
        'limits = { private_hosts = ["127.0.0.1"], delay_seconds = 0 }\n'
        '[sources.files]\nkind = "folder"\npath = "."\n'
    )
    monkeypatch.delenv("SITO_STATE", raising=False)

    def run(*words: str) -> tuple[int, str]:
        code = main([*words, "--sources", str(sources), "--data", str(tmp_path / "data")])
        said = capfd.readouterr()
        return code, said.out + said.err

    return run


def ingest(tmp_path: Path) -> None:
    source = load_sources(tmp_path / "sources.toml")["town"]
    ingest_source(source, tmp_path / "data", HereSteps(), Progress("town"), logging.getLogger("test"))


def test_the_page_itself_is_printed_and_nothing_is_kept(site: Site, sito: Sito, tmp_path: Path) -> None:
    assert sito("fetch", site.url("/a") + "?utm_source=feed#top", "--source", "town") == (0, PAGE)
    assert site.asked == ["/a"]
    assert not (tmp_path / "data" / "raw").exists()


def test_an_unknown_page_is_explained(site: Site, sito: Sito) -> None:
    code, said = sito("fetch", site.url("/a") + "#top", "--explain", "--source", "town")
    assert code == 0
    for line in (
        f"address     {site.url('/a')}#top",
        f"canonical   {site.url('/a')}",
        "source      town (urls)",
        "state       not known yet",
        "kept        no capture in raw/",
        f"robots.txt  {site.url('/robots.txt')} answered 200",
        "no rule of it applies to this address",
        "verdict     may be requested now",
        "request     GET /a HTTP/1.1",
        f"answer      200 OK from {site.url('/a')}, {len(PAGE.encode())} bytes",
        'ETag: "1"',
    ):
        assert line in said


def test_a_held_page_says_where_it_is_and_is_requested_conditionally(site: Site, sito: Sito, tmp_path: Path) -> None:
    ingest(tmp_path)
    (shard,) = (tmp_path / "data" / "raw" / "town").glob("*.warc.gz")
    code, said = sito("fetch", site.url("/a"), "--explain")
    assert code == 0
    for line in (
        "source      town (urls)",
        "new (200)",
        "is not requested again",
        f"page (200): raw/town/{shard.name} at ",
        'If-None-Match: "1"',
        "answer      304 Not Modified",
    ):
        assert line in said


def test_a_failed_page_says_when_it_is_tried_again(site: Site, sito: Sito, tmp_path: Path) -> None:
    ingest(tmp_path)
    code, said = sito("fetch", site.url("/gone"), "--explain")
    assert code == 1
    for line in (
        "failed (404) answered 404 Not Found",
        "next try 20",
        "answer      failed:",
    ):
        assert line in said


def test_rules_that_cannot_be_had_are_not_said_to_allow(site: Site, sito: Sito) -> None:
    site.page("/robots.txt", "busy", 503)
    code, said = sito("fetch", site.url("/a"), "--explain", "--source", "town")
    assert code == 1
    assert f"robots.txt  {site.url('/robots.txt')} answered 503" in said
    assert "no rule of it" not in said
    assert "verdict     waiting: its site's robots.txt cannot be read: answered 503" in said


def test_a_forbidden_page_is_not_requested(site: Site, sito: Sito) -> None:
    code, said = sito("fetch", site.url("/forbidden/b"), "--explain", "--source", "town")
    assert code == 1
    assert "User-agent: *, Disallow: /forbidden" in said
    assert "verdict     refused: its site's robots.txt forbids it" in said
    assert "answer      not requested" in said
    code, said = sito("fetch", site.url("/forbidden/b"), "--source", "town")
    assert (code, "refused: its site's robots.txt forbids it" in said) == (1, True)
    assert site.asked == []


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["ftp://visti.example/a"], 2, "the address"),
        (["https://visti.example/a", "--source", "files"], 2, "source 'files' is of the kind folder"),
        (["https://visti.example/a", "--source", "twon"], 2, "there is no source 'twon'; did you mean 'town'"),
        (["http://127.0.0.1/a"], 1, "its host has a private address"),
    ],
)
def test_what_cannot_be_requested_is_said(sito: Sito, words: list[str], code: int, said: str) -> None:
    found = sito("fetch", *words)
    assert found[0] == code
    assert said in found[1]
