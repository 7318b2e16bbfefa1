"""Corrections by the web pages: chosen, shown, kept; and by nobody else."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from starlette.testclient import TestClient

import flows.look.edit
from flows.config.corrections import corrections_path, load_entries
from flows.corrections.trial import work
from flows.corrections.write import add_entry, new_entry
from flows.gold.gold_set import gold_folder, read_gold
from flows.look.door import Door
from flows.look.edit import MOST_BYTES, Editor
from flows.look.site import application
from flows.look.words import LANGUAGES
from support.accessible import faults
from support.look_pages import KEY

if TYPE_CHECKING:
    from pathlib import Path

    from flows.corrections.trial import Tried
    from flows.look.index import Index

TEASER = "Читайте також: Як доглядати за старими книжками"
PAGE = {"source": "news", "url": "file:///1.html", "version": "1"}
OWN = {"Origin": "http://127.0.0.1:4201"}


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    return tmp_path / "sources.toml"


@pytest.fixture
def client(data: Path, index: Index, sources: Path, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    preview = flows.look.edit.preview

    def here(*arguments: object, **more: object) -> Tried:
        return preview(*arguments, **more, run=lambda trial: work(trial, lambda _: None))  # type: ignore[arg-type]

    monkeypatch.setattr(flows.look.edit, "preview", here)
    app = application(data, index, Editor.of(sources, KEY))
    found = TestClient(Door(app, KEY), "http://127.0.0.1:4201", follow_redirects=False)
    found.get("/", params={"key": KEY})
    return found


def line_of(client: TestClient, text: str) -> str:
    shown = client.get("/page", params=PAGE).text
    place = re.search(rf'id="line-(\d+)"(?:(?!id="line-).)*{re.escape(text)}', shown, re.DOTALL)
    assert place
    return place[1]


def fields(html: str) -> dict[str, str]:
    """The hidden fields of the last form of a page that writes."""
    form = html.rsplit('action="/correct"', 1)[1].partition("</form>")[0]
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))


def test_without_the_flag_there_is_no_way_to_write(data: Path, index: Index) -> None:
    reading = TestClient(Door(application(data, index), KEY), "http://127.0.0.1:4201")
    reading.get("/", params={"key": KEY})
    assert "/correct" not in reading.get("/page", params=PAGE).text
    assert reading.get("/correct", params=PAGE).status_code == 404
    assert reading.post("/correct", data=PAGE, headers=OWN).status_code == 404


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_line_is_chosen_shown_and_kept(client: TestClient, sources: Path, language: str) -> None:
    client.headers["Accept-Language"] = language
    line = line_of(client, TEASER)
    choose = client.get("/correct", params=PAGE | {"line": line})
    assert choose.status_code == 200
    assert faults(choose.text) == []
    assert "uk.also-read" in choose.text
    said = fields(choose.text) | {"choice": "0", "note": "рубрика", "step": "preview"}
    shown = client.post("/correct", data=said, headers=OWN)
    assert faults(shown.text) == []
    assert f"text = &#34;{TEASER}&#34;" in shown.text
    assert "uk.also-read" in shown.text, "the rule that dropped it before"
    assert not corrections_path(sources, "news").exists(), "a preview writes nothing"
    again = client.post("/correct", data=fields(shown.text) | {"step": "change"}, headers=OWN)
    assert 'value="рубрика"' in again.text
    kept = client.post("/correct", data=fields(shown.text) | {"step": "keep"}, headers=OWN)
    assert kept.status_code == 303
    (entry,) = load_entries(corrections_path(sources, "news"))
    assert (entry.action, entry.text, entry.note, entry.page) == ("keep", TEASER, "рубрика", "file:///1.html")
    assert "sito reprocess news" in client.get(kept.headers["Location"]).text
    twice = client.post("/correct", data=fields(shown.text) | {"step": "keep"}, headers=OWN)
    assert "says so already" in twice.text


def test_what_was_said_is_changed_and_taken_back_after_it_was_shown_what_that_does(
    client: TestClient, sources: Path
) -> None:
    path = corrections_path(sources, "news")
    before = new_entry("drop", text=TEASER, category="related", note="рубрика", page="file:///3.html")
    add_entry(path, before)
    add_entry(path, new_entry("off", rule="caption.*", note="<b>підписи</b>", page="file:///3.html"))
    choose = client.get("/correct", params=PAGE)
    assert faults(choose.text) == []
    assert "&lt;b&gt;підписи&lt;/b&gt;" in choose.text
    form = fields(choose.text) | {"instead": before.correction.name}

    filled = client.post("/correct", data=form | {"step": "other"}, headers=OWN)
    assert f'name="value" value="{TEASER}"' in filled.text
    said = fields(filled.text) | {
        "choice": "own",
        "action": "drop",
        "by": "prefix",
        "value": "Читайте",
        "note": "коротше",
    }
    shown = client.post("/correct", data=said | {"step": "preview"}, headers=OWN)
    assert faults(shown.text) == []
    assert load_entries(path)[0].note == "рубрика", "a preview writes nothing"
    assert client.post("/correct", data=fields(shown.text) | {"step": "keep"}, headers=OWN).status_code == 303
    changed = load_entries(path)[0]
    assert (changed.prefix, changed.category, changed.page) == ("Читайте", "related", "file:///3.html")

    form |= {"instead": changed.correction.name}
    shown = client.post("/correct", data=form | {"step": "unsay"}, headers=OWN)
    assert faults(shown.text) == []
    assert "prefix = &#34;Читайте&#34;" in shown.text
    assert len(load_entries(path)) == 2
    gone = client.post("/correct", data=fields(shown.text) | {"step": "remove"}, headers=OWN)
    assert "Taken back" in client.get(gone.headers["Location"]).text
    assert [entry.rule for entry in load_entries(path)] == ["caption.*"]
    twice = client.post("/correct", data=fields(shown.text) | {"step": "remove"}, headers=OWN)
    assert (twice.status_code, "has no correction" in twice.text) == (400, True)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"action": "body", "by": "selector", "value": "p:has(a)"}, "is no selector that we can use"),
        ({"action": "drop", "by": "rule", "value": "x"}, "drop is said by one of text, prefix"),
        ({"action": "none", "by": "text", "value": "x"}, "choose what is said: one of keep"),
        ({"action": "drop", "by": "text", "value": "x", "note": ""}, "note is missing"),
        ({"action": "drop", "by": "text", "value": "<script>"}, "&lt;script&gt;"),
        ({"action": "drop", "by": "text", "value": "nowhere"}, "It means nothing on these pages."),
    ],
)
def test_own_words_are_checked_and_escaped(client: TestClient, sources: Path, more: dict[str, str], said: str) -> None:
    form = fields(client.get("/correct", params=PAGE).text) | {"choice": "own", "note": "n", "step": "preview"}
    answer = client.post("/correct", data=form | more, headers=OWN)
    assert said in answer.text
    assert "<script" not in answer.text
    assert not sources.parent.joinpath("corrections").exists()


def test_only_a_form_of_ours_is_taken(client: TestClient, sources: Path) -> None:
    form = fields(client.get("/correct", params=PAGE).text)
    form |= {"choice": "own", "action": "drop", "by": "text", "value": "x", "note": "n", "step": "keep"}
    wrong = (
        (form | {"token": "0" * 64}, OWN, 403),
        ({**form, "token": ""}, OWN, 403),
        (form, {"Origin": "http://evil.example"}, 403),
        (form, {"Origin": "null"}, 403),
        (form | {"note": "x" * MOST_BYTES}, OWN, 413),
        (form | {"line": "999"}, OWN, 404),
        (form | {"url": "file:///9.html"}, OWN, 404),
        (form | {"source": "../x"}, OWN, 404),
    )
    for data, headers, status in wrong:
        assert client.post("/correct", data=data, headers=headers).status_code == status
    client.cookies.clear()
    assert client.post("/correct", data=form, headers=OWN).status_code == 401
    assert not sources.parent.joinpath("corrections").exists()


def test_lines_are_marked_and_kept_as_gold(client: TestClient, sources: Path) -> None:
    marked = client.get("/gold", params=PAGE)
    assert faults(marked.text) == []
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', marked.text.split("/gold", 1)[1]))
    ticked = re.findall(r'name="article" value="(\d+)" checked', marked.text)
    assert ticked
    form = hidden | {"title": "Новина", "authors": "Олена Гай; ", "published": "", "author": "Я"}
    nothing = client.post("/gold", data=form, headers=OWN)
    assert (nothing.status_code, "choose at least one line" in nothing.text) == (400, True)
    assert client.post("/gold", data=form | {"token": "x", "article": ticked}, headers=OWN).status_code == 403
    kept = client.post("/gold", data=form | {"article": ticked[1:]}, headers=OWN)
    assert kept.status_code == 303
    ((_, gold),) = read_gold(gold_folder(sources, "news"))
    assert (gold["title"], gold["authors"], gold["published"]) == ("Новина", ["Олена Гай"], None)
    assert len(gold["paragraphs"]) == len(ticked) - 1
