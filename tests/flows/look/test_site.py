"""The pages of `sito look`, asked without a network."""

from __future__ import annotations

import re
import shutil
import threading
from pathlib import Path
from typing import get_args
from urllib.request import urlopen

import pytest
from lxml.html import fromstring
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from cleaners.document import CATEGORIES, Stage
from flows.common.errors import SitoError
from flows.common.page_types import Status
from flows.look import render
from flows.look.door import Door
from flows.look.index import Index
from flows.look.queries import ORDERS
from flows.look.render import THEMES
from flows.look.rule_examples import STAGES
from flows.look.server import listening, look, looking
from flows.look.site import application
from flows.look.words import LANGUAGES, translator
from flows.report.run_record import Kind, load_runs
from support.accessible import faults
from support.look_pages import KEY

ADDRESSES = (
    *("/", "/source/news", "/source/news?by=day", "/pages", "/pages?source=news&run=run-1", "/rules"),
    *("/rules/uk.also-read", "/rules/body.menu", "/runs/news/run-0", "/runs/news/run-1"),
    "/changes/news/dry-1",
    *("/page?source=news&url=file:///1.html", "/page?source=news&url=file:///2.html"),
)
TEMPLATES = Path(render.__file__).with_name("templates")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("address", ADDRESSES)
def test_every_page_is_there_in_every_language_and_lets_nothing_in(
    client: TestClient, address: str, language: str
) -> None:
    answer = client.get(address, headers={"Accept-Language": f"{language};q=0.9"})
    assert answer.status_code == 200
    assert f'<html lang="{language}"' in answer.text
    assert "default-src 'none'; style-src 'self'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Cache-Control"] == "no-store"
    assert faults(answer.text) == []
    assert "\u202e" not in answer.text
    elements = list(fromstring(answer.text).iter())
    assert not {"script", "img", "style", "object"} & {each.tag for each in elements}
    assert not [name for each in elements for name in each.attrib if name == "style" or name.startswith("on")]
    led = {each.get(name) for each in elements for name in ("href", "src", "action") if each.get(name)}
    assert all(to.startswith(("/", "?", "#")) and not to.startswith("//") for to in led - {"data:,"})


def test_a_page_shows_every_line_with_its_rule_and_evidence(client: TestClient) -> None:
    shown = client.get("/page", params={"source": "news", "url": "file:///2.html"}).text
    assert "&lt;script&gt;document.title=&#39;stolen&#39;" in shown
    assert "&lt;img src=x onerror=alert(1)&gt; і мед" in shown
    assert 'href="/rules/uk.also-read"' in shown
    assert 'class="line dropped"' in shown
    assert 'class="t-en" lang="en">The shelves were built' in shown
    assert "<code>sito show news file:///2.html</code>" in shown


def test_every_stage_of_reading_is_described() -> None:
    assert list(STAGES) == [f"body.{stage}" for stage in get_args(Stage)]


def test_a_stage_of_reading_has_examples_of_what_it_left_out(client: TestClient) -> None:
    shown = client.get("/rules/body.hidden").text
    assert "<del>Прихований абзац про зовсім інше місто, якого читач не бачить.</del>" in shown
    assert 'href="/page?source=news&amp;url=file%3A%2F%2F%2F3.html' in shown
    none = client.get("/rules/body.comments", headers={"Accept-Language": "uk"}).text
    assert "На останніх сторінках він не лишив поза текстом нічого." in none
    assert 'href="/rules/body.comments"' in client.get("/rules").text


def test_versions_have_their_differences(client: TestClient) -> None:
    last = client.get("/page", params={"source": "news", "url": "file:///1.html"}).text
    assert "<ins>Полиць уже сім, і всі повні.</ins>" in last
    first = client.get("/page", params={"source": "news", "url": "file:///1.html", "version": 1}).text
    assert "Полиць уже сім" not in first
    assert "sito show news file:///1.html --version 1" in first


