from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest

from cleaners.document import Drop, Line, Metadata, Page
from cleaners.metadata.agencies import agency_named
from cleaners.rules.bylines import bylines
from cleaners.rules.captions import captions
from cleaners.rules.contacts import contacts
from cleaners.rules.debris import debris
from cleaners.rules.navigation import navigation
from cleaners.rules.notices import notices
from cleaners.rules.related import labelled, links, shouted, tags
from cleaners.rules.structure import structure
from cleaners.rules.timestamps import is_timestamp, timestamps
from cleaners.rules.titles import titles
from cleaners.vocabulary import words
from support.cleaner_pages import PARAGRAPHS, dropped, line, page

Rule = Callable[[Page], Iterator[Drop]]

BELOW: list[tuple[Rule, str, bool]] = [
    # the rule, a line below the article, and whether it goes
    (bylines, "By Jane Roe and John Doe", True),
    (bylines, "By BBC", True),
    (bylines, "BY JANE ROE, The Valley Post", True),
    (bylines, "Reuters", True),
    (bylines, "mk", True),
    (bylines, "Lake District Centre for Roads", True),
    (bylines, "Jane Roe is a journalist who writes of rivers. Follow her on Twitter @janeroe", True),
    (bylines, "Jane Roe is founder and president of the Lake Fund", True),
    (bylines, "Олена Гай, для «Газети»", True),
    (bylines, "Jane Roe, special to The Valley Post", True),
    (bylines, "Jane Roe reported from Lakeside, and John Doe from the town hall above the river.", True),
    (bylines, "Олена Гай, для якої це перші вибори, не спала.", False),
    (bylines, "She reported from the mill, and nobody believed her until the water reached the church.", False),
    (bylines, "By Monday the river had risen by a metre.", False),
    (bylines, "By the river stood an old mill that nobody had used since the flood of 1970, and it burned.", False),
    (bylines, "By far the best.", False),
    (bylines, "Jane Roe is a judge in Leeds.", False),
    (bylines, "Ok", False),
    (captions, "The bridge after the flood. Photo: Jane Roe", True),
    (captions, "Міст після повені / Фото пресслужби", True),
    (captions, "Фото: пресслужба мерії", True),
    (captions, "The bridge after the flood (AP Photo/Jane Roe)", True),
    (captions, "© Lake Agency", True),
    (captions, "2:34 The river rises at night", True),
    (captions, "Jane Roe, pictured here at the mill, refused to leave", True),
    (captions, "Повінь у місті (12 фото)", True),
    (captions, "May 3, 1970. The mill before the flood", True),
    (captions, "Полтава, 3 травня 1970 року", True),
    (captions, "May 3, 1970. The mill burned down.", False),
    (captions, "3 травня 1970 року млин згорів", False),
    (captions, "Відео бойової роботи опублікували у мережі.", False),
    (captions, "На півдні розбирають завали (відео).", False),
    (captions, "2:1 was the score at half time.", False),
    (captions, "The photo shows the bridge after the flood, and nobody knows who took it.", False),
    (contacts, "01001, Київ, Україна", True),
    (contacts, "news@example.org", True),
    (contacts, "Тел: +38 (044) 000-00-00", True),
    (contacts, "вул. Садова, 12, Полтава", True),
    (contacts, "https://example.org/a/b?c=1", True),
    (contacts, "У 2014 році там жили 12 345 678 людей.", False),
    (contacts, "10000 гривень отримає кожен.", False),
    (contacts, "Заяву слід надіслати на news@example.org до кінця місяця, пояснили в мерії.", False),
    (navigation, "Головна Новини Спорт Вхід Підтримати нас", True),
    (navigation, "Версія для друку | Надіслати | Переглядів: 12", True),
    (navigation, "Share • Print • Comments (3)", True),
    (navigation, "Газета » Новини » Місто", True),
    (navigation, "Home prices fall in March", False),
    (navigation, "Головна площа міста ожила", False),
    (navigation, "Новини про погоду читають усі", False),
    (navigation, "Рахунок 2 | 1 на користь господарів", False),
    (navigation, "Вона сказала: «Погода » і замовкла", False),
    (navigation, "Київ → Львів, і так щодня", False),
    (notices, "Valley Post © 2010–2020.", True),
    (notices, "The sign © stands for copyright since 1909.", False),
    (debris, ".", True),
    (debris, "* * *", True),
    (debris, "—", True),
    (debris, "<br/>&nbsp;", True),
    (debris, "Так.", False),
    (debris, "1", False),
    (timestamps, "24 Nov 2024", True),
    (timestamps, "Tuesday 11 March 2014 - 14:31", True),
    (timestamps, "Понеділок, 29 вересня 2014, 14:55", True),
    (timestamps, "05.04.18", True),
    (timestamps, "Publié le 12/05/2020 à 14:05", True),
    (timestamps, "2025年1月14日 21:17（最終更新 1/14 21:30）", True),
    (timestamps, "12 de mayo de 2020", True),
    (timestamps, "lundi 1er juin 2020", True),
    (timestamps, "Aggiornato il 12 maggio 2020 alle 14:05", True),
    (timestamps, "12 de mayo: un día en la historia", False),
    (timestamps, "2014", False),
    (timestamps, "В травні 2014 він поїхав", False),
    (timestamps, "March 3 began badly", False),
    (tags, "#міст #повінь #бюджет", True),
    (tags, "#1 у світі", False),
]


