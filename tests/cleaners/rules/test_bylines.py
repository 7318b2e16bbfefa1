"""Lines that credit the page's authors, agencies and roles, in several languages."""

from __future__ import annotations

import pytest

from cleaners.document import Metadata
from cleaners.rules.bylines import bylines
from support.cleaner_pages import page

STORY = "The council voted on Monday to close the old bridge, and buses will take the long way round until May."


def credited(text: str, *authors: str, above: bool = True) -> bool:
    """Whether `text`, above or within a story by `authors`, is dropped."""
    texts = [text, *[STORY] * 4] if above else [*[STORY] * 8, text, *[STORY] * 8]
    found = bylines(page(*texts, metadata=Metadata(authors=authors)))
    return any(drop.index == texts.index(text) for drop in found)


@pytest.mark.parametrize(
    ("text", "authors"),
    [
        ("Олена Гай", ("Олена Гай",)),
        ("di Anna Rossa", ("Anna Rossa",)),
        ("Von Jürgen Weiß", ("Jürgen Weiß",)),
        ("por Ana Río y Luis Gris", ("Ana Río", "Luis Gris")),
        ("Jane Roe, John Doe", ("Jane Roe", "John Doe")),
        ("Von Anna Berg und Jane Roe", ("Anna", "Berg", "Jane Roe", "Anna Berg", "Roe")),
        ("AFP, MANILA", ()),
        ("Übersetzung: Anna Müller, Redaktion: Jörg Weiß, Schnitt: Eva Grün und Max Blau", ()),
        ("Tłumaczenie: Łukasz Żak", ()),
    ],
)
def test_a_credit_above_the_story_falls(text: str, authors: tuple[str, ...]) -> None:
    assert credited(text, *authors)


@pytest.mark.parametrize(
    ("text", "authors"),
    [
        ("Von Jürgen Weiß", ("Jane Roe",)),
        ("Von Jane Roe gebaut", ("Jane Roe",)),
        ("Олена Гай прийшла на засідання першою.", ("Олена Гай",)),
        ("Jane Roe, who has repaired bridges since the flood, was not asked", ("Jane Roe",)),
        ("Di notte la città dorme", ("Anna Rossa",)),
        ("Reuters, the agency, saw the letter", ()),
        ("Übersetzung: So klingt der alte Text heute", ()),
    ],
)
def test_a_line_that_says_more_stays(text: str, authors: tuple[str, ...]) -> None:
    assert not credited(text, *authors)


def test_an_author_named_within_the_story_stays() -> None:
    assert not credited("di Anna Rossa", "Anna Rossa", above=False)


@pytest.mark.parametrize(
    ("text", "goes"),
    [
        ("Редакція", True),
        ("Редакція «Вістей»", True),
        ("LR-Redaktion", True),
        ("Die Redaktion", True),
        ("Lake Newsroom", True),
        ("Редакція не відповіла на запит", False),
        ("Die Redaktion bleibt", False),
        ("Newsroom closed", False),
    ],
)
def test_the_signature_of_a_newsroom_below_the_text(text: str, goes: bool) -> None:
    assert any(drop.index == 4 for drop in bylines(page(*[STORY] * 4, text))) is goes
