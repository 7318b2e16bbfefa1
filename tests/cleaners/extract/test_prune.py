"""Teasers of other articles and comments of readers leave the page before its body is looked for."""

from __future__ import annotations

import pytest
from lxml.html import fromstring, tostring

from cleaners.extract.article import extract
from cleaners.extract.comments import comments
from cleaners.extract.prune import prune
from cleaners.extract.teasers import teasers
from cleaners.read.blocks import read_blocks
from support.work import calls

BODY = "The miller of Eastbrook has stopped his wheel for good, as the river no longer brings enough water in summer."
TEXTS = (
    "Nobody had expected the old bell to ring again, least of all on a Tuesday morning.",
    "The bus to the coast will leave an hour earlier from June on, the company says.",
    "A fox has moved into the school garden and does not mind the pupils at all.",
    "Three bakers from the valley have joined forces and bought one large oven.",
)
URL = "https://news.example/mill"


def row(*links: str, text: str = "", tag: str = "h3", under: str = "") -> str:
    return "".join(
        f'<div class="k"><a href="{link}"><{tag}>The story of the day number {n}</{tag}></a>'
        f"<p>{text or TEXTS[n % 4]}</p>{under}</div>"
        for n, link in enumerate(links)
    )


def page(after: str, body: str = f"<p>{BODY}</p>") -> str:
    return f"<html><body><h1>The last turn of the wheel</h1><div>{body}</div><div>{after}</div></body></html>"


def read(markup: str) -> list[str]:
    return [line.text for line in extract(markup, url=URL).lines if line.tag != "h1"]


@pytest.mark.parametrize(
    "after",
    [
        row("/1", "/2", "/3"),
        row("/1", "/2", "/3", "/4", under="<span>12.03.2024</span>"),
        row("https://news.example/1", "https://www.news.example/2", "/3", tag="b"),
        "<ul>"
        + "".join(f'<li><a href="/{n}">The story of day {n}</a><p>{TEXTS[n]}</p></li>' for n in range(4))
        + "</ul>",
    ],
    ids=["cards", "with dates", "full addresses", "list items"],
)
def test_teasers_are_removed_even_where_they_outweigh_the_text(after: str) -> None:
    assert read(page(after)) == [BODY]


@pytest.mark.parametrize(
    "after",
    [
        row("/1", "/2"),
        row("https://a.example/1", "https://b.example/2", "https://c.example/3"),
        row("#1", "#2", "#3"),
        row("/1", "/2", "/3", text=" ".join(TEXTS * 2)),
        "".join(f"<div><h3>A heading of section {n}</h3><p>{text}</p></div>" for n, text in enumerate(TEXTS)),
    ],
    ids=["two are no row", "other sites: a list of products", "answers on the page", "long sections", "no links"],
)
def test_sections_of_the_article_are_not_teasers(after: str) -> None:
    assert teasers(read_blocks(fromstring(page(after))), URL) == set()


def flat(label: str, *links: str, text: str = "") -> str:
    news = "".join(
        f"<b><a href='{link}'>The story of the day number {n}</a></b><p>{text or TEXTS[n % 4]}</p>"
        for n, link in enumerate(links)
    )
    return f"<h3>{label}</h3>{news}"


@pytest.mark.parametrize(
    "label",
    ["See also:", "Latest news", "▪ ПОСЛЕДНИЕ ПУБЛИКАЦИИ НА САЙТЕ ▪", "Смотрите также:", "Інші новини", "Lire aussi"],
)
def test_other_articles_under_a_label_are_removed_without_boxes(label: str) -> None:
    assert read(page(flat(label, "/1", "/2", "/3"), f"<p>{BODY}</p>" * 3))[:3] == [BODY] * 3
    assert not {*TEXTS} & {*read(page(flat(label, "/1", "/2", "/3"), f"<p>{BODY}</p>" * 3))}


@pytest.mark.parametrize(
    "after",
    [
        flat("See also:", "/1", "/2"),
        flat("How the days went", "/1", "/2", "/3"),
        flat("See also:", "https://a.example/1", "https://b.example/2", "https://c.example/3"),
        flat("See also:", "/1", "/2", "/3", text="–"),
        flat("See also:", "/1", "/2", "/3", text=" ".join(TEXTS * 2)),
        flat("See also:", "/1", "/2", "/3").replace("</h3>", f"</h3><p>{TEXTS[0]}</p>"),
        flat("See also:", "/1", "/2", "/3") + f"<p>{BODY}</p>",
        "<h3>See also:</h3>" + "<p><a href=/1>The story of the day</a></p>" * 3 + f"<p>{BODY}</p>",
    ],
    ids=["two", "no label", "other sites", "no texts", "long texts", "text first", "the text goes on", "only links"],
)
def test_other_lists_under_a_heading_are_no_teasers(after: str) -> None:
    assert teasers(read_blocks(fromstring(page(after, f"<p>{BODY}</p>" * 3))), URL) == set()


