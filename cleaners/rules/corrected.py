"""What a person says of the source, before any rule: lines that go, lines that stay, rules that are silent.

In the ledger a line that goes has the correction's name as its rule and the note as evidence; one that stays although a
rule would strike it, or although it is not in the body, has them as well, with what was overruled. Of several
corrections that mean a line the most exact counts; of equals, the one that keeps.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cleaners.corrections import RECALLED, Correction, Corrections
from cleaners.document import NO_ARTICLE, Drop, Kept, Page
from cleaners.rules.registry import CLEANERS

__all__ = ["NOT_AN_ARTICLE", "Corrected"]

NOT_AN_ARTICLE = f"{NO_ARTICLE}a correction says so"
"""What the flag of a page begins with that a person says is none."""


class Corrected:
    """The corrections of one page, held against its lines: `drops` are those that they make."""

    def __init__(self, page: Page, corrections: Corrections | None) -> None:
        self.drops: list[Drop] = []
        self.flags = tuple(flag for flag in page.flags if not flag.startswith(NOT_AN_ARTICLE))
        self._kept: dict[int, Correction] = {}
        self._off: list[Correction] = []
        self._overruled: dict[int, Kept] = {}
        if corrections is None:
            return
        addresses = (page.url, page.metadata.url)
        for none in corrections.of("no_article", page=addresses)[:1]:
            self.drops = [_drop(none, line.index) for line in page.lines]
            self.flags += (f"{NOT_AN_ARTICLE}: “{none.note}”",)
            return
        self._off = corrections.of("off", page=addresses)
        keep = sorted(corrections.of("keep", page=addresses), key=lambda each: -each.rank)
        drop = sorted(corrections.of("drop", page=addresses), key=lambda each: -each.rank)
        struck = _struck(page, keep)
        for line in page.lines:
            kept = next((each for each in keep if each.means(line) or each in struck.get(line.index, ())), None)
            gone = next((each for each in drop if each.means(line)), None)
            if gone is not None and (kept is None or gone.rank > kept.rank):
                self.drops.append(_drop(gone, line.index))
            elif kept is not None:
                self._kept[line.index] = kept
                if RECALLED in line.attributes.split():
                    self._overrule(line.index, kept, "body")

    def allowed(self, drops: Iterable[Drop]) -> Iterator[Drop]:
        """The drops that no correction speaks against; those are remembered."""
        for drop in drops:
            against = self._kept.get(drop.index) or next((o for o in self._off if o.names_rule(drop.rule)), None)
            if against is None:
                yield drop
            else:
                self._overrule(drop.index, against, drop.rule)

    def kept_by(self, index: int) -> Kept | None:
        """The correction that kept a line against a rule, or against being left out."""
        return self._overruled.get(index)

    def _overrule(self, index: int, by: Correction, what: str) -> None:
        self._overruled.setdefault(index, Kept(by.name, f"“{by.note}” against “{what}”"))


def _drop(by: Correction, index: int) -> Drop:
    return Drop(index, by.category, by.name, by.note)


def _struck(page: Page, keep: Iterable[Correction]) -> dict[int, list[Correction]]:
    """The lines at which rules strike whose lines are to be kept, with the corrections that say so."""
    by_rule = [each for each in keep if each.by == "rule"]
    found: dict[int, list[Correction]] = {}
    for cleaner in CLEANERS if by_rule else ():
        for drop in cleaner(page):
            found.setdefault(drop.index, []).extend(each for each in by_rule if each.names_rule(drop.rule))
    return found
