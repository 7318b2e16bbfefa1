"""Who a page says wrote it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain, islice

from lxml.html import HtmlElement

from cleaners.metadata.agencies import agency_named
from cleaners.metadata.author_names import handle_in, is_desk, names, strip_label
from cleaners.metadata.date_lines import YEAR, is_date_line
from cleaners.metadata.dates import parse_date
from cleaners.metadata.head import PageHead
from cleaners.read.blocks import Block
from cleaners.read.words import words
from cleaners.vocabulary import alternatives, markup_alternatives

__all__ = ["authors_of"]

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

MAX_ASIDE_DEPTH = 5
"""Elements around an author's name that are asked whether they hold comments or stand beside the article."""

MAX_MORE = 4
"""Authors that a later source may name beside those of the first."""

MAX_FACTS = 150
"""Characters of a line of facts: author, date, section, comments."""

MAX_NEAR_NAMES = 200
"""Characters of the class names close around a line of facts: those of the page speak of its layout."""

MAX_DAY = 30
"""Characters behind a name in which its day begins and ends."""

MAX_DESK = 6
"""Words of the name of a desk."""

MAX_NICKNAME = 60
"""Characters of a line that names its author by a nickname."""
_BYLINE_CLASS = re.compile(markup_alternatives("class.byline"), re.IGNORECASE)
_ADDRESS = re.compile(r"\.(?:com|ua|net|org|info)$", re.IGNORECASE)
_LABELLED = re.compile(rf"^\W{{0,3}}(?:{alternatives('credit.label')})\b", re.IGNORECASE)
_AUTHOR_PAGE = re.compile(rf"/(?:{markup_alternatives('path.author')})/[^/?#]{{3,}}", re.IGNORECASE)
_ASIDE_CLASS = re.compile(markup_alternatives("class.comment", "class.reply", "class.not_own"), re.IGNORECASE)
_META_CLASS = re.compile(markup_alternatives("class.facts"), re.IGNORECASE)
_WORD = r"[^\W_](?:[\w.'’ʼ-]{0,30}[\w.])?"
_BY = re.compile(
    rf"(?:^|[\s,|·–—-])(?i:{alternatives('credit.by')})\s?:?\s{{1,2}}(?P<name>{_WORD}(?:\s{_WORD}){{0,3}}?)"
    rf"(?=\s(?i:{alternatives('credit.after')})\s|\s?[|·,(–—@]|\s\d|$)"
)
"""The author among the facts of an article: "Posted in Bridges by Jane Roe on October 12"."""
_IMPRINT = re.compile(r"[\w-]{1,40}(?:\.[\w-]{2,20}){1,3},\s")