@pytest.mark.parametrize(
    "part",
    [
        "<p>Read also</p><p><a href='/n'>The bridge is open again</a></p>",
        "<div>" + f"<div class='comment'><b>Ann 12:30</b><p>{BODY}</p></div>" * 2 + "</div>",
    ],
)
def test_twice_as_many_labels_or_boxes_are_at_most_twice_the_work(part: str) -> None:
    def prunes(number: int) -> int:
        blocks = read_blocks(fromstring(page(part * number, f"<p>{BODY}</p>" * 9)))
        return calls(lambda: (teasers(blocks, URL), comments(blocks)))

    assert prunes(200) < 2.1 * prunes(100)


def test_a_page_of_only_teasers_keeps_them() -> None:
    assert teasers(read_blocks(fromstring(page(row("/1", "/2", "/3"), body=""))), URL) == set()


def test_text_after_teasers_stays() -> None:
    tree = fromstring(page(row("/1", "/2", "/3") + f"<p>{TEXTS[3]}</p>"))
    blocks, others = prune(tree, URL)
    assert [block.text for i, block in enumerate(blocks) if i not in others][-1] == TEXTS[3]
    assert set(others.values()) == {"teasers"}
    left = tostring(tree, encoding="unicode")
    assert TEXTS[3] in left
    assert TEXTS[0] not in left


def said(name: str, text: str, button: str = "") -> str:
    return f'<div class="m"><b>{name}</b><p>{text}</p>{button}</div>'


@pytest.mark.parametrize(
    "label",
    [
        "Коментарі (2)",
        "2 comments",
        "Комментарии",
        "Comments",
        "Каментары",
        "Komentarze (2)",
        "| 2 Comment(s)",
        "About comments",
        "Latest comments",
        "Readers’ comments (2)",
        "Your comments",
        "Комментарии к новости:",
        "Коментарі до статті (2)",
    ],
)
def test_text_under_a_comments_heading_is_removed(label: str) -> None:
    talk = said("Ann", TEXTS[0]) + said("Bo", TEXTS[1])
    for after in (f"<section><h3>{label}</h3>{talk}</section>", f"<h3>{label}</h3>{talk}"):
        assert read(page(after)) in ([BODY], [BODY, label])


@pytest.mark.parametrize("button", ["Reply", "Відповісти", "Ответить", "Адказаць"])
def test_text_with_a_reply_button_is_a_comment(button: str) -> None:
    link = f'<a href="#r">{button}</a>'
    assert read(page(said("Ann", TEXTS[0], link) + said("Bo", TEXTS[1], link))) == [BODY]


def named(name: str, *texts: str, when: str = "12.03.2024, 16:13", head: str = "h3") -> str:
    return "".join(f'<div class="{name}"><{head}>Ann</{head}><i>{when}</i><p>{text}</p></div>' for text in texts)


@pytest.mark.parametrize("name", ["comment even", "commentbox", "komentarz", "user-kommentar", "comentario"])
@pytest.mark.parametrize("head", ["h3", "h1", "b"])
def test_boxes_side_by_side_that_are_named_so_and_dated_are_comments(name: str, head: str) -> None:
    assert read(page(named(name, *TEXTS[:2], head=head), f"<p>{BODY}</p>" * 3))[:3] == [BODY] * 3
    assert TEXTS[0] not in read(page(named(name, *TEXTS[:2], head=head), f"<p>{BODY}</p>" * 3))


def test_buttons_deep_in_tables_are_of_comments_too() -> None:
    who = "<table><tr><td><b>Ann</b></td><td><div><a href='#r'>Reply</a></div></td></tr></table>"
    rows = (
        f"<table><tr><td>{who.join(['<div><div>', '</div></div>'])}<div>{text}</div></td></tr></table>"
        for text in TEXTS
    )
    blocks = read_blocks(fromstring(page("".join(rows))))
    assert {blocks[i].text for i in comments(blocks)} >= set(TEXTS)
    two = read_blocks(fromstring(page(f"<table><tr><td>{who}<div>{TEXTS[0]}</div></td></tr></table>" * 2)))
    assert BODY not in {two[i].text for i in comments(two)}


def talk(*texts: str) -> str:
    return "".join(f"<div><h5>On wheels</h5><p>{text}</p></div><div><p>12.03.2024 16:13</p>Ann</div>" for text in texts)