@pytest.mark.parametrize(("rule", "text", "goes"), BELOW, ids=lambda x: getattr(x, "__name__", str(x))[:40])
def test_a_line_below_the_article(rule: Rule, text: str, goes: bool) -> None:
    made = page(*PARAGRAPHS, text)
    assert dropped(made, rule(made)) == [text] * goes


@pytest.mark.parametrize(
    "rule", [bylines, captions, contacts, debris, labelled, links, navigation, structure, tags, timestamps, titles]
)
def test_ordinary_paragraphs_and_an_empty_page_are_left_alone(rule: Rule) -> None:
    assert list(rule(page(*PARAGRAPHS))) == []
    assert list(rule(page())) == []


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("16.12.2025, 15:48", True),
        ("10:30 AM, May 3, 2020", True),
        ("3 травня 2020 р. о 14:05", True),
        ("Published: 3 May 2020 at 10:30 GMT", True),
        ("12 мая 2020 года", True),
        ("2020-05-03T10:30", True),
        ("On 3 May 2020 he left", False),
        ("3 травня", True),
        ("Травень", False),
        ("12:0", False),
        ("In May", False),
        ("1" * 300, False),
    ],
)
def test_what_says_only_when(text: str, is_one: bool) -> None:
    assert is_timestamp(text) is is_one


@pytest.mark.parametrize(
    ("text", "goes"),
    [
        ("Річковий вісник 12.05.2020 14:05", True),
        ("Річковий вісник, 12 травня 2020", True),
        ("Річковий вісник", False),
        ("Озерний вісник 12.05.2020 14:05", False),
        ("Річковий вісник засновано 12.05.2020", False),
    ],
)
def test_the_name_of_the_site_beside_a_date_goes_along(text: str, goes: bool) -> None:
    made = page(text, *PARAGRAPHS, metadata=Metadata(site_name="Річковий вісник"))
    assert dropped(made, timestamps(made)) == [text] * goes


def test_a_chronicle_keeps_its_dates_between_paragraphs() -> None:
    made = page(PARAGRAPHS[0], "24 лютого", PARAGRAPHS[1], "25 лютого", PARAGRAPHS[2])
    assert list(timestamps(made)) == []


@pytest.mark.parametrize(
    ("heads", "goes"),
    [
        (("20:42KEY EVENT", "20:24Олена Рибак-Човен", "9:15amJane Roe"), 3),
        (("20:42KEY EVENT", "20:24Олена Рибак"), 0),
        (("20:42 Вода прибуває", "20:24 Вода прибуває", "20:11 Вода прибуває"), 0),
        (("20:42Вода прибуває.", "20:24Вода прибуває.", "20:11Вода прибуває."), 0),
    ],
)
def test_the_heads_of_a_live_blog_have_their_time_run_together_with_a_name(heads: tuple[str, ...], goes: int) -> None:
    made = page(*(text for head, paragraph in zip(heads, PARAGRAPHS, strict=False) for text in (head, paragraph)))
    assert dropped(made, timestamps(made)) == list(heads[:goes])