def authors_of(
    tree: HtmlElement,
    head: PageHead,
    near: Sequence[Block],
    body: Sequence[Block],
    site: Sequence[str],
    title: str | None,
    beside: Sequence[str] = (),
) -> tuple[str, ...]:
    """The authors by the first source that names any; people before agencies, agencies before other organisations.

    `beside` are the parts of `<title>` around the headline: a paper or a section, or the author of a column. They are
    left out beside other names.

    A line that names the same people and more is believed before it: some pages state only the first of their authors
    for machines. The site itself, and what stands in an author's place without being a name (a nickname, a first name,
    a desk), only where nobody is named, and the site only where readers see it there.
    """
    bylines = _bylines(near, words(title or ""))
    labelled = [text for group in bylines for text in group if _LABELLED.search(text)]
    people, organisations = head.jsonld.people, head.jsonld.organisations
    # Most are read only when it is their turn, as most pages name somebody in the first of them.
    sources: list[Iterable[str]] = [people, _author_metas(head), _marked(tree), *bylines, _linked(near), _facts(near)]
    sources += [organisations, _above_date(near), _signature(body), _labelled_inside(near)]
    unwanted = {tuple(words(name)) for name in (*site, title or "")}
    around = {tuple(words(name)) for name in beside}
    agencies: tuple[str, ...] = ()
    for source in sources:
        found = tuple(dict.fromkeys(name for text in source for name in strip_label(text)))
        found = tuple(name for name in (_without_site(n, unwanted) for n in found) if name)
        found = tuple(name for name in found if not _is_site(name, around)) or found
        named = tuple(name for name in found if not agency_named(name))
        if named:
            whole = tuple(name for name in named if " " in name)  # beside full names, one word is a role or a link
            return _with_the_rest((whole or named)[:MAX_AUTHORS], [*_author_metas(head), *labelled], unwanted)
        agencies = agencies or found
    # An agency's own page may state the agency as its author.
    if agencies or (agencies := tuple(dict.fromkeys(n for n in (*people, *organisations) if agency_named(n)))):
        return agencies[:MAX_AUTHORS]
    lines = [b.text for b in near if _is_styled_byline(b) or _META_CLASS.search(b.attributes[:100])]
    # A lone word is a desk where readers see it, too: "Newsroom", no name of an account.
    desks = [n for n in people if " " in n or (is_desk(n) and any(text.startswith(n) for text in lines))]
    desks = [n for n in desks if len(n.split()) <= MAX_DESK and n[0].isupper() and not _is_site(n, unwanted)]
    if desks:
        return tuple(desks[:MAX_AUTHORS])
    marked, linked = list(islice(_marked(tree), 1)), islice(_linked(near), 1)
    places = (people, marked, linked, *(group[:1] for group in bylines), _styled(near), _facts(near))
    nicknames = (name for texts in places for text in texts if (name := handle_in(text)))
    own = (name for text in (*people, *marked, *labelled) for name in strip_label(text) if _is_site(name, unwanted))
    nickname = next((name for name in nicknames if not _is_site(name, unwanted)), None) or next(own, None)
    return (nickname,) if nickname else ()


def _author_metas(head: PageHead) -> list[str]:
    """What the metas say; not an imprint ("visti.example, Lviv, Ukraine"), nor the address of a profile."""
    return [text for text in head.author_metas if "://" not in text and not _IMPRINT.match(text)]


def _with_the_rest(people: tuple[str, ...], lines: Iterable[str], unwanted: set[tuple[str, ...]]) -> tuple[str, ...]:
    """The authors of the first line that names all `people` and more, in its order; else `people`."""
    some = {name.casefold() for name in people}
    for line in lines:
        found = tuple(name for name in strip_label(line) if " " in name and not _is_site(name, unwanted))
        if some < {name.casefold() for name in found} and len(found) <= len(some) + MAX_MORE:
            return found
    return people


def _marked(tree: HtmlElement) -> Iterator[str]:
    """What elements say that are marked up as the author."""
    for element in tree.iter("span", "a", "div", "p", "address"):
        is_marked = element.get("itemprop") == "author" or "author" in (element.get("rel") or "").split()
        if is_marked and not _is_aside(element):
            yield element.get("content") or "".join(element.itertext())


def _is_aside(element: HtmlElement) -> bool:
    """Whether an element stands among comments, or beside the article."""
    around = islice(element.iterancestors(), MAX_ASIDE_DEPTH)
    return any(
        e.tag in ("aside", "footer") or _ASIDE_CLASS.search(f"{e.get('class') or ''} {e.get('id') or ''}"[:200])
        for e in around
        if e.tag not in ("body", "html")
    )


def _styled(near: Sequence[Block]) -> Iterator[str]:
    """The short lines that are styled as a byline, whatever they say."""
    return (b.text for b in near if len(b.text) <= MAX_NICKNAME and _is_styled_byline(b))


def _bylines(near: Sequence[Block], title: Sequence[str]) -> list[list[str]]:
    """The lines labelled or styled as bylines, in groups of neighbours; a lone label is joined with the next line."""
    groups: list[list[str]] = []
    last = -MAX_BYLINE_GAP - 1
    for index, block in enumerate(near):
        text = block.text
        labelled = bool(_LABELLED.search(text))
        styled = _is_styled_byline(block)
        if not styled and not (labelled and _may_be_byline(block, title)):
            continue
        if labelled and len(text) <= 20 and not strip_label(text) and index + 1 < len(near):
            text = f"{text} {near[index + 1].text}"
        if index - last > MAX_BYLINE_GAP:
            groups.append([])
        groups[-1].append(text)
        last = index
    return groups


