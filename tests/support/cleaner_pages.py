"""Pages for the tests of cleaners, made of lines that we wrote."""

from __future__ import annotations

from collections.abc import Iterable

from cleaners.document import Drop, Line, Metadata, Page

PARAGRAPHS = (
    "Міська рада ухвалила бюджет на наступний рік після довгої суперечки, яка тривала майже до ранку, кажуть депутати.",
    "Найбільше грошей піде на ремонт мосту через річку, а решту поділять між лікарнею, школами та новим водогоном.",
    "Мер пообіцяв звітувати щомісяця й запросив мешканців на громадські слухання, які відбудуться в середу ввечері.",
)


def page(*texts: str | Line, metadata: Metadata | None = None) -> Page:
    """A page of lines; a text is a paragraph."""
    lines = tuple(Line(i, t) if isinstance(t, str) else t for i, t in enumerate(texts))
    return Page("test", lines, metadata or Metadata())


def line(place: int, text: str, tag: str = "p", attributes: str = "", link_share: float = 0.0) -> Line:
    """A line with markup."""
    return Line(place, text, tag, attributes=attributes, link_share=link_share)


def dropped(page: Page, drops: Iterable[Drop]) -> list[str]:
    """The texts that the drops name, in the order of the page."""
    texts = {line.index: line.text for line in page.lines}
    return [texts[d.index][d.start : d.end] for d in sorted(drops, key=lambda d: (d.index, d.start))]
