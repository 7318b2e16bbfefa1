from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from flows.common.escape import link, markdown, one_line

HOSTILE = [
    "[click](javascript:alert(1))",
    "![pixel](http://evil.example/x.png)",
    "<img src=x onerror=alert(1)>",
    "<script>alert(1)</script>",
    "</td></table><h1>",
    "&lt;b&gt;",
    "a | b | c",
    "`code` and ```fence",
    "**bold** _it_ ~~gone~~ __init__",
    "# heading",
    "- item",
    "+ item",
    "1. item",
    "2) item",
    "> quote",
    "---",
    "===",
    "    indented",
    "\\[not a link\\](x)",
    "\\",
    "www.evil.example and WWW.evil.example",
    "https://evil.example/x?a=1&b=2",
    "mailto:a@b.example, a@b.example",
    "<https://evil.example>",
    "[ref]: https://evil.example",
    "two\nlines\r\n\nand a paragraph",
    "| a |\n| - |\n| b |",
    "\x1b[2J\x1b]0;title\x07",
    "\u202egnp.exe",
    "\ud800 lone",
    ":smile: $x$ ^1^",
]

text = st.text(st.characters(codec=None) | st.sampled_from("\\`*_[]()<>!|~#:&-+=.1w@/ \n"), max_size=60)


VISIBLE = set(map(chr, [*range(0x600, 0x606), 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD]))
"""Signs of category Cf that are seen: they stand before a number."""


def test_nothing_invisible_and_no_mark_of_direction_passes() -> None:
    kinds = ("Cc", "Cf", "Cs", "Zl", "Zp", "Zs")
    unseen = [char for char in map(chr, range(0x110000)) if unicodedata.category(char) in kinds and char not in VISIBLE]
    # Default_Ignorable_Code_Point of other categories, and the empty Braille cell.
    unseen += map(chr, [0x34F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFE0F, 0xFFA0, 0xE0041, 0xE0100])
    assert [hex(ord(char)) for char in unseen if one_line(f"a{char}b") != "a b"] == []


def read(source: str) -> tuple[set[str], str]:
    """The kinds of things that a Markdown reader finds in a source, and its text."""
    reader = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    kinds, said = set(), ""
    for token in reader.parse(source):
        if not token.children:
            kinds.add(token.type)
        for child in token.children or ():
            kinds.add(child.type)
            said += child.content
    return kinds, said


PARAGRAPH = {"paragraph_open", "paragraph_close", "text", "text_special"}


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_text_is_read_as_text_and_nothing_else(hostile: str) -> None:
    kinds, said = read(markdown(hostile))
    assert kinds <= PARAGRAPH
    assert said == one_line(hostile)


@given(text)
@example("www.www.x")
@example("1.")
def test_whatever_the_text_it_is_read_as_that_text(anything: str) -> None:
    kinds, said = read(markdown(anything))
    assert kinds <= PARAGRAPH
    assert said == one_line(anything)


@given(text, text)
def test_text_stays_in_its_cell(one: str, other: str) -> None:
    reader = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    tokens = reader.parse(f"| a | b |\n| --- | --- |\n| {markdown(one)} | {markdown(other)} |")
    assert [token.type for token in tokens].count("td_open") == 2
    cells = [token for token in tokens if token.type == "inline"][2:]
    assert {child.type for cell in cells for child in cell.children or ()} <= PARAGRAPH


@given(text)
def test_no_address_becomes_a_link_by_itself(anything: str) -> None:
    # GitHub's reader links bare addresses; ours above does not know them.
    assert not re.search(r"(?<!\\)://|(?i:www)\.|(?<!\\)@", markdown(anything))


@given(text)
def test_a_link_leads_to_its_address_only(path: str) -> None:
    tokens = MarkdownIt("commonmark", {"html": True}).parse(link(path, "https://site.example/" + path))
    children = [child for token in tokens for child in token.children or ()]
    targets = [str(child.attrs["href"]) for child in children if child.type == "link_open"]
    assert len(targets) == 1
    assert targets[0].startswith("https://site.example/")
    assert {child.type for child in children} <= PARAGRAPH | {"link_open", "link_close"}


@given(text, text)
def test_a_link_stays_in_its_cell_and_says_its_text(path: str, other: str) -> None:
    reader = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    cell = link(path, "https://site.example/")
    tokens = reader.parse(f"| a | b |\n| --- | --- |\n| {cell} | {markdown(other)} |")
    first, _ = [token for token in tokens if token.type == "inline"][2:]
    children = first.children or []
    assert {child.type for child in children} <= PARAGRAPH | {"link_open", "link_close"}
    assert "".join(child.content for child in children) == one_line(path)


def test_an_address_as_a_link_has_no_backslash_that_the_ui_would_show() -> None:
    url = "https://news.example:8080/a_b/~c/page-1.html?x=1&copy=2#top"
    assert link(url, url).startswith("[https://news.example:8080/a_b/\\~c/page-1.html?x=1&copy=2#top](")


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "file:///etc/passwd", "data:text/html,x", "HTTPS//x", "", "https://" + "a" * 5000]
)
def test_what_is_no_address_of_the_web_is_no_link(url: str) -> None:
    assert link("page", url) == "page"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\tb\n c", "a b c"),
        ("\x1b[31mred", "[31mred"),
        ("тихий вечір", "тихий вечір"),
        ("п’ятниця", "п’ятниця"),
        ("zero\u200bwidth", "zero width"),
        ("x" * 200, "x" * 99 + "…"),
        ("", ""),
    ],
)
def test_one_line(text: str, shown: str) -> None:
    assert one_line(text) == shown


def test_plain_words_and_paths_are_left_alone_so_that_they_can_be_searched() -> None:
    assert markdown("news/page-1.html (5%), п’ятниця") == "news/page-1.html (5%), п’ятниця"
