"""Promotion that its links give away: a short line that leads to a channel, a store or a page for donations.

No list of phrases holds all the ways to ask for a follower; where such a line leads is one of a few dozen hosts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cleaners.document import Drop, Line, Page
from cleaners.read.running_text import ends_like_sentence
from cleaners.rules.position import head, listed, tail
from cleaners.rules.rule import Rule
from cleaners.rules.shape import is_reported
from cleaners.vocabulary import alternatives, markup

_LONGEST = 160
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


def promotion(page: Page) -> Iterator[Drop]:
    """Drop short lines that lead to the site's channels, stores and donations."""
    if not any(line.links for line in page.lines):
        return
    edges = head(page.lines) | tail(page.lines)
    own = listed(page.lines)
    for line in page.lines:
        hosts = set(line.links)
        if not hosts or line.index in own or line.tag in ("pre", "td") or len(line.text) > _LONGEST:
            continue
        if all(_is_promoted(host) for host in hosts) and _promotes(line, line.index in edges):
            yield LINKED.drop(line, f"leads to {', '.join(sorted(hosts))}")


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
