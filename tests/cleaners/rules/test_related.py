from __future__ import annotations

from dataclasses import replace

import pytest

from cleaners.document import Line, Metadata, Page
from cleaners.rules.related import links
from support.cleaner_pages import PARAGRAPHS, dropped, page

OWN = ("",)
FIRST, SECOND, THIRD = "Ціни на хліб зросли вдвічі", "Новий міст відкриють восени", "Човни повертаються на річку"


def kicked(kicker: str, headline: str, to: tuple[str, ...] = OWN, tag: str = "p", more: str = "") -> Line:
    """A line of a kicker and a link, whose share of the characters is rounded as the reader of pages does."""
    text = f"{kicker} {headline}{more}"
    share = len("".join(headline.split())) / len("".join(text.split()))
    return Line(1, text, tag, link_share=round(share, 3), links=to)


def apart(*lines: Line) -> Page:
    """The lines, a paragraph of the article after each."""
    mixed = (part for one, text in zip(lines, PARAGRAPHS, strict=False) for part in (one, text))
    return _numbered(PARAGRAPHS[0], *mixed)


def together(*lines: Line, before: str = PARAGRAPHS[0]) -> Page:
    return _numbered(PARAGRAPHS[1], before, *lines, *PARAGRAPHS)


def _numbered(*texts: str | Line) -> Page:
    made = [Line(i, t) if isinstance(t, str) else replace(t, index=i) for i, t in enumerate(texts)]
    return page(*made, metadata=Metadata(url="https://www.river.example/news/1"))


@pytest.mark.parametrize(
    "made",
    [
        apart(kicked("БІЛЬШЕ ПРО ЦЕ |", FIRST), kicked("БІЛЬШЕ ПРО ЦЕ |", SECOND)),
        together(
            kicked("Економіка:", FIRST, tag="li"),
            kicked("Дороги:", SECOND, tag="li"),
            kicked("Річка:", THIRD, tag="li"),
        ),
        together(kicked("«Що з цінами?", FIRST), kicked("Дороги й мости:", SECOND, ("river.example",))),
    ],
    ids=["one kicker again", "items of a list", "two together"],
)
def test_headlines_behind_kickers_are_links_to_other_articles(made: Page) -> None:
    assert dropped(made, links(made)) == [line.text for line in made.lines if line.link_share]


@pytest.mark.parametrize(
    "made",
    [
        apart(kicked("Детально:", FIRST)),
        apart(kicked("Детально:", FIRST), kicked("Дороги й мости:", SECOND)),
        together(
            kicked("Джерело даних:", FIRST, ("lake.example",)), kicked("Джерело даних:", SECOND, ("lake.example",))
        ),
        together(
            kicked("Економіка:", FIRST, more=" за рік у місті"), kicked("Дороги й мости:", SECOND, more=" цього року")
        ),
        together(kicked("Економіка:", f"{FIRST}."), kicked("Дороги й мости:", f"{SECOND}.")),
        together(kicked("Новий мер міста:", "Іван Рибак"), kicked("Перший заступник мера:", "Олена Човен")),
        together(
            kicked("Закон краю:", FIRST, tag="li"),
            kicked("Указ міста:", SECOND, tag="li"),
            before="Що читати про реформу:",
        ),
    ],
    ids=[
        "alone",
        "alone twice",
        "another site",
        "not all of it",
        "sentences",
        "names",
        "a list that the article opens",
    ],
)
def test_a_link_behind_a_label_may_belong_to_the_article(made: Page) -> None:
    assert list(links(made)) == []
