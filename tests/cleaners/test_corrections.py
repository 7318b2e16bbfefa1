"""A correction by itself: its name, what it means, and the digest of several."""

from __future__ import annotations

import pickle
from dataclasses import replace

import pytest

from cleaners.corrections import By, Correction, Corrections
from cleaners.document import Line

DROP = Correction("drop", "text", "Наш Вісник — голос громади", "slogan")


@pytest.mark.parametrize(
    ("by", "value", "text", "means"),
    [
        ("text", "Слава  мосту’", "слава мосту'", True),
        ("text", "Слава мосту", "Слава мосту!", False),
        ("prefix", "До речі:", "ДО РЕЧІ: ціни зросли", True),
        ("prefix", "До речі:", "Це до речі: ні", False),
        ("pattern", "^Вік: [0-9]+$", "Вік: 12", True),
        ("pattern", "вік", "Вік: 12", False),
        ("rule", "uk.follow", "uk.follow", False),
        ("selector", "p", "p", False),
    ],
)
def test_a_line_is_meant_by_its_text(by: By, value: str, text: str, means: bool) -> None:
    assert Correction("drop", by, value).means(Line(0, text)) is means


def test_a_line_is_meant_by_the_name_that_reading_left() -> None:
    correction = Correction("keep", "selector", "figcaption")
    assert correction.means(Line(0, "Міст", attributes=f"{correction.name} photo"))
    assert not correction.means(Line(0, "Міст", attributes=f"{correction.name}0"))


@pytest.mark.parametrize(
    ("value", "rule", "named"),
    [("caption.tag", "caption.tag", True), ("caption.*", "caption.tag", True), ("caption.*", "captions", False)],
)
def test_a_rule_is_named_alone_or_with_its_topic(value: str, rule: str, named: bool) -> None:
    assert Correction("off", "rule", value).names_rule(rule) is named
    assert not Correction("drop", "text", rule).names_rule(rule)


@pytest.mark.parametrize(
    ("on", "address", "is_for"),
    [
        ("", None, True),
        ("https://a.example/1", "https://a.example/1", True),
        ("https://a.example/1", "https://a.example/12", False),
        ("https://a.example/photo/*", "https://a.example/photo/12", True),
        ("https://a.example/photo/*", None, False),
    ],
)
def test_it_may_be_about_some_pages_alone(on: str, address: str | None, is_for: bool) -> None:
    assert replace(DROP, on=on).is_for(None, address) is is_for
    assert Correction("no_article", "address", on or "x", on="y").is_for(address) is (bool(on) and is_for)


def test_the_name_stays_when_the_note_is_written_better() -> None:
    assert DROP.name == replace(DROP, note="a slogan", category="notice").name
    assert DROP.name.startswith("source.drop.")
    assert Correction("no_article", "address", "x").name.startswith("source.no-article.")


def test_the_digest_tells_reading_from_judging() -> None:
    one, other = Corrections((DROP,)), Corrections((replace(DROP, note="of every page"),))
    assert Corrections().digest is None
    assert one.digest != other.digest
    assert one.reading == other.reading == Corrections.reading_of(None) == "-"
    body = Corrections((DROP, Correction("body", "selector", "article")))
    assert Corrections.reading_of(body.digest) == body.reading != "-"
    assert pickle.loads(pickle.dumps(body)).digest == body.digest