def _may_be_byline(block: Block, title: Sequence[str]) -> bool:
    """Whether a line that begins like a byline can be one: "From Kyiv to Lviv" as a headline is none."""
    own = block.words
    return not (block.tag == "h1" or (len(own) > 2 and list(own) == list(title)[: len(own)]))


def _is_styled_byline(block: Block) -> bool:
    """Whether the block or an element close around it is styled as a byline: one that holds little, no comment."""
    for element in block.path[: -MAX_BYLINE_DEPTH - 1 : -1]:
        is_aside, is_byline = _said_by(f"{element.get('class') or ''} {element.get('id') or ''}"[:200])
        if is_aside:
            return False
        if is_byline:
            return sum(map(len, islice(element.itertext(), 100))) <= MAX_BYLINE
    return False


@lru_cache(maxsize=4096)
def _said_by(names: str) -> tuple[bool, bool]:
    """Whether class and id are those of comments and the like, and of a byline."""
    return bool(_ASIDE_CLASS.search(names)), bool(_BYLINE_CLASS.search(names))


def _linked(near: Sequence[Block]) -> Iterator[str]:
    """The texts of links to the pages of authors."""
    links = (link for block in near if block.linked for link in islice(block.element.iter("a"), MAX_PARTS))
    return ("".join(link.itertext()) for link in links if _AUTHOR_PAGE.search((link.get("href") or "")[:300]))


def _facts(near: Sequence[Block]) -> Iterator[str]:
    """The authors in lines of facts."""
    return (name for block in near if (name := _among_facts(block)))


def _among_facts(block: Block) -> str | None:
    """The author in a line of facts about the article, or one with a date, by the word before the name."""
    if len(block.text) > MAX_FACTS or "©" in block.text:
        return None
    if not ((named := _META_CLASS.search(block.attributes[:100])) or YEAR.search(block.text)):
        return None
    found = None if _ASIDE_CLASS.search(block.attributes[:MAX_NEAR_NAMES]) else _BY.search(block.text)
    if found is None or named:
        return found["name"] if found else None
    # Elsewhere a sentence may say by when: there the day must stand right beside the name.
    before, after = block.text[: found.start()], block.text[found.end() : found.end() + MAX_DAY]
    return found["name"] if parse_date(after) or (parse_date(before) and not after) else None


def _above_date(near: Sequence[Block]) -> Iterator[str]:
    """The line that is a full name and nothing else, right below the headline and close above a line with the date."""
    for i, block in enumerate(near[1 : MAX_BYLINE_GAP + 1], 1):
        text = block.text
        if 2 <= len(text.split()) <= 3 and text.istitle() and names([text]) == (text,) and block.tag in ("p", "li"):
            dated = any(YEAR.search(b.text) and is_date_line(b) for b in near[i + 1 : i + MAX_BYLINE_GAP])
            if dated and not _ASIDE_CLASS.search(block.attributes[:200]):
                yield text
            return


def _labelled_inside(near: Sequence[Block]) -> Iterator[str]:
    """The parts of lines of facts ("10:20 Автор: ... Переглядів: 12") marked up or labelled as its author."""
    within = (islice(block.element.iter("span", "a", "b", "i", "em", "strong"), MAX_PARTS) for block in near)
    for element in chain.from_iterable(within):
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
    own = "".join(words(name))
    return any(own == "".join(other) for other in unwanted) or bool(_ADDRESS.search(name))


def _without_site(name: str, unwanted: set[tuple[str, ...]]) -> str:
    """The name without the site's at its end ("Jane Roe Valley Post"); empty if it is the site's."""
    if _is_site(name, unwanted):
        return ""
    parts = name.split()
    for cut in range(2, len(parts)):
        if tuple(words(" ".join(parts[cut:]))) in unwanted:
            return " ".join(parts[:cut])
    return name