def test_times_that_are_not_above_text_are_a_programme() -> None:
    made = page(PARAGRAPHS[0], "10:00Відкриття", "10:30Перша гонка", "11:00Друга гонка", PARAGRAPHS[1])
    assert list(timestamps(made)) == []


def test_a_line_with_date_and_time_goes_even_between_paragraphs() -> None:
    made = page(PARAGRAPHS[0], "24 лютого 2020, 14:05", PARAGRAPHS[1])
    assert dropped(made, timestamps(made)) == ["24 лютого 2020, 14:05"]


STORY = (
    "Старий млин простояв над річкою понад двісті років і пережив дві великі повені. Цієї весни вода піднялася втретє,"
    " і дерев'яне колесо зірвало з осі. Сусіди витягли його тросами на берег, а майстри з трьох сіл узялися склеїти"
    " зламані лопаті. До осені млин обіцяють запустити знову, щоб у ньому, як і колись, мололи борошно для пекарні."
    " Гроші на дуб зібрали самі мешканці, а громада додала решту за рахунок бюджету."
)


@pytest.mark.parametrize(
    ("text", "goes"),
    [
        (STORY, False),  # a photo report: the text stands under its pictures
        (STORY[:250].rpartition(".")[0] + ".", True),
        (STORY.replace(".", ","), True),
    ],
    ids=["a text", "two sentences", "one long sentence"],
)
def test_a_caption_that_is_a_text_stays(text: str, goes: bool) -> None:
    made = page(*PARAGRAPHS, line(len(PARAGRAPHS), text, "figcaption"))
    assert dropped(made, captions(made)) == [text] * goes


@pytest.mark.parametrize(
    ("text", "goes"),
    [
        ("aja/PAP", True),
        ("PAP/koc/ ula/ako", True),
        ("(dpa/ab)", True),
        ("AFP, Reuters", True),
        ("dpa", True),
        ("ab/cd", False),
        ("PAP/Olena", False),
        ("PAP, AFP, EFE, ANSA: хто пише про міст", False),
    ],
)
def test_agencies_with_initials_are_a_credit(text: str, goes: bool) -> None:
    made = page(*PARAGRAPHS, text)
    assert dropped(made, bylines(made)) == [text] * goes


def test_an_agency_that_is_a_credit_alone_is_known_as_an_agency() -> None:
    names = [re.sub(r"\(\?:.*?\)\??", "", name) for name in words("bylines.agency")]
    assert [name for name in names if agency_named(name) is None] == []


HEADLINE = Metadata(title="Міст через річку відремонтують", headlines=("Міст через річку відремонтують — Газета",))


@pytest.mark.parametrize(
    ("text", "goes"),
    [
        ("Міст через річку відремонтують", True),
        ("МІСТ ЧЕРЕЗ РІЧКУ ВІДРЕМОНТУЮТЬ.", True),
        ("«Міст через річку відремонтують»", True),
        ("Міст через річку відремонтують | Новини", True),
        ("Міст через річку відремонтують наступного року за гроші громади", False),
        ("Міст через річку", False),
    ],
)
def test_the_headline_in_the_body(text: str, goes: bool) -> None:
    made = page(text, *PARAGRAPHS, metadata=HEADLINE)
    assert dropped(made, titles(made)) == [text] * goes


@pytest.mark.parametrize(
    ("text", "tag", "goes"),
    [(PARAGRAPHS[0], "p", False), (PARAGRAPHS[0], "h1", True), (PARAGRAPHS[0].rstrip("."), "p", True)],
)
def test_the_first_sentence_by_which_the_page_is_called_stays_text(text: str, tag: str, goes: bool) -> None:
    long = text.replace(",", " і ще раз, як і торік, і позаторік, та й цього року,", 1)
    made = page(line(0, long, tag), *PARAGRAPHS[1:], metadata=Metadata(title=long, headlines=(long,)))
    assert len(long.split()) >= 20
    assert dropped(made, titles(made)) == [long] * goes


def test_a_headline_deep_in_the_page_goes_only_as_h1() -> None:
    far = [*PARAGRAPHS * 5]
    as_text = page(*far, HEADLINE.title or "", metadata=HEADLINE)
    as_h1 = page(*far, line(len(far), HEADLINE.title or "", "h1"), metadata=HEADLINE)
    assert list(titles(as_text)) == []
    assert len(list(titles(as_h1))) == 1


