"""Who a page says wrote it: its authors, and the agency that it credits."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from lxml.html import HtmlElement

from cleaners.metadata.agencies import agency_named, credited_agency
from cleaners.metadata.author_names import names, strip_label
from cleaners.metadata.head import PageHead
from cleaners.read.blocks import Block, words
from cleaners.vocabulary import alternatives, markup, markup_alternatives

__all__ = ["agency_of", "authors_of"]

MAX_PARTS = 50
"""Elements inside one line that are searched for its author."""

MAX_AUTHORS = 12
"""Authors of a page; what names more is a list of people."""

MAX_BYLINE_GAP = 3
"""Blocks from one line of a byline to the next."""

MAX_BYLINE_DEPTH = 4
"""Elements from a block outwards whose class may say that it is a byline."""

MAX_BYLINE = 600
"""Characters of an element that is styled as a byline; longer ones hold the article or a biography."""

MIN_STANDFIRST = 100
"""Characters from which a block below the headline says something of the article."""
_AUTHOR_METAS = markup("meta.author")
_BYLINE_CLASS = re.compile(markup_alternatives("class.byline"), re.IGNORECASE)
_LABELLED = re.compile(rf"^\W{{0,3}}(?:{alternatives('credit.label')})\b", re.IGNORECASE)
_AUTHOR_PAGE = re.compile(rf"/(?:{markup_alternatives('path.author')})/[^/?#]{{3,}}", re.IGNORECASE)
_ASIDE_CLASS = re.compile(markup_alternatives("class.comment", "class.reply", "class.beside"), re.IGNORECASE)
_PICTURE_CLASS = re.compile(markup_alternatives("class.picture"))


def authors_of(
    tree: HtmlElement,
    head: PageHead,
    near: Sequence[Block],
    body: Sequence[Block],
    site: Sequence[str],
    title: str | None,
) -> tuple[str, ...]:
    """The authors by the first source that names any; people before agencies, agencies before other organisations.

    Never the site itself, unless it is an agency that states itself as the author.
    """
    sources: list[Iterable[str]] = [head.jsonld.people]
    sources.append(head.metas[key] for key in _AUTHOR_METAS if key in head.metas and "://" not in head.metas[key])
    sources.append(
        element.get("content") or "".join(element.itertext())
        for element in tree.iter("span", "a", "div", "p", "address")
        if element.get("itemprop") == "author" or "author" in (element.get("rel") or "").split()
    )
    sources += _bylines(near)
    sources.append(text for b in near for text in _linked(b))
    sources += [head.jsonld.organisations, _signature(body), (text for b in near for text in _labelled_inside(b))]
    unwanted = {tuple(words(name)) for name in (*site, title or "")}
    agencies: tuple[str, ...] = ()
    for source in sources:
        found = tuple(dict.fromkeys(name for text in source for name in strip_label(text)))
        found = tuple(name for name in (_without_site(n, unwanted) for n in found) if name)
        people = tuple(name for name in found if not agency_named(name))
        if people:
            whole = tuple(name for name in people if " " in name)  # beside full names, one word is a role or a link
            return (whole or people)[:MAX_AUTHORS]
        agencies = agencies or found
    # An agency's own page may state the agency as its author.
    own = [name for name in (*head.jsonld.people, *head.jsonld.organisations) if agency_named(name)]
    if agencies or own:
        return (agencies or tuple(dict.fromkeys(own)))[:MAX_AUTHORS]
    desks = (name for name in head.jsonld.people if 2 <= len(name.split()) <= 4)  # what names no person: "... Staff"
    return tuple(name for name in desks if name[0].isupper() and not _is_site(name, unwanted))[:MAX_AUTHORS]


def _bylines(near: Sequence[Block]) -> list[list[str]]:
    """The lines labelled or styled as bylines, in groups of neighbours; a lone label is joined with the next line."""
    groups: list[list[str]] = []
    last = -MAX_BYLINE_GAP - 1
    for index, block in enumerate(near):
        text = block.text
        labelled = bool(_LABELLED.search(text))
        if not labelled and not (" " in text and _is_styled_byline(block)):
            continue
        if labelled and len(text) <= 20 and not strip_label(text) and index + 1 < len(near):
            text = f"{text} {near[index + 1].text}"
        if index - last > MAX_BYLINE_GAP:
            groups.append([])
        groups[-1].append(text)
        last = index
    return groups


def _is_styled_byline(block: Block) -> bool:
    """Whether the block or an element close around it is styled as a byline: one that holds little, no comment."""
    for element in block.path[: -MAX_BYLINE_DEPTH - 1 : -1]:
        style = f"{element.get('class') or ''} {element.get('id') or ''}"[:200]
        if _ASIDE_CLASS.search(style):
            return False
        if _BYLINE_CLASS.search(style):
            return sum(map(len, islice(element.itertext(), 100))) <= MAX_BYLINE
    return False


def agency_of(
    head: PageHead,
    lead: Sequence[Block],
    blocks: Sequence[Block],
    body: range,
    site: Sequence[str],
) -> str | None:
    """The agency credited as author, right above or below the body, or in its first or last line."""
    authors = [
        *head.jsonld.people,
        *head.jsonld.organisations,
        *(head.metas[key] for key in _AUTHOR_METAS if key in head.metas),
    ]
    text = next((i for i, b in enumerate(lead) if b.tag == "p" and len(b.text) > MIN_STANDFIRST), len(lead))
    # Below the standfirst, list items belong to the article.
    above = [b.text for i, b in enumerate(lead) if (i < text or b.tag != "li") and _may_credit(b)]
    below = [b.text for b in blocks[max(body.start + 1, body.stop - 4) : body.stop + 4] if _may_credit(b)]
    long = [b.text for b in blocks[body.start : body.stop] if len(b.text) > 60]
    return credited_agency(authors, above, below, [*long[:1], *long[-1:]], site)


def _may_credit(block: Block) -> bool:
    return len(block.text) <= 120 and block.tag != "figcaption" and not _PICTURE_CLASS.search(block.attributes[:200])


def _linked(block: Block) -> Iterator[str]:
    """The texts of a line's links to the pages of authors."""
    for link in islice(block.element.iter("a"), MAX_PARTS) if block.linked else ():
        if _AUTHOR_PAGE.search((link.get("href") or "")[:300]):
            yield "".join(link.itertext())


