"""When it is said that no contact is set."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.config.contact import contact, without_contact
from flows.config.sources import load_sources

SOURCES = """
[sources.files]
kind = "folder"
path = "."
[sources.records]
kind = "warc"
paths = ["a.warc"]
[sources.stored]
kind = "cdx"
paths = ["a.cdx"]
warcs = "."
[sources.web]
kind = "cdx"
paths = ["a.cdx"]
[sources.feed]
kind = "feed"
url = "https://news.example/rss"
"""


@pytest.mark.parametrize(
    ("names", "set_to", "said"),
    [
        (["feed"], None, True),
        (["feed"], " \n", True),
        (["files", "feed", "web"], None, True),
        (["web"], None, True),
        (["feed"], "corpus@example.org", False),
        (["files", "records", "stored"], None, False),
        ([], None, False),
    ],
)
def test_it_is_said_where_a_source_of_the_web_is_pulled_without_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, names: list[str], set_to: str | None, said: bool
) -> None:
    monkeypatch.delenv("SITO_CONTACT", raising=False)
    if set_to is not None:
        monkeypatch.setenv("SITO_CONTACT", set_to)
    (tmp_path / "sources.toml").write_text(SOURCES)
    known = load_sources(tmp_path / "sources.toml")
    answer = without_contact(known[name] for name in names)
    assert bool(answer) is said
    assert not said or "export SITO_CONTACT=" in answer


def test_a_contact_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SITO_CONTACT", " corpus@example.org\r\nX: 1 ")
    assert contact() == "corpus@example.org X: 1"