def test_the_capture_is_a_page_that_can_do_nothing(client: TestClient) -> None:
    answer = client.get("/capture", params={"source": "news", "url": "file:///2.html"})
    assert answer.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    elements = list(fromstring(answer.text).iter())
    assert not {"script", "iframe", "base", "link"} & {each.tag for each in elements}
    names = {name for each in elements for name in each.attrib}
    assert not {"onload", "href", "src", "ping", "http-equiv"} & names
    assert "Читачі приносять книжки" in answer.text
    raw = client.get("/capture", params={"source": "news", "url": "file:///2.html", "raw": 1})
    assert raw.headers["Content-Disposition"].startswith("attachment")
    assert raw.headers["Content-Type"].startswith("text/plain")
    assert b"evil.example" in raw.content


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"1", "2", "3"}),
        ("q=НОВИНА", {"1", "3"}),
        ("q=2.html", {"2"}),
        ("q=%25", set()),
        ("source=news&language=uk", {"1", "2", "3"}),
        ("source=other", set()),
        ("status=failed", set()),
        ("rule=uk.also-read", {"1", "2", "3"}),
        ("category=byline", set()),
        ("lost=1&order=lost", {"1", "2", "3"}),
        ("lost=100000", set()),
        ("until=2026-03-02", {"1", "2"}),
        ("since=2026-03-02&until=2026-03-02", {"2"}),
        ("since=tomorrow&page=-1&order=none", {"1", "2", "3"}),
        ("source=news&run=run-0", {"1", "2"}),
        ("flag=any", {"1", "3"}),
        ("flag=no+such", set()),
        ("page=2", set()),
    ],
)
def test_pages_are_found_by_what_is_asked(client: TestClient, query: str, found: set[str]) -> None:
    answer = client.get(f"/pages?{query}")
    assert answer.status_code == 200
    assert set(re.findall(r"<bdi>file:///(\d)\.html</bdi>", answer.text)) == found


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("/page?source=news&url=file:///9.html", "holds no page"),
        ("/page?source=news&url=file:///1.html&version=3", "no such version"),
        ("/page?source=news&url=file:///1.html&shard=../../x&record=0", "no such version"),
        ("/capture?source=..%2F..&url=x", "holds no page"),
        ("/runs/news/run-7", "no record of a run"),
        ("/runs/..%2Fnews/run-0", "Not Found"),
        ("/runs/../run-0", "Not Found"),
        ("/runs/other/run-0", "nothing is cleaned"),
        ("/pages?source=..&run=run-0", "nothing is cleaned"),
        ("/source/%3Cscript%3E", "&lt;script&gt;"),
        ("/changes/news/run-1", "is not kept"),
        ("/rules/none", "there is no rule"),
        ("/nowhere", "Not Found"),
    ],
)
def test_what_is_not_there_is_said(client: TestClient, address: str, said: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 404
    assert said in answer.text


def test_a_run_stands_beside_the_run_before(client: TestClient) -> None:
    shown = client.get("/runs/news/run-1").text
    assert "Against the run before" in shown
    assert re.search(r'words kept</th><td class="n">20</td><td class="n">60</td><td class="n">-40</td>', shown)


BACK = {
    "/pages?q=%D1%97&page=2": "/pages?q=%D1%97&page=2",
    "//evil.example/pages": "/evil.example/pages",
    "\\\\evil.example": "/evil.example",
    "http://[evil": "/http://[evil",
    "/\r\nSet-Cookie: a=b": "/%0D%0ASet-Cookie:%20a=b",
}


def test_the_key_leads_to_an_address_of_ours(client: TestClient) -> None:
    for path, there in {
        "/pages?q=a+b": "/pages?q=a+b",
        "//evil.example/": "/evil.example/",
        "/%0D%0ASet-Cookie:a": "/%0D%0ASet-Cookie%3Aa",
        "/source/%D1%97": "/source/%D1%97",
    }.items():
        answer = client.get(f"http://127.0.0.1:4201{path}{'&' if '?' in path else '?'}key={KEY}")
        assert (answer.status_code, answer.headers["Location"]) == (303, there)


def test_language_and_colours_are_chosen_by_a_post_and_nothing_else(client: TestClient) -> None:
    own = {"Origin": "http://127.0.0.1:4201"}
    form = {"sito-language": "uk", "sito-theme": "dark"}
    for back, there in BACK.items():
        answer = client.post("/settings", data=form | {"back": back}, headers=own)
        assert (answer.status_code, answer.headers["Location"]) == (303, there)
    assert '<html lang="uk" data-theme="dark">' in client.get("/").text
    client.post("/settings", data={"sito-language": "xx", "sito-theme": '"><script>'}, headers=own)
    assert '<html lang="uk" data-theme="dark">' in client.get("/").text
    assert client.post("/settings", headers={"Origin": "http://evil.example"}).status_code == 403
    assert client.get("/settings").status_code == 405
    assert {client.post(address).status_code for address in ADDRESSES} == {405}


@pytest.mark.parametrize("headers", [{"Host": "evil.example"}, {"Origin": "http://evil.example"}, {"Origin": "null"}])
def test_pages_of_others_are_refused(client: TestClient, headers: dict[str, str]) -> None:
    assert client.get("/", headers=headers).status_code == 403


def test_without_the_key_nothing_is_shown(client: TestClient) -> None:
    client.cookies.clear()
    for address in (*ADDRESSES, "/capture?source=news&url=file:///2.html", "/?key=wrong", "/?key="):
        answer = client.get(address)
        assert answer.status_code == 401
        assert "news" not in answer.text


def test_a_port_is_taken_from_the_beginning_and_not_only_when_it_answers() -> None:
    with listening(0) as first, pytest.raises(SitoError, match="is not available"):
        listening(first.getsockname()[1])


def test_a_server_that_cannot_read_the_tables_leaves_nobody_waiting(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(self: Index) -> None:
        raise RuntimeError("a table of another time")

    monkeypatch.setattr(Index, "refresh", breaks)
    monkeypatch.setattr(threading, "excepthook", lambda told: None)
    with looking(data, 0) as address:
        assert address
        with pytest.raises(OSError, match=r"refused|reset"):
            urlopen(address, timeout=20)


def test_the_pages_are_served_once_and_a_second_process_says_where(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with looking(data, 0) as address:
        assert address is not None
        port = int(address.split(":")[2].partition("/")[0])
        with looking(data, port) as again:
            assert again == address
        look(data, port)
        assert f"another process shows it: {address}" in capsys.readouterr().err
        (data / "runs" / ".look-key").write_text("another key")
        with looking(data, port) as other:
            assert other is None, "what is served there is not of this folder"
        with pytest.raises(SitoError, match=f"port {port} of 127.0.0.1 is not available"):
            look(data, port)


def test_every_word_of_the_interface_is_said_in_ukrainian() -> None:
    ukrainian = translator("uk")
    sources = "".join(path.read_text("utf-8") for path in TEMPLATES.glob("*.html"))
    used = {double or single for double, single in re.findall(r"""_\((?:"([^"]+)"|'([^']+)')\)""", sources)}
    used |= {*CATEGORIES, *get_args(Status), *get_args(Kind), *THEMES, *(f"order: {order}" for order in ORDERS)}
    used |= {f"newly {what}" for what in ("dropped", "kept", "found", "lost")}
    assert [text for text in sorted(used) if not re.search("[а-яіїєґ]", ukrainian(text))] == []


def test_damaged_tables_are_left_out_and_named(data: Path, tmp_path: Path) -> None:
    shutil.copytree(data, tmp_path / "data", ignore=shutil.ignore_patterns("look.duckdb*"))
    broken, whole = sorted((tmp_path / "data" / "clean" / "ledger" / "source=news").glob("*.parquet"))
    broken.write_bytes(b"PAR1")
    index = Index(tmp_path / "data")
    index.refresh()
    assert index.damaged == [f"news/{broken.stem}"]
    assert [row["shard"] for row in index.rows("SELECT DISTINCT shard FROM pages")] == [f"{whole.stem}.warc.gz"]
    index.close()


def test_without_runs_and_captures_what_is_left_is_shown(data: Path, tmp_path: Path) -> None:
    shutil.copytree(data / "clean", tmp_path / "clean", ignore=shutil.ignore_patterns("look.duckdb*"))
    index = Index(tmp_path)
    client = TestClient(application(tmp_path, index))
    for address in ("/", "/source/news", "/pages", "/rules/uk.also-read"):
        assert client.get(address).status_code == 200
    page = client.get("/page?source=news&url=file:///1.html")
    assert "cannot be read" in page.text
    assert "<iframe" not in page.text
    assert client.get("/capture?source=news&url=file:///1.html").status_code == 404
    index.close()


def test_a_folder_where_nothing_is_cleaned_is_empty(tmp_path: Path) -> None:
    index = Index(tmp_path)
    client = TestClient(application(tmp_path, index))
    assert "Nothing is cleaned yet." in client.get("/").text
    assert client.get("/pages").status_code == 200
    index.close()
    with pytest.raises(SitoError, match="nothing is cleaned there"):
        look(tmp_path, 0)


def test_prometheus_reads_the_figures_of_the_last_runs_with_the_key_in_a_header(data: Path) -> None:
    index = Index(data)
    client = TestClient(Door(application(data, index), "key"), base_url="http://127.0.0.1")
    assert client.get("/metrics").status_code == 401
    assert client.get("/metrics", headers={"Authorization": "Bearer other"}).status_code == 401
    assert client.get("/pages", headers={"Authorization": "Bearer key"}).status_code == 401
    answer = client.get("/metrics", headers={"Authorization": "Bearer key"})
    last = load_runs(data, "news")[-1]
    found = {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }
    assert found["sito_last_ingest_pages", "news", "new"] == last.outcomes["new"]
    assert found["sito_last_ingest_kept_share", "news"] == last.kept_share
    assert found["sito_last_ingest_finished_timestamp_seconds", "news"] == last.finished.timestamp()
    assert answer.headers["Content-Type"].startswith("text/plain; version=")
    index.close()


def test_an_index_that_is_no_database_is_made_anew(data: Path, tmp_path: Path) -> None:
    shutil.copytree(data, tmp_path / "data", ignore=shutil.ignore_patterns("look.duckdb*"))
    (tmp_path / "data" / "clean" / "look.duckdb").write_bytes(b"no database" * 1000)
    index = Index(tmp_path / "data")
    index.refresh()
    assert index.rows("SELECT count(*) AS n FROM pages") == [{"n": 4}]
    index.close()
