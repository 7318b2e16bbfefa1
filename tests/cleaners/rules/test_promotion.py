from __future__ import annotations

import pytest

from cleaners.document import Line
from cleaners.rules.promotion import promotion
from support.cleaner_pages import PARAGRAPHS, dropped, page


@pytest.mark.parametrize(
    ("text", "share", "hosts", "goes"),
    [
        ("Карту тривог шукайте в нашому каналі", 0.4, ("t.me",), True),
        ("Річка у твоєму телефоні: наш телеграм, вайбер", 0.4, ("t.me", "invite.viber.com"), True),
        ("Кава для редакції: підтримати", 0.3, ("send.monobank.ua",), True),
        ("Get our app before the flood", 0.2, ("play.google.com", "apps.apple.com"), True),
        ("Про це мер написав у телеграмі.", 0.2, ("t.me",), False),
        ("«Наш канал читають усі», — хвалився мер.", 0.2, ("t.me",), False),
        ("Приєднуйтесь до нас, написав капітан.", 0.2, ("facebook.com",), False),
        ("Наш план виклали на сайті й у каналі", 0.4, ("river.example", "t.me"), False),
        ("Збір на човен триває", 1.0, ("send.monobank.ua",), False),
    ],
)
def test_a_short_line_to_a_channel_or_a_store_goes_where_it_speaks_to_the_reader(
    text: str, share: float, hosts: tuple[str, ...], goes: bool
) -> None:
    made = page(*PARAGRAPHS[:2], Line(2, text, link_share=share, links=hosts), Line(3, PARAGRAPHS[2]))
    assert dropped(made, promotion(made)) == [text] * goes


def test_links_alone_go_at_an_end_of_the_article_only() -> None:
    links = Line(3, "Telegram Viber", link_share=1.0, links=("t.me", "viber.com"))
    made = page(*PARAGRAPHS, links)
    assert dropped(made, promotion(made)) == ["Telegram Viber"]


def test_a_list_of_the_article_may_lead_to_channels() -> None:
    items = [Line(2 + i, f"Наш район: {n}", "li", link_share=0.2, links=("t.me",)) for i, n in enumerate("абв")]
    made = page(PARAGRAPHS[0], "Канали районів, де оголосять про воду:", *items, Line(5, PARAGRAPHS[1]))
    assert dropped(made, promotion(made)) == []


@pytest.mark.parametrize(
    ("texts", "goes"),
    [
        (["Підписуйтесь на наш Telegram", "Листи щоп’ятниці", "Підтримайте нас на Patreon"], ["Листи щоп’ятниці"]),
        (["Підписуйтесь на наш Telegram", "Листи щоп’ятниці", "Човни щосереди"], []),
        (["Підписуйтесь на наш Telegram", PARAGRAPHS[2], "Підтримайте нас на Patreon"], []),
    ],
)
def test_a_box_goes_or_stays_as_one(texts: list[str], goes: list[str]) -> None:
    box = [Line(2 + i, text, attributes="club content") for i, text in enumerate(texts)]
    around = [Line(i, PARAGRAPHS[i % 3], attributes="content") for i in (0, 1, 5, 6, 7)]
    made = page(*around[:2], *box, *around[2:])
    assert dropped(made, promotion(made)) == goes
