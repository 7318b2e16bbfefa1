"""The loss guard: where all cleaners together would drop too much of a page, only the sure ones run.

A page seldom has more leftovers than article. Where it seems to, a rule has probably mistaken the article for chrome:
only rules that know a leftover by its own words run, every paragraph of running text is kept, and the document is
flagged for a person to look at.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from cleaners.corrections import PREFIX
from cleaners.document import Drop, LedgerLine, Line
from cleaners.read.running_text import is_long_paragraph

LOSS = 0.5
"""Share of the page's words from which a loss is unusual."""
FEW = 40
"""Words of a page below which its share of losses says nothing: a short notice may be mostly leftovers."""
PROMPTS = ("subscribe", "comments", "notice")
"""Categories known by whole sentences that no article holds; a short article may have a longer notice under it."""
GUARDED = "all cleaners together would drop "
"""What the flag of a page begins with that the guard took over."""
_WORD = re.compile(r"\w+")


def loss(ledger: Iterable[LedgerLine]) -> float:
    """Share of the words that were dropped, 0 to 1.

    A headline or paragraph dropped as a copy is no loss, nor is what a person said to drop. Words in links count for
    less, by the share of the line that is linked: teasers are links. Prompts and notices count only where fewer than
    `FEW` words are left.
    """
    kept = lost = prompts = 0.0
    for entry in ledger:
        weight = 1 - entry.line.link_share
        kept += weight * len(_WORD.findall(entry.kept or ""))
        for cut in entry.cuts:
            if cut.rule.startswith(PREFIX):
                continue
            words = weight * len(_WORD.findall(entry.line.text, cut.start, cut.end))
            if cut.category in PROMPTS:
                prompts += words
            elif cut.category not in ("title", "repeat"):
                lost += words
    if kept < FEW:
        lost += prompts
    return lost / (kept + lost) if kept + lost >= FEW else 0.0


def cautious(drops: Iterable[Drop], lines: Sequence[Line]) -> Iterator[Drop]:
    """The drops that leave the page's running text alone: a whole paragraph goes only as a copy of another."""
    texts = {line.index: line.text for line in lines}
    for drop in drops:
        text = texts[drop.index]
        whole = drop.start == 0 and (drop.end is None or drop.end >= len(text))
        if not whole or drop.category == "repeat" or not is_long_paragraph(text):
            yield drop