def test_a_page_of_nothing_but_its_headline_keeps_it() -> None:
    assert list(titles(page("Міст через річку відремонтують", metadata=HEADLINE))) == []


def test_a_dated_caption_above_the_article_goes_and_below_stays() -> None:
    caption = "People cross the old bridge on March 16, 2014 in Leeds"
    above, below = page(caption, *PARAGRAPHS), page(*PARAGRAPHS, caption)
    assert dropped(above, captions(above)) == [caption]
    assert list(captions(below)) == []


def test_a_chronicle_of_dated_lines_is_no_row_of_captions() -> None:
    made = page("May 3, 1970. The mill burns", PARAGRAPHS[0], "May 5, 1970. The mill is rebuilt", PARAGRAPHS[1])
    assert list(captions(made)) == []


def test_a_gallery_between_two_sentences_is_cut_alone() -> None:
    text = "Про це каже мерія. Наслідки повені у місті (9 фото) Нагадаємо, дощ ішов три дні."
    made = page(PARAGRAPHS[0], text)
    assert dropped(made, captions(made)) == ["Наслідки повені у місті (9 фото)"]


HEADS = ("Ціни на хліб зросли вдвічі", "Чому закрили міст", "Хто заплатить за ремонт")


def test_bare_headlines_under_a_label_at_the_end_go() -> None:
    made = page(*PARAGRAPHS, "Читайте також", *HEADS)
    assert dropped(made, labelled(made)) == list(HEADS)


def test_sub_headings_after_a_label_in_the_middle_stay() -> None:
    made = page(PARAGRAPHS[0], "Читайте також", HEADS[0], PARAGRAPHS[1])
    assert list(labelled(made)) == []


def test_linked_headlines_under_a_label_go_anywhere() -> None:
    made = page(PARAGRAPHS[0], "Читайте також", line(2, HEADS[0], link_share=1.0), PARAGRAPHS[1])
    assert dropped(made, labelled(made)) == [HEADS[0]]


@pytest.mark.parametrize(
    ("linked", "goes"),
    [
        (Line(1, "Ціни на хліб зросли вдвічі", link_share=1.0), True),
        (Line(1, "Ціни на хліб зросли вдвічі", link_share=0.4), False),
        (Line(1, "Про це повідомила пресслужба мерії.", link_share=1.0), False),
        (Line(1, "Ціни на хліб зросли вдвічі", "pre", link_share=1.0), False),
        (Line(1, "Полтава", link_share=1.0), False),
    ],
    ids=lambda x: x.text if isinstance(x, Line) else str(x),
)
def test_a_line_that_is_a_link(linked: Line, goes: bool) -> None:
    made = page(PARAGRAPHS[0], linked, PARAGRAPHS[1])
    assert dropped(made, links(made)) == [linked.text] * goes


@pytest.mark.parametrize(
    ("attributes", "category"),
    [
        ("article__caption", "caption"),
        ("wp-caption-text wp-caption", "caption"),
        ("author-bio", "byline"),
        ("related-posts", "related"),
        ("newsletter-signup", "subscribe"),
        ("share-buttons", "share"),
        ("comment-list", "comments"),
        ("copyright", "notice"),
        ("ad-slot", "chrome"),
        ("shareholders", None),
        ("authority", None),
        ("read", None),
        ("headline", None),
    ],
)
def test_what_the_markup_calls_a_line(attributes: str, category: str | None) -> None:
    body = [line(i, text, attributes="content related-wrapper") for i, text in enumerate(PARAGRAPHS)]
    made = page(*body, line(3, "Рядок без назви", attributes=f"{attributes} content related-wrapper"))
    assert [d.category for d in structure(made)] == ([category] if category else [])


def test_a_linked_list_that_the_article_opens_stays() -> None:
    items = [line(i, f"Міністр номер {i} пішов у відставку", "li", link_share=1.0) for i in (1, 2)]
    made = page("Хто пішов з уряду цього тижня:", *items, PARAGRAPHS[0])
    assert list(links(made)) == []


