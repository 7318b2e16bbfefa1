"""The record of a page, shown to people: nothing in it can act on a terminal or a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flows.cli.main import main
from flows.look.page_html import page_file
from flows.look.page_view import find_page, read_capture, view_page
from flows.look.record_view import PAYLOAD_CHARACTERS, record_text, record_view
from support.captures import keep, response
from support.newspaper import BODY, SOURCE, cleaned, page

if TYPE_CHECKING:
    from pathlib import Path

URL = "https://example.org/bridge"
HEADERS = (("Content-Type", "text/html; charset=utf-8"), ("Server", "<script>alert(1)</script>\x1b[2J\u202e"))


@pytest.fixture
def data(tmp_path: Path) -> Path:
    body = page(1, f"{BODY}<p>\x1b]0;title\x07 \u202eнавпаки</p><!--{'x' * PAYLOAD_CHARACTERS}-->")
    archive, _, _ = keep(tmp_path, [response(URL, body, headers=HEADERS)])
    cleaned(tmp_path, archive.shards()[0])
    return tmp_path


def test_a_person_sees_what_the_server_said(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", SOURCE, URL, "--record", "--data", str(data)]) == 0
    said = capsys.readouterr().out
    warc, http, payload = said.split("\n\n")[:3]
    assert (warc.split("\n")[0], http.split("\n")[0]) == ("WARC/1.1", "HTTP/1.1 200 OK")
    assert "Server: <script>alert(1)</script>?[2J?" in http
    assert payload.startswith("<html lang=uk><head><title>Новина 1</title>")
    assert "<p>?]0;title? ?навпаки</p>" in payload
    assert said.endswith("more characters; --capture prints all\n")


def test_the_page_of_a_page_holds_it_as_text(data: Path) -> None:
    shown = page_file(data, view_page(data, find_page(data, SOURCE, URL)), "uk")
    assert "Запис в архіві" in shown
    assert "Server: &lt;script&gt;alert(1)&lt;/script&gt;\ufffd[2J\ufffd" in shown
    assert "<script" not in shown.partition("Запис в архіві")[2]


def test_of_a_page_that_cannot_be_unpacked_the_heads_are_there(tmp_path: Path) -> None:
    headers = (("Content-Type", "text/html"), ("Content-Encoding", "gzip"))
    archive, _, _ = keep(tmp_path, [response(URL, b"\x1f\x8b\x08 broken", headers=headers)])
    cleaned(tmp_path, archive.shards()[0])
    (version,) = find_page(tmp_path, SOURCE, URL)
    stored, _ = read_capture(tmp_path, version)
    assert stored is not None
    text = record_text(record_view(tmp_path, version, stored))
    assert "Content-Encoding: gzip" in text
    assert stored.error in text
