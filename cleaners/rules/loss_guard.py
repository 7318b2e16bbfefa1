"""The guard over a page's losses: where the cleaners together would take too much, only the sure ones run.

An article seldom carries more leftovers than words of its own. Where it seems to, a rule has probably mistaken the
article for chrome: the page is cleaned by the words of the leftovers alone, keeps every paragraph of running text, and
is flagged for people to look at.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from cleaners.document import Drop, LedgerLine, Line
from cleaners.read.running_text import is_long_paragraph

LOSS = 0.5
"""Share of the page's words from which a loss is unusual."""
FEW = 40
"""Words of a page below which its share of losses says nothing: a short notice may be mostly leftovers."""
PROMPTS = ("subscribe", "comments", "notice")
"""What is known by whole sentences that no article holds; a brief may stand under a notice longer than itself."""
_WORD = re.compile(r"\w+")


def loss(ledger: Iterable[LedgerLine]) -> float:
    """Share of the words that were dropped, 0 to 1.

    A headline or paragraph dropped as a copy is no loss, and words in links count for little: teasers are links.
    Prompts and notices count only where too few words are left to be an article.
    """
    kept = lost = prompts = 0.0
    for entry in ledger:
        weight = 1 - entry.line.link_share
        kept += weight * len(_WORD.findall(entry.kept or ""))
        for cut in entry.cuts:
            words = weight * len(_WORD.findall(entry.line.text, cut.start, cut.end))
            if cut.category in PROMPTS:
                prompts += words
            elif cut.category not in ("title", "repeat"):
                lost += words
    if kept < FEW:
        lost += prompts
    return lost / (kept + lost) if kept + lost >= FEW else 0.0


def cautious(drops: Iterable[Drop], lines: Sequence[Line]) -> Iterator[Drop]:
    """Those drops that leave the page's running text alone: no whole paragraph but a copy of one."""
    texts = {line.index: line.text for line in lines}
    for drop in drops:
        text = texts[drop.index]
        whole = drop.start == 0 and (drop.end is None or drop.end >= len(text))
        if not whole or drop.category == "repeat" or not is_long_paragraph(text):
            yield drop