def _labelled_inside(block: Block) -> Iterator[str]:
    """The parts of a line of facts ("10:20 Автор: ... Переглядів: 12") marked up or labelled as its author."""
    for element in islice(block.element.iter("span", "a", "b", "i", "em", "strong"), MAX_PARTS):
        text = " ".join("".join(element.itertext()).split())
        if (
            " " in text
            and len(text) <= 100
            and (_LABELLED.search(text) or _BYLINE_CLASS.search(element.get("class") or ""))
        ):
            yield text


def _signature(blocks: Sequence[Block]) -> list[str]:
    """The last line of a body where it is only full names, as authors sign a column."""
    text = blocks[-1].text if blocks else ""
    parts = text.rstrip(". ").split(", ") if blocks and len(text) <= 120 and blocks[-1].link_share < 0.5 else []
    whole = all(2 <= len(part.split()) <= 3 and names([part]) == (part,) for part in parts)
    return parts if whole else []


def _is_site(name: str, unwanted: set[tuple[str, ...]]) -> bool:
    own = tuple(words(name))
    return any(own == other or "".join(own) == "".join(other) for other in unwanted) or bool(
        re.search(r"\.(?:com|ua|net|org|info)$", name, re.IGNORECASE)
    )


def _without_site(name: str, unwanted: set[tuple[str, ...]]) -> str:
    """The name without the site's at its end ("Jane Roe Valley Post"); empty if it is the site's."""
    if _is_site(name, unwanted):
        return ""
    parts = name.split()
    for cut in range(2, len(parts)):
        if tuple(words(" ".join(parts[cut:]))) in unwanted:
            return " ".join(parts[:cut])
    return name
