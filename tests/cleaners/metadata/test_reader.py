"""Metadata of small pages: each case is markup and the metadata to be read from it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from cleaners.document import Given, Metadata
from cleaners.extract.article import extract

FETCHED = datetime(2024, 10, 14, 9, 0, tzinfo=UTC)
URL = "https://visti.example/news/mist"
TITLE = "Міст через річку закрили на ремонт"
TEXT = "".join(
    f"<p>{sentence}</p>"
    for sentence in (
        "Міська рада закрила старий міст через річку, бо опори просіли після весняної повені, кажуть інженери.",
        "Об'їзд проклали через сусіднє село, а пішоходам дозволили ходити тимчасовою кладкою до кінця наступного літа.",
        "Гроші на ремонт обіцяє область, проте підрядника ще не знайшли, і мер не береться назвати остаточну ціну.",
    )
)


def read(
    head: str = "",
    above: str = "",
    below: str = "",
    *,
    url: str | None = URL,
    fetched_at: datetime | None = FETCHED,
    given: Given | None = None,
) -> Metadata:
    """The metadata of a page with these parts around its headline and its text."""
    page = (
        f"<html><head>{head}</head><body><nav><a href='/'>Головна</a></nav>"
        f"<article><h1>{TITLE}</h1>{above}{TEXT}{below}</article><footer><p>Вісті</p></footer></body></html>"
    )
    return extract(page, url=url, fetched_at=fetched_at, given=given).metadata


def meta(name: str, content: str) -> str:
    return f'<meta property="{name}" content="{content}">'


def ld(fields: str) -> str:
    return f'<script type="application/ld+json">{{"@type": "NewsArticle", {fields}}}</script>'


LONG = (
    "The ferry over the river has not sailed since the flood, and the ferryman waits for the money of the county. " * 3
)

PUBLISHED = [
    # the head, what stands under the headline, the date
    ("", "<time datetime='2024-10-12T14:30:00+03:00'>12 жовтня</time>", "2024-10-12T14:30+03:00"),
    (ld('"datePublished": "2024-10-12"'), "", "2024-10-12"),
    (meta("article:published_time", "2024-10-12T11:30:00Z"), "", "2024-10-12T11:30+00:00"),
    (meta("w-published-date", "2024-10-12"), "", "2024-10-12"),
    (meta("citation_publication_date", "2024 Oct 12"), "", "2024-10-12"),
    ("", "<p>12 жовтня 2024, 14:30</p>", "2024-10-12T14:30"),
    ("", "<p class='date'>Опубліковано: 12.10.2024 о 14:30</p>", "2024-10-12T14:30"),
    ("", "<p>Вчора, 14:30</p>", "2024-10-13T14:30"),
    ("", "<p>12 октября 2024 г.</p>", "2024-10-12"),
    ("", "<p>October 12, 2024</p>", "2024-10-12"),
    # A changed day is none of publication, wherever it stands.
    (meta("article:modified_time", "2024-10-12T11:30:00Z"), "", None),
    (ld('"dateModified": "2024-10-12"'), "", None),
    ("", "<p>Оновлено: 12 жовтня 2024</p>", None),
    ("", "<p>Last updated: October 12, 2024</p>", None),
    ("", "<p>By Jane Roe Updated October 12, 2024</p>", None),
    ("", "<time class='updated' datetime='2024-10-12'>12 жовтня 2024</time>", None),
    ("", "<span class='updated' title='2024-10-12T14:30:00+03:00'></span>", "2024-10-12T14:30+03:00"),
    # A changed day that is shown, and that the page states to be both.
    (
        meta("article:published_time", "2017-04-12T11:30:00Z")
        + meta("article:modified_time", "2024-10-12T11:30:00Z")
        + meta("datePublished", "2024-10-12"),
        "<p>12 жовтня 2024</p>",
        "2017-04-12T11:30+00:00",
    ),
    ("", "<p>12 | 10 | 2024</p>", "2024-10-12"),
    ("", "<aside class='article-meta'><p>12 | 10 | 2024</p></aside>", "2024-10-12"),
    ("", "<aside class='metalwork'><p>12 | 10 | 2024</p></aside>", None),
    ("", "<figure><figcaption>12.10.2024</figcaption></figure>", None),
    ("", "<p>12. 10. 2024</p>", "2024-10-12"),
    # The dateline of a text, and what only looks like one.
    ("", f"<p>(12 October 2024) {LONG}</p>", "2024-10-12"),
    ("", f"<p>Press release of 12 October 2024 | {LONG}</p>", "2024-10-12"),
    ("", f"<p>They met on 12 October 2024 and (the mayor says) parted. {LONG}</p>", None),
    ("", f"<p>(They met on 12 October 2024 at the mill by the river.) {LONG}</p>", None),
    # A heading with a name and a date is a byline; a stated day that readers see is right, whoever joined before it.
    (ld('"datePublished": "2024-10-15"'), "<h6>Jane Roe 12/10/2024 22:41</h6>", "2024-10-12T22:41"),
    (ld('"datePublished": "2024-10-15"'), "<h2>Jane Roe 12/10/2024 22:41</h2>", "2024-10-15"),
    (ld('"datePublished": "2024-10-15"'), "<p>Begun 15 October 2024</p><p>12 June 2014</p>", "2024-10-15"),
    (ld('"datePublished": "2024-10-15"'), "<p>12 June 2014</p>", "2014-06-12"),
    ("", "<footer class='meta'>12/10/202411/10/2024</footer>", "2024-10-12"),
    ("", "<p>Оновлено <time datetime='2024-10-12'>12 жовтня 2024</time></p>", None),
    ("", "<p>Опубліковано 10 жовтня 2024. Оновлено 12 жовтня 2024</p>", "2024-10-10"),
    ("", "<p>Updated October 12, 2024. Published October 10, 2024</p>", "2024-10-10"),
    # A day without its year is only believed where nothing else is stated.
    (meta("datePublished", "2022-12-23T10:00:00+02:00"), "<time pubdate datetime='Dec 23'>Dec 23</time>",
     "2022-12-23T10:00+02:00"),
    ("", "<time pubdate datetime='Oct 3'>Oct 3</time>", "2024-10-03"),
    # Readers see an older day than the site's builder states; a day later on the page is another day's.
    (ld('"datePublished": "2024-10-12"'), "<p>3 березня 2023</p>", "2023-03-03"),
    (ld('"datePublished": "2023-03-03"'), "<p>12 жовтня 2024</p>", "2023-03-03"),
    (ld('"datePublished": "2024-10-12T22:30:00Z"'), "<p>11 жовтня 2024</p>", "2024-10-12T22:30+00:00"),
    # Times that have not come, and years that are none.
    (ld('"datePublished": "2031-10-12"'), "<p>12 жовтня 2024</p>", "2024-10-12"),
    (ld('"datePublished": "0001-01-01T00:00:00"'), "<p>12 жовтня 2024</p>", "2024-10-12"),
    # The page's own data, if they name one day; not if they name several.
    ("<script>var page = {\"publishedAt\": \"2024-10-12T10:00:00Z\"};</script>", "", "2024-10-12T10:00+00:00"),
    ("<script>[{\"publishedAt\":\"2024-10-12\"},{\"publishedAt\":\"2024-10-11\"}]</script>", "", None),
    # Not the days of a caption, a subtitle, a standfirst or a chronicle's heading; a line of date and author is one.
    (ld('"datePublished": "2024-10-12"'), "<figure><figcaption>Kyiv, May 12, 2022. Photo: AP</figcaption></figure>",
     "2024-10-12"),
    (ld('"datePublished": "2024-10-12"'), "<h2>Рішення від 14.05.2021 скасували</h2>", "2024-10-12"),
    (ld('"datePublished": "2024-10-12"'), "<h2>24 лютого 2022 року</h2>", "2024-10-12"),
    (ld('"datePublished": "2024-10-12"'), "<p>Міст закрили 14 травня 2021</p>", "2024-10-12"),
    (ld('"datePublished": "2024-10-12"'), "<p>Олена Петренко, 14 травня 2021, 10:30</p>", "2021-05-14T10:30"),
    # The local day of a time in UTC, with its zone where the time is shown.
    (ld('"datePublished": "2024-10-11T22:30:00Z"'), "<p>12 жовтня 2024</p>", "2024-10-12"),
    (ld('"datePublished": "2024-10-11T22:30:00Z"'), "<p>12 жовтня 2024, 01:30</p>", "2024-10-12T01:30+03:00"),
    (ld('"datePublished": "2024-10-11T22:30:00Z"'), "<p>12 жовтня 2024, 01:44</p>", "2024-10-11T22:30+00:00"),
    (ld('"datePublished": "2024-10-11T22:30:00+03:00"'), "<p>12 жовтня 2024</p>", "2024-10-11T22:30+03:00"),
    # Of two stated dates the one that readers see.
    (ld('"datePublished": "2024-10-10"') + meta("publishdate", "2024-10-12"), "<p>Львів, 12.10.2024</p>", "2024-10-12"),
    # Microformats; not those of other articles.
    ("", "<p><abbr class='published' title='2024-10-12T14:30:00+0300'>субота</abbr></p>", "2024-10-12T14:30+03:00"),
    ("", "<aside><abbr class='published' title='2024-10-12'>субота</abbr></aside>", None),
    ("", "<aside><p><time datetime='2024-10-12T10:00'>10:00</time> <a href='/1'>Школа</a></p></aside>", None),
    # An element of the change may hold both.
    ("", "<time itemprop='dateModified' datetime='2024-10-13'>12/10/2024 01:57 | Оновлено 13/10/2024</time>",
     "2024-10-12T01:57"),
    # The name of a newspaper.
    ("", "<p>Сегодня</p>", None),
    ("", "<p>Газета «Сегодня», 14:30</p>", None),
    ("", "<p>Сегодня, 14:30</p>", "2024-10-14T14:30"),
    # A comment's time is the comment's.
    ("", "<div class='comment'><time pubdate datetime='2024-10-13'>13.10.2024</time></div><p>12 жовтня 2024</p>",
     "2024-10-12"),
    # An entry of a live page has its own day.
    (ld('"datePublished": "2024-10-10", "liveBlogUpdate": [{"@type": "BlogPosting", "headline": "a", '
        '"datePublished": "2024-10-12", "author": {"name": "Jane Roe"}, "articleBody": "b"}]'), "", "2024-10-10"),
    ("", "", None),
]  # fmt: skip

AUTHORS = [
    (ld('"author": [{"@type": "Person", "name": "Олена Петренко"}, {"@type": "Person", "name": "Іван Кит"}]'), "",
     ("Олена Петренко", "Іван Кит")),
    (ld('"author": {"givenName": "Олена", "familyName": "Петренко"}'), "", ("Олена Петренко",)),
    (ld('"author": "Jane Roe and John Doe"'), "", ("Jane Roe", "John Doe")),
    (ld('"author": {"@type": "Organization", "name": "Вісті"}') + meta("og:site_name", "Вісті"),
     "<p>Автор: Олена Петренко</p>", ("Олена Петренко",)),
    (ld('"author": {"@type": "Organization", "name": "Reuters"}'), "<p>Jane Roe, Reuters</p>", ("Reuters",)),
    (ld('"author": {"@type": "Organization", "name": "Reuters"}'), "<p>By Jane Roe, Reuters</p>", ("Jane Roe",)),
    (meta("article:author", "https://www.facebook.com/visti"), "<p>Автор: Олена Петренко</p>", ("Олена Петренко",)),
    ("<meta name='author' content='admin'>", "<p class='byline'>Олена Петренко</p>", ("Олена Петренко",)),
    ("", "<p>Текст: Олена Петренко, фото: Іван Кит</p>", ("Олена Петренко",)),
    ("", "<p>Автор:</p><p>Олена Петренко</p>", ("Олена Петренко",)),
    ("", "<p><a rel='author nofollow' href='/a/1'>Олена Петренко</a></p>", ("Олена Петренко",)),
    ("", "<p>10:20 | <a href='/authors/petrenko'>Олена Петренко</a></p>", ("Олена Петренко",)),
    ("", "<p class='x'><a href='/tag/bridges'>Олена Петренко</a></p>", ()),
    ("", "<div class='comment-author'><p>Іван Кит</p></div>", ()),
    (ld('"author": {"@type": "Person", "name": {"@type": "Person", "name": "Олена Петренко"}}'), "",
     ("Олена Петренко",)),
    (ld('"author": [null, 7, {"name": null}, {"name": ["Олена Петренко"]}]'), "", ("Олена Петренко",)),
    # The site of one person; its owner is no organisation.
    (ld('"author": {"@type": ["Person", "Organization"], "name": "Олена Петренко"}, '
        '"publisher": {"@type": ["Person", "Organization"], "name": "Олена Петренко"}'), "", ("Олена Петренко",)),
    # The first of the authors alone is stated for machines.
    (ld('"author": "Jane Roe"'), "<p>By Jane Roe and John Doe</p>", ("Jane Roe", "John Doe")),
    (ld('"author": "Jane Roe"'), "<p>By Jane Roe | Вісті</p>", ("Jane Roe",)),
    (ld('"author": "Jane Roe"'), "<p>By Ann Lee</p>", ("Jane Roe",)),
    # Facts in one line.
    ("", "<p class='post-meta'>Posted in Bridges by Jane Roe on October 12, 2024</p>", ("Jane Roe",)),
    ("", "<p class='entry-info'>Posted in Bridges by river_girl on October 12, 2024</p>", ("river_girl",)),
    ("", "<p>Passed by Jane Roe on her way</p>", ()),
    ("", "<p>© 1997-2024 by visti.example. all rights reserved</p>", ()),
    ("", "<p class='comment-meta'>Answered by Jane Roe on October 12, 2024</p>", ()),
    ("", "<p>Written by river_girl on October 12, 2024</p>", ("river_girl",)),
    ("", "<p class='byline'>Posted on October 12, 2024 by Jane Roe</p>", ("Jane Roe",)),
    ("", "<p class='author'>Jane Roe Stand: 12. Oktober 2024</p>", ("Jane Roe",)),
    ("", "<div class='author'><p>By Jane Roe</p><p>Photograph by Ed Marsh, River Programme</p></div>", ("Jane Roe",)),
    ("", "<p>Jane Roe</p><p>October 12, 2024</p>", ("Jane Roe",)),
    ("", "<p>Jane Roe</p><p>Nothing has a date here</p>", ()),
    ("", "<p>Lake Town news</p><p>October 12, 2024</p>", ()),
    ("", "<p>No Caption ABC</p><p>October 12, 2024</p>", ()),
    ("", "<p>All ferries sail again by the end of 2024</p>", ()),
    ("", "<p class='byline'>Recipe by</p>", ()),
    # A desk that is stated and shown.
    (ld('"author": {"@type": "Person", "name": "Newsroom"}'), "<p class='byline'>Newsroom</p>", ("Newsroom",)),
    (ld('"author": {"@type": "Person", "name": "Newsroom"}'), "", ()),
    (ld('"author": {"@type": "Person", "name": "admin"}'), "<p class='byline'>admin</p>", ()),
    # Nicknames, where nobody is named; a place that is no author's gives none.
    ("", "<p><a rel='author' href='/u/7'>river_girl</a></p>", ("river_girl",)),
    ("", "<p><a rel='author' href='/u/7'>river_girl</a></p><p>By Jane Roe</p>", ("Jane Roe",)),
    ("", "<p><a href='/u/7'>river_girl</a></p>", ()),
    ("", "<p><a rel='author' href='/u/1'>admin</a></p>", ()),
    # Authors of other articles and of comments.
    ("", "<aside><p><a rel='author' href='/a/1'>Іван Кит</a></p></aside>", ()),
    ("", "<div class='related'><p><a rel='author' href='/a/1'>Іван Кит</a></p></div>", ()),
    # An address is no list of authors.
    ("<meta name='author' content='visti.example, Lviv, Ukraine'>", "", ()),
    # The site alone is stated as its author.
    (ld('"author": {"@type": "Organization", "name": "Вісті"}') + meta("og:site_name", "Вісті"), "", ()),
    (meta("og:site_name", "Вісті"), "<p>Автор: Вісті</p>", ("Вісті",)),
    (meta("og:site_name", "Вісті"), "", ()),
    ("", "<p>Фото: Іван Кит</p>", ()),
    ("", "", ()),
]  # fmt: skip

AGENCIES = [
    ("", "<p>Reuters</p>", "", "Reuters"),
    ("", "<p>By Jane Roe, Associated Press</p>", "", "Associated Press"),
    (ld('"author": {"@type": "Organization", "name": "AFP"}'), "", "", "AFP"),
    ("", "", "<p>За матеріалами Укрінформу</p>", "Укрінформ"),
    ("", "", "<p>Джерело:</p><p>УНІАН</p>", "УНІАН"),
    (meta("og:site_name", "Укрінформ"), "", "<p>Джерело: Укрінформ</p>", None),
    ("", "<figure><figcaption>Reuters</figcaption></figure>", "", None),
    ("", "<p class='photo-credit'>AFP</p>", "", None),
    ("", "<p>Про ремонт першим розповів Укрінформ.</p>", "", None),
    ("", "", "<p class='tags'>Укрінформ</p>", None),
]

ADDRESSES = [
    # the canonical link, og:url, the address of the page, what is believed
    ("https://visti.example/mist", "", URL, "https://visti.example/mist"),
    ("/mist", "", URL, "https://visti.example/mist"),
    ("https://www.visti.example/mist", "", "https://m.visti.example/mist?x=1", "https://www.visti.example/mist"),
    ("", "https://visti.example/mist", URL, "https://visti.example/mist"),
    ("https://visti.example/mist", "", None, "https://visti.example/mist"),
    ("https://other.example.com/mist", "", URL, URL),
    ("https://sviy.com.ua/mist", "", "https://inshyy.com.ua/mist", "https://inshyy.com.ua/mist"),
    ("https://visti.example/", "", URL, URL),
    ("/mist", "", None, None),
    ("javascript:alert(1)", "", URL, URL),
    ("ftp://visti.example/mist", "", URL, URL),
    ("https://somebody:secret@visti.example/mist", "", URL, URL),
    ("https://visti.example:99999/mist", "", URL, URL),
    ("https://[visti/mist", "", URL, URL),
    ("https://visti.example/a b", "", URL, URL),
    ("https://mist", "", None, None),
    ("https://visti.example/" + "a" * 3000, "", URL, URL),
]

PAYWALLS = [
    (ld('"isAccessibleForFree": false'), "", True),
    (ld('"isAccessibleForFree": "False"'), "", True),
    (ld('"isAccessibleForFree": "https://schema.org/False"'), "", True),
    (ld('"isAccessibleForFree": true'), "", False),
    (ld('"isAccessibleForFree": "True"'), "", False),
    (ld('"hasPart": {"@type": "WebPageElement", "isAccessibleForFree": "false", "cssSelector": ".x"}'), "", True),
    (ld('"hasPart": [{"@type": "WebPageElement", "isAccessibleForFree": true}]'), "", None),
    (ld('"isAccessibleForFree": true, "hasPart": {"isAccessibleForFree": false}'), "", False),
    (meta("article:content_tier", "locked"), "", True),
    (meta("article:content_tier", "free"), "", False),
    ("", "<div class='paywall'><p>Передплатіть, щоб читати далі</p></div>", True),
    ("", "<div class='paywall' style='display:none'><p>Передплатіть, щоб читати далі</p></div>", None),
    ("", "<div class='promo'><p>Підпишіться на нашу розсилку</p></div>", None),
    ("", "<div class='paywall'><p>Дякуємо, що ви з нами</p></div>", None),
    ("", "", None),
]

SECTIONS = [
    (meta("article:section", "Громада"), "Громада"),
    (ld('"articleSection": ["Громада", "Мости"]'), "Громада"),
    (meta("article:section", "tags"), None),
    (meta("article:section", "Без рубрики"), None),
    (meta("article:section", "Uncategorized") + ld('"articleSection": "Громада"'), "Громада"),
    (meta("article:section", "Вісті") + meta("og:site_name", "Вісті"), None),
    (meta("article:section", "довге " * 40), None),
    ('<script type="application/ld+json">{"@type": "BreadcrumbList", "itemListElement": [{"name": "Головна"}, '
     '{"item": {"name": "Громада"}}, {"name": "' + TITLE + '"}]}</script>', "Громада"),
    ("", None),
]  # fmt: skip

NAMES = [
    (meta("og:site_name", "Вісті"), "Вісті"),
    (ld('"publisher": {"name": "Вісті"}'), "Вісті"),
    (meta("og:site_name", TITLE) + meta("og:title", TITLE) + ld('"publisher": {"name": "Вісті"}'), "Вісті"),
    (meta("og:site_name", "довге " * 40), None),
    ("", None),
]


@pytest.mark.parametrize(("head", "above", "published"), PUBLISHED)
def test_the_date_is_that_of_publication(head: str, above: str, published: str | None) -> None:
    metadata = read(head, above)
    assert (None if metadata.published_by == "modified" else metadata.published) == published


@pytest.mark.parametrize(
    ("above", "published", "by"),
    [
        ("<p>Оновлено: 12 жовтня 2024</p>", "2024-10-12", "modified"),
        ("<p>Last updated on:</p><p>October 12, 2024</p>", "2024-10-12", "modified"),
        ("<div><p>Last updated</p><time datetime='2024-10-12'>Oct 12, 2024</time></div>", "2024-10-12", "modified"),
        ("<time class='updated' datetime='2024-10-12'>12 жовтня 2024</time>", "2024-10-12", "modified"),
        ("<p>Last updated at 1:24 AM on 12th October 2024</p>", "2024-10-12T01:24", "modified"),
        ("<p>By Jane Roe · Editor · Updated October 12, 2024</p>", "2024-10-12", "modified"),
        # The day of publication is better, wherever it stands.
        ("<p>Updated: 14 October 2024</p><p>Published: 12 October 2024</p>", "2024-10-12", "shown"),
        ("<p>12 October 2024. Updated: 14 October 2024</p>", "2024-10-12", "shown"),
        # No day of a change, and none of the article.
        ("<p>Updated prices and menus of all cafés in town</p>", None, None),
        ("<p>Updated: October 2024</p>", None, None),
        ("<div class='related'><p>Updated: 12 October 2024</p></div>", None, None),
        (f"<p>Updated: {'the bridge and all roads to it, ' * 5} since 12 October 2024</p>", None, None),
    ],
)
def test_the_last_change_stands_in_where_no_publication_is_dated(
    above: str, published: str | None, by: str | None
) -> None:
    metadata = read(above=above)
    assert (metadata.published, metadata.published_by) == (published, by)


def test_a_day_behind_the_line_of_a_change_is_anothers() -> None:
    others = "<div><p>13 October 2024</p><p>Ferries stay in port</p></div>"
    assert read(above=f"<p>Last modified: 12 October 2024</p>{TEXT * 3}", below=others).published == "2024-10-12"


@pytest.mark.parametrize(
    "line", ["© 2012–2026 Вісник. Оновлено 12.10.2024", "Copyright Valley Post. Updated 12 October 2024"]
)
def test_the_line_of_a_sites_copyright_is_not_of_the_page(line: str) -> None:
    assert read(below=f"<footer>{line}</footer>").published is None


def test_what_is_stated_of_a_change_alone_is_no_date() -> None:
    assert read(meta("article:modified_time", "2024-10-12T10:00:00Z")).published is None


def test_a_listing_is_asked_before_the_last_change() -> None:
    page = f"<body><article><h1>{TITLE}</h1><p>Оновлено: 14 жовтня 2024</p>{TEXT}</article></body>"
    metadata = extract(page, given=Given(published="2024-10-12")).metadata
    assert (metadata.published, metadata.published_by) == ("2024-10-12", "listing")


@pytest.mark.parametrize(
    ("below", "published"),
    [
        ("This entry was posted on Saturday, October 12th, 2024 at 3:15 pm and is filed under", "2024-10-12T15:15"),
        ("Цей запис було опубліковано 12 жовтня 2024 о 14:30 у рубриці", "2024-10-12T14:30"),
        ("Запись опубликована 12.10.2024 автором в рубрике", "2024-10-12"),
        ("Der Artikel Die Brücke wurde am 12. Oktober 2024 um 14:30 Uhr gepostet und unter", "2024-10-12T14:30"),
        ("This article was originally published on 12 October 2024 and has been updated in", "2024-10-12"),
        ("Ten wpis został opublikowany 12 października 2024 w kategorii", "2024-10-12"),
        ("The entry to the village was closed on October 12, 2024, and opened again by the mayor, who says that", None),
        ("This entry was posted by the baker, who has lived here since 12 October 1994 and bakes for all of", None),
    ],
)
def test_an_entry_of_a_blog_says_when_it_was_posted(below: str, published: str | None) -> None:
    behind = f"<p>{below} <a href='/n'>Brücken und Wege, Новини, Tekstyle</a>. You can follow any responses to it.</p>"
    assert read(below=behind).published == published


@pytest.mark.parametrize(
    ("lines", "published"),
    [
        (["Letzte Änderung: 11.10.2024 - 14:49:39", "Erschienen am: 12.10.2024"], "2024-10-12"),
        (["Опубліковано: 12.10.2024", "Published: 12 October 2024"], "2024-10-12"),
        (["Published: 12 October 2024", "Published: 13 October 2024"], None),
        (["Published as a book in 2021 and again on 12 October 2024"], None),
        (["Letzte Änderung: 11.10.2024"], "2024-10-11"),  # where nothing else is dated
        (["Letzte Änderung: 11.10.2024", "Updated: 13 October 2024"], None),
        (["Published", "12 October 2024"], "2024-10-12"),
        (["Publishing house", "12 October 2024"], None),
        ([], None),
    ],
)
def test_a_line_below_the_text_says_when_it_was_published(lines: list[str], published: str | None) -> None:
    far = "<p>Drucken</p><p>Teilen</p><p>Mail</p><p>Merken</p><p>Folgen</p><p>Kaufen</p>" * 6
    below = far + "".join(f"<p>{line}</p>" for line in lines)
    page = f"<body><article><h1>{TITLE}</h1>{TEXT}</article><div>{below}</div></body>"
    assert extract(page).metadata.published == published


def test_a_label_counts_more_than_that_of_the_line_above() -> None:
    lines = "<p>Letzte Änderung: 14.10.2024 - 14:49:39</p><p>Erschienen am: 12.10.2024</p>"
    assert read(above=lines).published == "2024-10-12"


@pytest.mark.parametrize(
    ("head", "above", "published"),
    [
        (meta("date", "2024-10-15"), "<div><span>Erschienen am:</span><h2>12.10.2024</h2></div>", "2024-10-12"),
        (meta("date", "2024-10-15"), "<div><span>Der Anfang</span><h2>12.10.2024</h2></div>", "2024-10-15"),
        ("", "<p>Essay - Published: 2024.10.12 | bridges | rivers | ferries and other boats | roads</p>", "2024-10-12"),
        ("", "<p>An essay published by hand, 12 copies, on bridges, rivers and ferries, in 2024 and later</p>", None),
        ("", "<p class='text-caption'>12. Oktober 2024 | Natur, Brücken</p>", "2024-10-12"),
        ("", f"{TEXT}<p class='text-caption'>12. Oktober 2024 | Natur, Brücken</p>", None),
    ],
)
def test_a_label_or_the_headline_above_makes_a_line_the_date(head: str, above: str, published: str | None) -> None:
    assert read(head, above).published == published


def test_a_dateline_may_stand_in_the_standfirst() -> None:
    said = "Pressemitteilung vom 12. Oktober 2024 | Berlin – Der Bürgermeister sagt, dass die Brücke wieder offen ist."
    page = f"<div><h1>{TITLE}</h1><div class='teaser'><p>{said}</p></div><article>{TEXT}</article></div>"
    assert extract(f"<body>{page}</body>").metadata.published == "2024-10-12"


@pytest.mark.parametrize(("head", "above", "authors"), AUTHORS)
def test_authors_are_those_who_wrote_it(head: str, above: str, authors: tuple[str, ...]) -> None:
    assert read(head, above).authors == authors


@pytest.mark.parametrize(("head", "above", "below", "agency"), AGENCIES)
def test_an_agency_is_credited_by_lines_not_by_pictures_or_sentences(
    head: str, above: str, below: str, agency: str | None
) -> None:
    assert read(head, above, below).agency == agency


@pytest.mark.parametrize(("canonical", "og_url", "url", "expected"), ADDRESSES)
def test_the_address_is_another_spelling_of_the_page_or_its_own(
    canonical: str, og_url: str, url: str | None, expected: str | None
) -> None:
    link = f'<link rel="canonical" href="{canonical}">' if canonical else ""
    assert read(link + (meta("og:url", og_url) if og_url else ""), url=url).url == expected


@pytest.mark.parametrize(("head", "below", "paywalled"), PAYWALLS)
def test_a_paywall_is_what_the_publisher_says(head: str, below: str, paywalled: bool | None) -> None:
    assert read(head, below=below).paywalled is paywalled


@pytest.mark.parametrize(("head", "section"), SECTIONS)
def test_the_section_is_a_department(head: str, section: str | None) -> None:
    assert read(head).section == section


@pytest.mark.parametrize(("head", "name"), NAMES)
def test_the_site_has_a_name_of_its_own(head: str, name: str | None) -> None:
    assert read(head).site_name == name


def test_relative_dates_depend_on_the_fetch_and_never_on_the_clock() -> None:
    assert read(above="<p>2 години тому</p>").published == "2024-10-14T07:00+00:00"
    assert read(above="<p>2 години тому</p>", fetched_at=None).published is None


GIVEN = Given("Міст закрили", ("Автор: Олена Петренко",), "Sat, 12 Oct 2024 14:30:00 +0300")


def test_what_a_listing_says_stands_in_where_the_page_says_nothing() -> None:
    found = read(given=GIVEN)
    assert (found.title, found.authors, found.published) == (TITLE, ("Олена Петренко",), "2024-10-12T14:30+03:00")
    assert GIVEN.title in found.headlines
    text = extract(f"<html><body>{TEXT}</body></html>", given=GIVEN).metadata
    assert text.title == "Міст закрили"
    assert read(given=Given()) == read()


def test_the_page_is_believed_before_a_listing() -> None:
    found = read(ld('"author": "Іван Кит", "datePublished": "2024-10-10"'), given=GIVEN)
    assert (found.authors, found.published) == (("Іван Кит",), "2024-10-10")


@pytest.mark.parametrize(
    "home", ["/", "https://visti.example", "https://archive.example/web/2015/https://visti.example/"]
)
def test_a_heading_that_leads_home_is_the_sites_name(home: str) -> None:
    page = (
        f"<html><head><title>Річкові нотатки » Стрічка » Млин зупинили</title></head><body><h1><a href='{home}'>Річкові"
        f" нотатки</a></h1><article><h2>Млин зупинили</h2>{TEXT}</article></body></html>"
    )
    assert extract(page, url=URL).metadata.title == "Млин зупинили"


@pytest.mark.parametrize(
    ("lang", "above", "published"),
    [
        ("uk", "03/04/2024", "2024-04-03"),
        ("en-GB", "03/04/2024", "2024-04-03"),
        ("en-US", "03/04/2024", "2024-03-04"),
        ("en-US", "03.04.2024", "2024-04-03"),
        ("en-US", "03/04/2024</p><p>Updated: 31/05/2024", "2024-04-03"),  # another date decides it
        ("uk", "03/04/2024</p><p>Updated: 05/31/2024", "2024-03-04"),
    ],
)
def test_the_order_of_day_and_month_is_the_pages(lang: str, above: str, published: str) -> None:
    page = f"<html lang='{lang}'><body><article><h1>{TITLE}</h1><p>{above}</p>{TEXT}</article></body></html>"
    assert extract(page, url=URL).metadata.published == published


@pytest.mark.parametrize(
    ("head", "address", "published", "origin"),
    [
        ("", "/2024/10/12/mist", "2024-10-12", "address"),
        ("", "/12-10-2024-mist", "2024-10-12", "address"),
        ("", "/mist?of=/12-10-2024", None, None),
        ("", "/24/20241012-mist.html", "2024-10-12", "address"),
        ("", "/20241912-mist.html", None, None),
        ("", "/mist-20241012-1.html", None, None),
        ("", "/mist?of=/20241012-1", None, None),
        (ld('"datePublished": "2024-10-12T23:30:00Z"'), "/2024/10/13/mist", "2024-10-13", "address"),
        (ld('"datePublished": "2024-10-12"'), "/2021/05/14/mist", "2021-05-14", "address"),
        (ld('"datePublished": "2024-10-12"'), "/2024/10/14/mist", "2024-10-12", "jsonld"),
        (meta("pubdate", "2024-10-12"), "/mist", "2024-10-12", "meta"),
        ("", "/mist", None, None),
    ],
)
def test_the_address_is_seen_by_readers(head: str, address: str, published: str | None, origin: str | None) -> None:
    found = read(head, url=f"https://visti.example{address}")
    assert (found.published, found.published_by) == (published, origin)


@pytest.mark.parametrize(
    ("line", "footer", "published"),
    [
        ("12 жовтня, 14:30", "© 2024 Вісті", "2024-10-12T14:30"),
        ("12 жовтня, 14:30", "© 2001–2024 Вісті", "2024-10-12T14:30"),
        ("12 жовтня, 14:30", "Вісті", None),
        ("вчора, 14:30", "© 2024 Вісті", None),
        ("Міст закрили 12 жовтня", "© 2024 Вісті", None),
        ("", "© 2024 Вісті", None),
    ],
)
def test_a_date_without_its_year_is_of_the_pages_year(line: str, footer: str, published: str | None) -> None:
    page = f"<body><article><h1>{TITLE}</h1><p>{line}</p>{TEXT}</article><footer><p>{footer}</p></footer></body>"
    assert extract(page).metadata.published == published