@pytest.mark.parametrize(
    ("text", "goes"),
    [
        ("Річковий вісник (РВ) — незалежне видання, що пише про річку.", True),
        ("«Річковий вісник» написав про це першим.", False),
        ("Річковий вісник дізнався про це першим.", False),
        ("© 2010—2020 Річковий вісник", True),
        ("Copyright (c) 2020 Valley Post", True),
        ("© Lake Agency", False),
    ],
)
def test_what_a_site_says_of_itself_below_the_article(text: str, goes: bool) -> None:
    made = page(*PARAGRAPHS, text, metadata=Metadata(site_name="Річковий вісник"))
    assert dropped(made, notices(made)) == [text] * goes


def test_a_site_goes_on_about_itself_by_its_initials() -> None:
    about = ["Річковий вісник (РВ) — незалежне видання.", "РВ виходить щотижня."]
    made = page(*PARAGRAPHS, *about, metadata=Metadata(site_name="Річковий вісник"))
    assert dropped(made, notices(made)) == about


def test_the_title_of_a_video_at_the_end_goes_and_a_shout_that_is_a_sentence_stays() -> None:
    title = "❗️ Вода прибуває! Речник пояснив причини"
    ends, goes_on = page(f"Дощ ішов три дні. {title}"), page(f"Дощ ішов три дні. {title}.", PARAGRAPHS[0])
    assert dropped(ends, shouted(ends)) == [title]
    assert list(shouted(goes_on)) == []


@pytest.mark.parametrize("rule", [captions, contacts, structure, timestamps, links])
def test_code_is_left_alone(rule: Rule) -> None:
    code = ["x", "2020-05-03", "email: a@example.org", "settings", "image: a/b"]
    made = page(PARAGRAPHS[0], *(line(i + 1, text, "pre", "ads footer", 1.0) for i, text in enumerate(code)))
    assert list(rule(made)) == []


def test_a_heading_over_text_is_no_navigation_whatever_it_is_called() -> None:
    made = page(line(0, "Вступ", "h3", "navigation-heading"), *PARAGRAPHS)
    assert list(structure(made)) == []


def test_a_name_around_the_whole_article_tells_nothing() -> None:
    made = page(*(line(i, text, attributes="share-wrapper") for i, text in enumerate(PARAGRAPHS)))
    assert list(structure(made)) == []


@pytest.mark.parametrize("tag", ["p", "li"])
@pytest.mark.parametrize(
    "items",
    [
        ("1.1 — 03:00–06:30", "1.2 — 06:30–09:00", "2.1 — 09:00–12:30"),
        ("вул. Річкова, 2", "вул. Садова, 14", "просп. Мостовий, 7"),
        ("Гаряча лінія: 0 800 000 000", "sklad@river.example", "https://river.example/petition"),
        ("10:00", "10:30 — хор", "12.04.2025"),
    ],
)
def test_the_items_of_a_list_of_the_article_stay(items: tuple[str, ...], tag: str) -> None:
    listed = [line(2 + i, text, tag) for i, text in enumerate(items)]
    made = page(PARAGRAPHS[0], "Що треба знати мешканцям громади:", *listed)
    assert not [*timestamps(made), *contacts(made)]


def test_each_section_may_have_an_h1_of_its_own() -> None:
    metadata = Metadata(title="Парк оновили", headlines=("Парк оновили", "Доріжки", "Гроші"))
    texts = [line(0, "Парк оновили", "h1"), PARAGRAPHS[0], line(2, "Доріжки", "h1"), PARAGRAPHS[1]]
    made = page(*texts, line(4, "Гроші", "h1"), PARAGRAPHS[2], line(6, "Доріжки", "h1"), metadata=metadata)
    assert dropped(made, titles(made)) == ["Парк оновили", "Доріжки"]


@pytest.mark.parametrize(
    ("marked", "below", "goes"),
    [
        # A box called related holds links; a lead may be called a teaser.
        ([("Ціни на хліб зросли.", "p", "related-posts", 0.0)], True, False),
        ([("Хліб дорожчає.", "p", "related-posts", 0.0), ("Ціни на хліб", "p", "related-posts", 1.0)], True, True),
        # An expert's comment stands in the article, those of readers below it.
        ([("Так їм і треба, дочекалися! " * 4 + "Все.", "p", "comment-list", 0.0)], True, False),
        ([("Так їм і треба, дочекалися! " * 4 + "Все.", "p", "comment-list", 0.0)], False, True),
        # A heading of the article in an element that is called navigation.
        ([("Крок за кроком", "h2", "steps-nav", 0.0)], True, False),
    ],
)
def test_a_name_needs_a_second_sign(marked: list[tuple[str, str, str, float]], below: bool, goes: bool) -> None:
    lines = [line(4 + i, *one) for i, one in enumerate(marked)]
    rest = [Line(4 + len(lines), "Так."), Line(5 + len(lines), PARAGRAPHS[2])] if below else []
    made = page(*PARAGRAPHS, PARAGRAPHS[0], *lines, *rest)
    assert dropped(made, structure(made)) == [one.text for one in lines] * goes


