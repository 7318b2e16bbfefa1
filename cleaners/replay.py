"""Whether a page that was judged before would be judged the same by cleaners of which some have changed.

Its ledger says which call of which cleaner made each cut. So the lines can be brought to the state in which a changed
cleaner saw them, without the work of all the others: where it drops there what it dropped before, each time, so does
every cleaner behind it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cleaners.judgement import ROUNDS, seen
from cleaners.rules.ledger import LedgerBuilder
from cleaners.rules.registry import CLEANERS

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from cleaners.document import Cut, Page
    from cleaners.rules.site_memory import SiteMemory

__all__ = ["same_verdicts", "texts_on_the_way"]


def same_verdicts(
    page: Page, cuts: Mapping[int, Sequence[Cut]], changed: Collection[int], memory: SiteMemory | None = None
) -> bool:
    """Whether the changed cleaners, by their places in `CLEANERS`, would make the cuts that the ledger holds.

    `cuts` are all of them, by the index of their line, each with its step: those of a page that the loss guard took
    over have none, and such a page must be judged again. False also where that cannot be told.
    """
    recorded: dict[int, list[tuple[int, Cut]]] = {}
    for line in page.lines:
        for cut in cuts.get(line.index, ()):
            if cut.step is None:
                return False
            recorded.setdefault(cut.step, []).append((line.index, cut))
    count = len(CLEANERS)
    rounds = min(ROUNDS, max(recorded, default=-1) // count + 2)  # the last one dropped nothing
    steps = {number * count + place for number in range(rounds) for place in changed}
    last = max(steps, default=-1)
    page = replace(page, memory=memory)
    builder = LedgerBuilder(page.lines)
    for step in sorted(steps | recorded.keys()):
        if step > last:
            break
        if step in steps:
            builder.apply(CLEANERS[step % count](seen(page, builder.remaining())), step)
            if builder.cuts_of(step) != recorded.get(step, []):
                return False
        else:
            for index, cut in recorded[step]:
                builder.repeat(index, cut)
    return True


def texts_on_the_way(text: str, cuts: Sequence[Cut]) -> list[str]:
    """What was left of a line before each step that cut it, the whole line first."""
    texts = [text]
    gone: list[Cut] = []
    for step in sorted({cut.step for cut in cuts if cut.step is not None}):
        gone += [cut for cut in cuts if cut.step == step]
        left = list(text)
        for cut in gone:
            left[cut.start : cut.end] = [""] * (cut.end - cut.start)
        texts.append("".join(left))
    return texts