def test_what_was_said_and_when_in_one_box_below_the_text_that_is_named_so_is_comments() -> None:
    text = f"<p>{BODY}</p>" * 3
    blocks = read_blocks(fromstring(page(f"<div class='comments'>{talk(*TEXTS)}</div>", text)))
    assert {blocks[i].text for i in comments(blocks)} >= set(TEXTS)
    for markup in (
        f"<html><body><div class='post comments-open'><h1>Mill</h1>{text}{talk(*TEXTS)}</div></body></html>",
        page(f"<div class='comment'><h1>What the baker thinks</h1>{talk(*TEXTS)}</div>", text),
        page(f"<div class='comments'>{talk(TEXTS[0])}</div>", text),
        page(f"<div class='talk'>{talk(*TEXTS)}</div>", text),
    ):
        assert comments(read_blocks(fromstring(markup))) == set()


def test_what_was_said_between_rows_of_who_and_when_is_comments() -> None:
    head = "<div class='who'><b>Ann</b> <a href='#r'>Reply</a></div>".replace(" <a", "<p></p><a")
    markup = page("".join(f"{head}<p>{text}</p>" for text in TEXTS))
    blocks = read_blocks(fromstring(markup))
    found = {blocks[i].text for i in comments(blocks)}
    assert found >= set(TEXTS[:3])
    assert BODY not in found


def test_text_between_two_places_of_comments_is_none() -> None:
    talk = "<div class='who'><b>Ann</b><p></p><a href='#r'>Reply</a></div>"
    blocks = read_blocks(fromstring(page(talk + f"<p>{TEXTS[0]}</p>" + talk)))
    assert TEXTS[0] not in {blocks[i].text for i in comments(blocks)}


@pytest.mark.parametrize(
    "after",
    [
        named("comment", TEXTS[0]),
        named("comment", *TEXTS[:2], when="the baker"),
        named("expert", *TEXTS[:2]),
        said("Ann", TEXTS[0]) + said("Bo", TEXTS[1]),
        said("Ann", TEXTS[0], "<a href='#r'>Reply</a>"),
        f"<h3>No comments on the flood</h3><p>{TEXTS[0]}</p>",
    ],
    ids=[
        "one box",
        "what experts say",
        "no comments",
        "no button, no heading",
        "one button",
        "a heading about comments",
    ],
)
def test_similar_boxes_are_not_comments(after: str) -> None:
    assert comments(read_blocks(fromstring(page(after, f"<p>{BODY}</p>" * 3)))) == set()


def turns(label: str, *who: str, tag: str = "p") -> str:
    return f"<p>{label}</p>" + "".join(f"<{tag}>{name}</{tag}><p>{TEXTS[n % 4]}</p>" for n, name in enumerate(who))


@pytest.mark.parametrize(
    "label",
    [
        "Comments are now closed for this story",
        "Commenting is closed.",
        "Коментування закрито",
        "Коментарі до цієї новини закриті",
        "Комментарии закрыты",
        "Kommentare sind geschlossen",
    ],
)
def test_names_and_what_was_said_in_turn_below_closed_comments_are_removed(label: str) -> None:
    markup = page("", f"<p>{BODY}</p>" * 3 + turns(label, "Ann", "Bo, in Osk", "mabel77"))
    blocks = read_blocks(fromstring(markup))
    assert {blocks[i].text for i in comments(blocks)} == {*TEXTS[:3], "Ann", "Bo, in Osk", "mabel77"}


@pytest.mark.parametrize(
    "below",
    [
        turns("Comments", "Ann", "Bo", "Mabel"),
        turns("What people say", "Ann", "Bo", "Mabel"),
        turns("Comments are closed", "Ann", "Bo"),
        turns("Comments are closed", "The wheel", "The river", "The miller", tag="h2"),
        turns("Comments are closed", *TEXTS),
        turns("Comments are closed to the world, the miller said", "Ann", "Bo", "Mabel"),
    ],
    ids=["a section of the article", "no label", "two", "sections with headings", "sentences only", "said in the text"],
)
def test_names_and_what_was_said_are_comments_only_where_those_are_closed(below: str) -> None:
    assert comments(read_blocks(fromstring(page("", f"<p>{BODY}</p>" * 3 + below)))) == set()


def test_a_comments_label_above_the_text_removes_nothing() -> None:
    markup = f"<html><body><h1>Wheel</h1><div><span>Comments</span><p>{BODY}</p></div></body></html>"
    assert comments(read_blocks(fromstring(markup))) == set()


def test_what_a_field_holds_ready_is_no_text_of_the_page() -> None:
    embed = f'<div style="margin:0"><a href="/mill">The mill</a><p>{BODY}</p></div>'.replace("<", "&lt;") * 5
    tree = fromstring(page(f"<form><input><textarea>{embed}</textarea></form>"))
    prune(tree, URL)
    assert "margin" not in tree.text_content()
    assert read(page(f"<form><input><textarea>{embed}</textarea></form>")) == [BODY]
