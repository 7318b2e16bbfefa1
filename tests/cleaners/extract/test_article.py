"""Our own pages to lines and metadata, and hostile pages."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaners.errors import PageTooLarge
from cleaners.extract.article import extract
from cleaners.read.tree import MAX_CHARACTERS, MAX_DEPTH, MAX_ELEMENTS, parse

SENTENCES = [
    "Міська рада Вербівки ухвалила бюджет на наступний рік і виділила кошти на ремонт дороги до школи.",
    "За рішення проголосували двадцять два депутати, ще троє утрималися, бо хотіли більше грошей на лікарню.",
    "Роботи почнуться навесні, коли зійде сніг, і триватимуть, за словами міського голови, близько двох місяців.",
    "Мешканці вулиці Садової просять почати з їхнього кварталу, де після зливи не може проїхати навіть швидка.",
]

PAGE = f"""<!doctype html><html lang="uk"><head><title>Вербівка ремонтує дорогу | Вісті Вербівки</title>
<meta property="og:site_name" content="Вісті Вербівки"><meta property="og:title" content="Вербівка ремонтує дорогу">
<link rel="canonical" href="/news/doroha.html">
<script type="application/ld+json">{{"@context": "https://schema.org", "@graph": [{{"@type": "WebSite", "name": "ВВ"}},
{{"@type": "NewsArticle", "headline": "Вербівка ремонтує дорогу", "datePublished": "2024-10-12T14:30:00+03:00",
"author": {{"@type": "Person", "name": "Олена Петренко"}}, "articleSection": "Громада",
"isAccessibleForFree": "False",}}]}}
</script></head><body><nav><ul><li><a href="/">Головна</a></li><li><a href="/s">Спорт</a></li></ul></nav>
<article class="Post" id="a1"><h1>Вербівка ремонтує дорогу</h1><div class="content">{SENTENCES[0]}<br><br>{SENTENCES[1]}
<p>{SENTENCES[2]}</p><h2>Що далі</h2><blockquote>{SENTENCES[3]}</blockquote>
<ul><li>Перший пункт плану робіт на весну</li><li>Другий пункт плану робіт на літо</li></ul>
<p>Повне рішення <a href="/doc">опубліковано на сайті ради</a>, його можна прочитати й обговорити до кінця місяця.</p>
</div></article><footer><p>© Вісті Вербівки</p></footer></body></html>"""


def test_lines_are_in_document_order_with_their_tags() -> None:
    lines = [line for line in extract(PAGE).lines if line.tag != "h1"]
    assert [line.text for line in lines[:3]] == SENTENCES[:3]
    assert [line.tag for line in lines] == ["p", "p", "p", "h2", "blockquote", "li", "li", "p"]
    found = extract(PAGE)
    indices = sorted(line.index for line in (*found.lines, *(other.line for other in found.left_out)))
    assert indices == sorted(set(indices))
    assert [line.index for line in found.lines] == sorted(line.index for line in found.lines)


@pytest.mark.parametrize("item", ["<li>{}</li>", "<li><a href='/n'>{}</a></li>"])
def test_the_list_of_a_digest_stays_between_its_paragraphs(item: str) -> None:
    items = ["Дорогу до школи ремонтують", "Ринок переїде на площу", "Лікарня купила томограф"]
    inside = f"<p>{SENTENCES[0]}</p><ul>{''.join(map(item.format, items))}</ul><p>{SENTENCES[1]}</p>"
    lines = extract(f"<html><body><main><article><h1>Тиждень</h1>{inside}</article></main></body></html>").lines
    assert [line.text for line in lines if line.tag != "h1"] == [SENTENCES[0], *items, SENTENCES[1]]


def test_lines_carry_their_attributes_and_link_share() -> None:
    lines = extract(PAGE).lines
    assert lines[-1].attributes == "content post a1"
    assert 0.2 < lines[-1].link_share < 0.4
    assert lines[1].link_share == 0


TABLES = f"""<html><head><title>Вербівка ремонтує дорогу | Вербівський край</title></head><body><table>
<tr><td colspan=2>Вербівський край. Газета для тих, хто читає</td></tr><tr><td width=600>
<span>12:05, 12.10.2012</span> <span>Автор: Олена Петренко</span> <span>Переглядів: 12</span><br>
<b>Вербівка ремонтує дорогу</b><br>{SENTENCES[0]}<br><br>{SENTENCES[1]}<br><br>
<table align=right><tr><td><img src=a.jpg></td></tr><tr><td>Каток на новому асфальті</td></tr></table>
<b>Що далі</b><br><br>{SENTENCES[2]}<br>{SENTENCES[3]}
<table><tr><td>Улиця</td><td>Метрів</td></tr><tr><td>Садова</td><td>800</td></tr></table></td>
<td width=200>Опитування<br>Чи чекаєте ви зими?<br>Так</td></tr></table></body></html>"""


def test_the_layout_cell_gives_paragraphs_and_tables_inside_stay_tables() -> None:
    found = extract(TABLES)
    texts = [line.text for line in found.lines]
    assert [text for text in texts if text in SENTENCES] == SENTENCES
    assert "Що далі" in texts
    for outside in ("Газета для тих", "Опитування", "Чи чекаєте", "Каток"):
        assert not any(outside in text for text in texts)
    tags = {line.text: line.tag for line in found.lines}
    assert {tags[sentence] for sentence in SENTENCES} == {"p"}
    assert found.metadata.title == "Вербівка ремонтує дорогу"
    assert found.metadata.authors == ("Олена Петренко",)


def test_a_header_and_a_form_are_not_an_article() -> None:
    found = extract("<html><body><header><a>Газета</a> Новини села<form><button>Знайти</button></form></header></body>")
    assert found.lines == ()


def test_metadata_is_read_from_what_the_page_states() -> None:
    found = extract(PAGE, url="https://visti.example/amp/1").metadata
    assert found.title == "Вербівка ремонтує дорогу"
    assert found.authors == ("Олена Петренко",)
    assert found.published == "2024-10-12T14:30+03:00"
    assert found.site_name == "Вісті Вербівки"
    assert found.url == "https://visti.example/news/doroha.html"
    assert (found.language, found.section, found.paywalled) == ("uk", "Громада", True)
    assert "Вербівка ремонтує дорогу | Вісті Вербівки" in found.headlines


def test_metadata_is_found_in_the_text_where_nothing_is_stated() -> None:
    body = "".join(f"<p>{s}</p>" for s in SENTENCES)
    page = f"""<html lang="ua"><title>Дорога до школи – Вісті</title><body><div><h2>Інша новина</h2></div>
    <div id="m"><h1>Дорога до школи</h1><div class="date">Вчора, 18:20</div><div>Автор: Іван Кит, фото: Олег Гай</div>
    {body}</div></body></html>"""
    found = extract(page, fetched_at=datetime(2024, 10, 14, 9, tzinfo=UTC)).metadata
    assert (found.title, found.authors, found.published) == ("Дорога до школи", ("Іван Кит",), "2024-10-13T18:20")
    assert (found.language, found.url, found.site_name) == ("uk", None, None)


def test_the_site_is_not_an_author() -> None:
    page = PAGE.replace('"Person", "name": "Олена Петренко"', '"Organization", "name": "Вісті Вербівки"')
    assert extract(page).metadata.authors == ()


@pytest.mark.parametrize("href", ["javascript:alert(1)", "ftp://x/y", "http://[bad", "", "data:text/html,x"])
def test_only_web_addresses_are_canonical(href: str) -> None:
    assert extract(PAGE.replace("/news/doroha.html", href), url="https://visti.example/1").metadata.url in (
        "https://visti.example/1",
        "https://visti.example/",
    )


def test_a_separate_lead_is_recovered() -> None:
    body = "".join(f"<p>{s}</p>" for s in SENTENCES[1:])
    page = f"""<html><head><title>Дорога</title></head><body><main><h1>Дорога до школи</h1>
    <div class="post-teaser lead"><p>{SENTENCES[0]}</p></div><div class="entry-content">{body}</div></main></html>"""
    assert [line.text for line in extract(page).lines if line.tag == "p"] == SENTENCES


def test_text_for_screen_readers_is_left_out_of_sentences() -> None:
    page = PAGE.replace("на сайті ради</a>", "на сайті ради<span class='sr-only'> (нове вікно)</span></a>")
    assert extract(page).lines[-1].text == extract(PAGE).lines[-1].text


@pytest.mark.parametrize(
    "html", ["", " ", "<", "text", "<html></html>", "<!-- -->", "<body>\x00</body>", "<p></p>" * 9]
)
def test_pages_without_text_give_no_body(html: str) -> None:
    assert sum(len(line.text) for line in extract(html).lines) <= len("text")


@pytest.mark.parametrize("tag", ["div", "span", "b", "blockquote", "ul><li", "table><tr><td", "section"])
def test_deep_nesting_keeps_the_text(tag: str) -> None:
    page = f"<body>{f'<{tag}>' * 10_000}<p>{SENTENCES[0]}</p><p>{SENTENCES[1]}</p>"
    assert {SENTENCES[0], SENTENCES[1]} <= {line.text for line in extract(page).lines}


def test_the_tree_is_never_deeper_than_its_limit() -> None:
    tree = parse("<div><p>" * 5000 + SENTENCES[0])
    assert tree is not None
    assert max(sum(1 for _ in e.iterancestors()) for e in tree.iter()) <= MAX_DEPTH


@pytest.mark.parametrize(
    "page", ["а" * (MAX_CHARACTERS + 1), "<b>" * (4 * MAX_ELEMENTS + 1), "<p>x" * (MAX_ELEMENTS + 1)]
)
def test_pages_larger_than_any_article_are_refused_in_one_line(page: str) -> None:
    with pytest.raises(PageTooLarge, match=r"^page too large: "):
        extract(page)


@given(st.text(alphabet="<>/=\"'! pdivablhr1-&;\x00\ud800ї\n", max_size=300))
@settings(max_examples=60, deadline=None)
def test_garbage_gives_a_result(html: str) -> None:
    extract(html)


@pytest.mark.parametrize(
    "script",
    [
        "{",
        "[" * 100_000,
        '{"@type": []}',
        "null",
        '{"@graph": 5}',
        '{"@type":"NewsArticle","author":[[1]],"headline":{}}',
    ],
)
def test_broken_json_ld_is_ignored(script: str) -> None:
    start, end = PAGE.index('{"@context'), PAGE.index("</script>")
    found = extract(PAGE[:start] + script + PAGE[end:]).metadata
    assert found.title == "Вербівка ремонтує дорогу"
    assert found.authors == ()


def test_fields_of_broken_json_ld_are_still_read() -> None:
    found = extract(PAGE.replace('"@context"', '@context: ,,"')).metadata
    assert (found.authors, found.published) == (("Олена Петренко",), "2024-10-12T14:30+03:00")


def test_a_line_names_the_hosts_that_it_links_to() -> None:
    text = "Мерія виклала план ремонту на сайті громади, а перелік вулиць щодня оновлює у своєму каналі."
    links = '<a href="https://www.example.org/plan">план</a> <a href="/map">мапа</a> <a href="mailto:a@b.example">@</a>'
    page = f'<article><p>{text}</p><p>{text} {links} <a href="https://t.me/city">канал</a></p><p>{text}</p></article>'
    assert [line.links for line in extract(page).lines] == [(), ("example.org", "", "t.me"), ()]


def test_a_line_that_is_all_link_has_the_full_link_share() -> None:
    markup = (
        f"<html><body><article><p>{SENTENCES[0]}</p><p><a href='/1'>A day at sea on my own, as it is.</a></p></article>"
    )
    shares = [line.link_share for line in extract(markup + f"<p>{SENTENCES[0]}</p></body></html>").lines]
    assert set(shares) <= {0.0, 1.0}


def test_an_element_left_open_in_a_noscript_takes_no_page_away() -> None:
    menu = "".join(f"<li><a href='/{n}'>Розділ {n}</a></li>" for n in range(20))
    sentence = "Міст через річку закрили на ремонт, бо опори просіли після весняної повені, кажуть інженери міста."
    rest = f"<ul>{menu}</ul><div><h1>Міст закрили</h1><p>{sentence}</p><p>{sentence} Так вирішили.</p></div>"
    page = extract(f"<body><noscript><div></noscript>{rest}<script>x()</script></body>")
    assert [line.text[-12:] for line in page.lines] == [sentence[-12:], "Так вирішили"[-11:] + "."]
    assert [out.line.text[:8] for out in page.left_out] == ["Розділ 0", "Міст зак"]


def test_the_text_of_a_page_of_frames_is_read_as_markup() -> None:
    text = "The council of Willowford has agreed on a budget for the coming year and put money aside for the road."
    more = "Twenty-two members voted for it, while three abstained because they wanted more for the hospital."
    page = f"""<html><head><title>Budget</title></head><frameset cols="20%,80%"><frame src="m"><NOFRAMES><body>
    <p>{text}</p><p>{more}</p></body></NOFRAMES></frameset></html>"""
    assert [line.text for line in extract(page).lines] == [text, more]
