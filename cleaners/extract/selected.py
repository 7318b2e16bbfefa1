"""What the corrections of a source select on a page: its body, lines to mark for the rules, title, authors and date."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from lxml.html import HtmlElement

from cleaners.corrections import RECALLED, Correction, Corrections
from cleaners.document import Line, Metadata, Origin, Stage
from cleaners.extract.body import Body
from cleaners.extract.layout import cells_around
from cleaners.extract.page_layout import container
from cleaners.extract.tables import data_rows
from cleaners.metadata.author_names import strip_label
from cleaners.metadata.dates import parse_date
from cleaners.metadata.head import squeeze
from cleaners.read.blocks import Block, Blocks
from cleaners.read.selector import selector

__all__ = ["Selected", "select", "selected_texts"]

LONGEST = 300
"""Characters of an element that is a title, an author or a date: more is running text."""
MOST = 20
"""Elements that name an author."""
_STATED = ("datetime", "content")


@dataclass(frozen=True, slots=True)
class Selected:
    """The corrections of a page that act on reading, each with the elements that it selects.

    `elements` were selected before pruning, and `texts` taken from them: those of `title`, `author` and `date`.
    """

    corrections: Sequence[Correction]
    elements: Mapping[Correction, Sequence[HtmlElement]]
    texts: Mapping[Correction, Sequence[tuple[str, Origin]]]

    def body(self, page: Blocks, others: Mapping[int, Stage]) -> Body | None:
        """What the first correction that selects any text says is the body; None where none does.

        A block that is itself selected is in it whatever else is thought of it; of a selected box all that is neither
        hidden nor marked as comments, teasers or other articles.
        """
        for correction in self.corrections:
            if correction.action != "body" or not (found := self.elements[correction]):
                continue
            boxes = set(found)
            indices = [
                i
                for i, block in enumerate(page)
                if block.element in boxes or (not boxes.isdisjoint(block.path) and not block.hidden and i not in others)
            ]
            if indices:
                inside = set(indices)
                said = f"outside “{correction.value}”: “{correction.note}”"
                return Body(
                    [page[i] for i in indices],
                    indices,
                    range(indices[0], indices[-1] + 1),
                    frozenset(cells_around(container(page, indices))),
                    rows=[row for table in data_rows(page) for row in table],
                    evidence={i: said for i in range(len(page)) if i not in inside},
                )
        return None

    def recall(self, page: Blocks, body: Body) -> Body:
        """The body with the blocks outside it that a correction keeps."""
        if body.first:  # its text is not from the page's markup
            return body
        inside = set(body.indices)
        back = [i for i, block in enumerate(page) if i not in inside and self._names(block, page, "keep")]
        if not back:
            return body
        indices = sorted([*inside, *back])
        span = range(indices[0], indices[-1] + 1)
        return replace(body, blocks=[page[i] for i in indices], indices=indices, span=span)

    def mark(self, line: Line, page: Blocks, body: Body, before: Body) -> Line:
        """The line with the names of the corrections that mean it, for `cleaners.rules.corrected`.

        `before` is the body before `recall`; a line that is in `body` alone is named so.
        """
        if body.first:
            return line
        block = page[line.index]
        recalled = line.index not in before.indices
        names = self._names(block, page, "keep") if recalled else self._names(block, page, "keep", "drop", marked=True)
        names += [RECALLED] if recalled else []
        return replace(line, attributes=" ".join(filter(None, [*names, line.attributes]))) if names else line

    def _names(self, block: Block, page: Blocks, *actions: str, marked: bool = False) -> list[str]:
        """The corrections that mean a block; with `marked` only those that its text alone does not show."""
        return [
            each.name
            for each in self.corrections
            if each.action in actions
            and (
                any(_holds(element, block, page) for element in self.elements[each])
                if each.by == "selector"
                else not marked and each.says(block.text)
            )
        ]

    @property
    def is_article(self) -> bool:
        """Whether a person says that the page is one."""
        return any(each.action == "article" for each in self.corrections)

    def metadata(self, found: Metadata, fetched_at: datetime | None) -> Metadata:
        """The metadata with what is selected in the place of what was found."""
        for each in self.corrections:
            texts = self.texts.get(each, ())
            if each.action == "title" and texts:
                title = texts[0][0]
                found = replace(found, title=title, headlines=tuple(dict.fromkeys((title, *found.headlines))))
            elif each.action == "author" and (names := [n for text, _ in texts for n in strip_label(text)]):
                found = replace(found, authors=tuple(dict.fromkeys(names)))
            elif each.action == "date":
                dates = ((parse_date(text, fetched_at), origin) for text, origin in texts)
                if (first := next(((date, origin) for date, origin in dates if date), None)) is not None:
                    found = replace(found, published=first[0], published_by=first[1])
        return found


def select(tree: HtmlElement, corrections: Corrections | None, addresses: Sequence[str | None]) -> Selected | None:
    """What the corrections select on the page with these addresses; None where none of them acts on its reading."""
    if corrections is None:
        return None
    own = [each for each in corrections.all if each.is_read and each.is_for(*addresses)]
    if not own:
        return None
    elements = {each: selector(each.value).select(tree) for each in own if each.by == "selector"}
    values = {each: _texts(found) for each, found in elements.items() if each.action in ("title", "author", "date")}
    return Selected(own, elements, values)


def selected_texts(tree: HtmlElement, text: str) -> list[str]:
    """The texts of the elements that a selector selects, for people."""
    return [squeeze(element.get("content") or element.text_content()) for element in selector(text).select(tree)]


def _texts(elements: Sequence[HtmlElement]) -> list[tuple[str, Origin]]:
    found: list[tuple[str, Origin]] = []
    for element in elements[:MOST]:
        stated = next((value for name in _STATED if (value := element.get(name))), None)
        text = squeeze(stated or element.text_content())
        if 0 < len(text) <= LONGEST:
            found.append((text, "markup" if stated else "shown"))
    return found


def _holds(element: HtmlElement, block: Block, page: Blocks) -> bool:
    """Whether the element holds the block: around it, or, as part of a line, all of its text."""
    if element in page.spans:
        return element in block.path
    return block.element in element.iterancestors() and squeeze(element.text_content()) == squeeze(block.text)
