"""Promotion in words that nobody listed, known by where it leads and by the box that it stands in.

No list of phrases holds all the ways to ask for a follower; where such a line leads is one of a few dozen hosts. And a
box goes or stays as one: where most of it are prompts, the rest belongs to them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from cleaners.document import Category, Drop, Line, Page
from cleaners.read.running_text import ends_like_sentence, is_paragraph
from cleaners.rules.phrased import phrased_among
from cleaners.rules.position import AS_IT_IS, head, listed, tail
from cleaners.rules.rule import Rule
from cleaners.rules.shape import is_reported
from cleaners.vocabulary import alternatives, markup

_LONGEST = 160
_PROMPTS: frozenset[Category] = frozenset({"subscribe", "comments", "share"})
_NAMES = 6
"""Names of a line, nearest first, that may be those of a box."""
_LINES = 12
_FEWEST = 2
"""Lines of a box at most, and prompts in it at least."""
_SHARE_OF_PAGE = 0.25
"""Share of the page's text from which lines of one name are no box of prompts."""
_FEW = 12
"""Words of a line that is nothing but links to channels."""
_HOSTS = frozenset(markup("host.channel") + markup("host.store") + markup("host.donation"))
_OWN = re.compile(rf"\b(?:{alternatives('promotion.own')})\b", re.IGNORECASE)

LINKED = Rule(
    "promotion.linked",
    "subscribe",
    summary=(
        "A short line with links to channels, stores or pages for donations and to nothing else, that speaks to the"
        " reader or of “our” channel, or is nothing but links at an end of the article."
    ),
    example='<a href="https://t.me/mist">Карту тривог шукайте в нашому каналі</a>',
    counterexample='<a href="https://t.me/mayor">Про це мер написав у телеграмі.</a>',
)


BOX = Rule(
    "promotion.box",
    "subscribe",
    summary=(
        "The rest of a box of which most lines are prompts by their words or links: a few lines in a row with a class"
        " name that no other line has. Paragraphs of running text stay."
    ),
    example='<p class="club-box">Листи щоп’ятниці</p>',
    counterexample='<p class="year">Листи щоп’ятниці</p>',
)


def promotion(page: Page) -> Iterator[Drop]:
    """Drop short lines that lead to the site's channels, stores and donations, and the rest of boxes of prompts."""
    leading = list(_leading(page))
    yield from leading
    yield from _rest_of_boxes(page, leading)


def _rest_of_boxes(page: Page, leading: Iterable[Drop]) -> Iterator[Drop]:
    lines = page.lines
    named: dict[str, list[int]] = {}
    for at, line in enumerate(lines):
        for name in dict.fromkeys(line.attributes.split(maxsplit=_NAMES)[:_NAMES]):
            named.setdefault(name, []).append(at)
    boxes = [box for box in named.values() if 2 <= len(box) <= _LINES and box[-1] - box[0] == len(box) - 1]
    if not boxes:
        return
    inside = {lines[at].index for box in boxes for at in box}
    said = phrased_among(page, inside)
    prompts = {drop.index for drop in (*leading, *said) if drop.category in _PROMPTS and not drop.start}
    most = _SHARE_OF_PAGE * sum(len(line.text) for line in lines)
    done: set[int] = set()
    for box in boxes:
        rest = [lines[at] for at in box if lines[at].index not in prompts]
        if len(rest) * 2 > len(box) or len(box) - len(rest) < _FEWEST or sum(len(lines[at].text) for at in box) > most:
            continue
        for line in rest:
            if line.index not in done and not is_paragraph(line):
                done.add(line.index)
                yield BOX.drop(line, "most of its box are prompts")


def _leading(page: Page) -> Iterator[Drop]:
    if not any(line.links for line in page.lines):
        return
    edges = head(page.lines) | tail(page.lines)
    own = listed(page.lines)
    for line in page.lines:
        hosts = set(line.links)
        if not hosts or line.index in own or line.tag in AS_IT_IS or len(line.text) > _LONGEST:
            continue
        if all(_is_promoted(host) for host in hosts) and _promotes(line, line.index in edges):
            yield LINKED.drop(line, f"leads to “{', '.join(sorted(hosts))}”")


def _is_promoted(host: str) -> bool:
    """Whether the host, or the one that it is a part of, is a channel's, a store's, or a page for donations."""
    parts = host.split(".")
    return any(".".join(parts[i:]) in _HOSTS for i in range(len(parts) - 1))


def _promotes(line: Line, at_edge: bool) -> bool:
    if is_reported(line.text, 0, len(line.text)) or line.text[:1] in '«“"—–':
        return False
    if _OWN.search(line.text):
        return True
    only_links = line.link_share >= 0.8 and not ends_like_sentence(line.text)
    return only_links and at_edge and len(line.text.split()) <= _FEW
