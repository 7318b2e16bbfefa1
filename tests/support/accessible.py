"""What a page must have so that everybody can use it: the rules of common checkers that need no browser."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from lxml.html import fromstring

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.html import HtmlElement


def faults(page: str) -> list[str]:
    """What is wrong with the page, in words."""
    return list(_faults(fromstring(page)))


def _faults(tree: HtmlElement) -> Iterator[str]:
    if not tree.get("lang"):
        yield "the page says no language"
    if not (tree.findtext(".//title") or "").strip():
        yield "the page has no title"
    if len(tree.findall(".//h1")) != 1 or len(tree.findall(".//main")) != 1:
        yield "a page has one first heading and one main part"
    level = 1
    for heading in tree.iter("h1", "h2", "h3", "h4"):
        if (now := int(heading.tag[1])) > level + 1:
            yield f"a heading is skipped before {heading.text_content()!r}"
        level = now
    for name, times in Counter(tree.xpath("//@id")).items():
        if times > 1:
            yield f"the id {name!r} stands {times} times"
    for name in tree.xpath("//@aria-labelledby"):
        if tree.find(f".//*[@id='{name}']") is None:
            yield f"nothing has the id {name!r}"
    for element in tree.iter("a", "button"):
        if not _hidden(element) and not (element.get("aria-label") or element.text_content()).strip():
            yield f"a link or button says nothing: {element.attrib}"
    for element in tree.iter("input", "select"):
        if element.get("type") != "hidden" and next(element.iterancestors("label"), None) is None:
            yield f"a field has no label: {element.attrib}"
    for element in tree.iter("iframe"):
        if not element.get("title"):
            yield "a frame has no title"
    for element in tree.iter("svg"):
        if element.get("aria-hidden") != "true" and not element.get("aria-label"):
            yield "a picture says nothing"
    for element in tree.iter("th"):
        if element.get("scope") not in ("row", "col"):
            yield f"a heading of a table is of nothing: {element.text_content()!r}"
    for element in tree.xpath("//*[@aria-hidden='true']//a[not(@tabindex='-1')]"):
        yield f"the keyboard reaches what is hidden: {element.attrib}"


def _hidden(element: HtmlElement) -> bool:
    return any(each.get("aria-hidden") == "true" for each in (element, *element.iterancestors()))