@pytest.mark.parametrize("tag", ["h2", "h3"])
def test_a_linked_heading_in_the_article_stays(tag: str) -> None:
    headings = [line(1 + 2 * i, f"{i}. Човен", tag, link_share=1.0) for i in range(2)]
    made = page(PARAGRAPHS[0], headings[0], "Вага: 120 кг", headings[1], "Вага: 90 кг", PARAGRAPHS[1])
    assert not list(links(made))


def test_a_paragraph_that_ends_in_a_credit_loses_the_credit_only() -> None:
    text = f"{PARAGRAPHS[0]} {PARAGRAPHS[1]}"
    made = page(PARAGRAPHS[2], f"{text} Фото: instagram.com/river", PARAGRAPHS[1])
    assert [made.lines[d.index].text[d.start : d.end] for d in captions(made)] == ["Фото: instagram.com/river"]


@pytest.mark.parametrize(
    ("text", "goes"),
    [
        ("Міст після повені. Фото: instagram.com/river", True),
        ("Фото: саме цей знімок мосту суд визнав головним доказом.", False),
        ("Список доданих знімків (file snapshot)", False),
    ],
)
def test_a_credit_is_no_sentence(text: str, goes: bool) -> None:
    made = page(PARAGRAPHS[0], text, PARAGRAPHS[1])
    assert dropped(made, captions(made)) == [text] * goes


@pytest.mark.parametrize(
    ("links_to", "text", "goes"),
    [(("",), "Ціни на хліб зросли вдвічі", True), (("river.example",), "Ціни на хліб зросли вдвічі", False)],
)
def test_a_quote_that_is_a_link_within_the_site_is_a_teaser(links_to: tuple[str, ...], text: str, goes: bool) -> None:
    quote = Line(1, text, "blockquote", link_share=1.0, links=links_to)
    made = page(PARAGRAPHS[0], quote, PARAGRAPHS[1])
    assert dropped(made, links(made)) == [text] * goes


@pytest.mark.parametrize(("names", "goes"), [("news-head__views head", True), ("year", False)])
def test_a_number_alone_is_a_counter_where_the_page_says_so(names: str, goes: bool) -> None:
    made = page(line(0, "24 118", "p", names), *(Line(1 + i, text) for i, text in enumerate(PARAGRAPHS)))
    assert dropped(made, navigation(made)) == ["24 118"] * goes


def test_a_list_ends_where_its_items_do() -> None:
    made = page(PARAGRAPHS[0], "Втрати річкового флоту за добу:", line(2, "три човни", "li"), "Разом.", "@river_port")
    assert dropped(made, contacts(made)) == ["@river_port"]


@pytest.mark.parametrize(
    ("text", "share", "goes"), [("[ред.]", 0.7, True), ("[сміється]", 0.0, False), ("[3]", 0.7, False)]
)
def test_a_linked_word_in_brackets_is_a_button(text: str, share: float, goes: bool) -> None:
    made = page(PARAGRAPHS[0], line(1, text, link_share=share), PARAGRAPHS[1])
    assert dropped(made, debris(made)) == [text] * goes


@pytest.mark.parametrize(("shares", "goes"), [((1.0, 0.4, 0.0, 1.0), 0), ((1.0, 1.0, 1.0, 1.0), 4), ((1.0, 0.4), 1)])
def test_a_list_at_the_end_is_judged_as_a_whole(shares: tuple[float, ...], goes: int) -> None:
    items = [Line(9 + n, f"Рада міста закрила старий міст {n}", "li", link_share=x) for n, x in enumerate(shares)]
    made = page(*PARAGRAPHS, *items)
    assert len(dropped(made, links(made))) == goes
