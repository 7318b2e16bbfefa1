"""The tags of a page, one by one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaners.read.tags import tags
from cleaners.read.tree import MAX_ATTRIBUTES, parse

MANY = [f"a{n}=1" for n in range(4 * MAX_ATTRIBUTES)]


def named(html: str) -> list[tuple[str, dict[str, str]]]:
    return [(tag.name, tag.attributes) for tag in tags(html) if tag.name and not tag.closes]


@pytest.mark.parametrize(
    ("html", "attributes"),
    [
        ("<p>", {}),
        ("<P a=1 B='2' c=\"3\" d>", {"a": "1", "b": "2", "c": "3", "d": ""}),
        ("<p a='1'b=2/c>", {"a": "1", "b": "2/c"}),
        ("<p/a/b=1>", {"a": "", "b": "1"}),
        ("<p a = '>' b=\"'>\">", {"a": ">", "b": "'>"}),
        ("<p a==1 =b>", {"a": "=1", "=b": ""}),
        ("<p a=\"\" b=' '>", {"a": "", "b": " "}),
        ("<p a=1 A=2>", {"a": "1"}),
        ("<p a=x<b c=d>", {"a": "x<b", "c": "d"}),
        ("<p a='?b=1&amp;c=2&copy=3&#1086;&lt'>", {"a": "?b=1&c=2&copy=3о<"}),
    ],
)
def test_attributes_are_read_as_browsers_do(html: str, attributes: dict[str, str]) -> None:
    assert named(html) == [("p", attributes)]


@pytest.mark.parametrize(
    "html",
    [
        *("<!-- <a> --><p>", "<!--><p>", "<!---><p>", "<!--a--!><p>", "<!doctype a><p>", "<?a <b><p>", "</><p>"),
        *("<p><!-- <a>", "<p><a b='", "<p><a", "< a><p>", '<p><a b="c>', "<p></a>"),
    ],
)
def test_what_is_no_tag_is_passed_over(html: str) -> None:
    assert named(html) == [("p", {})]


@pytest.mark.parametrize("name", ["script", "style", "title", "textarea"])
def test_inside_of_scripts_and_the_like_there_are_none(name: str) -> None:
    html = f"а<{name}>if (a<b && c='<i>') </{name}x></{name.upper()} >б<p>в"
    assert named(html) == [(name, {}), ("p", {})]
    assert [tag.before for tag in tags(html)] == ["а", "", "б", "в"]
    assert named(f"<{name}><p>") == [(name, {})]


@given(st.text(alphabet="<>/='\"!-ap script", max_size=60))
def test_any_text_is_read_to_its_end(html: str) -> None:
    *_, last = tags(html)
    assert last.name == ""


@pytest.mark.parametrize(
    "part", ["<a ", "<a b='", '<a b="', "<!--", "<script>", " a{n}=1", "='", "<title></title", "&#1"]
)
def test_no_shape_takes_long(part: str) -> None:
    html = "<p " + "".join(part.replace("{n}", str(n)) for n in range(60_000)) + ">"
    assert len(list(tags(html))) < 70_000
    assert all(len(tag.attributes) <= 50 for tag in tags(html))


@pytest.mark.parametrize(
    "tag",
    [
        f"<p {' '.join(MANY)}>",
        f"<p a='>' {' '.join(MANY)}>",
        f"<p/{'/'.join(MANY)}>",
        f"<p {' '.join(each + chr(34) + '>' + chr(34) for each in MANY)}>",
        f"<p {''.join(each.replace('1', repr(each)) for each in MANY)}>",
        f"<!-- <a b=' --><p {' '.join(MANY)}>",
        f"<script>a<b='</script><p {' '.join(MANY)}>",
    ],
)
def test_a_tree_has_no_tag_of_very_many_attributes(tag: str) -> None:
    tree = parse(f"<h1 id=a>Міст</h1>{tag}Рядок</p>")
    assert tree is not None
    assert max(len(each.attrib) for each in tree.iter()) <= MAX_ATTRIBUTES
    assert tree.text_content().endswith("Рядок")


@pytest.mark.parametrize("text", ["<!-- " + "a " * 5_000 + "-->", f"<script>a<b {'c ' * 5_000}</script>"])
def test_what_only_looks_like_a_tag_takes_no_text_away(text: str) -> None:
    tree = parse(f"<div>{text}<p id=b>Рядок</div>")
    assert tree is not None
    assert [each.text_content() for each in tree.iter("p")] == ["Рядок"]
