"""From the lines of a page to its document: the cleaners drop what is not the article, and the ledger says why.

Kept apart from reading: what a verdict depends on is what this module imports (see `cleaners.parts`).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from cleaners.document import Cleaner, Document, LedgerLine, LeftOut, Line, Page, Paragraph
from cleaners.extract.account import much_left_out
from cleaners.languages.mixture import mixture, narration
from cleaners.read.letters import count_letters
from cleaners.rules.corrected import Corrected
from cleaners.rules.ledger import LedgerBuilder
from cleaners.rules.loss_guard import LOSS, cautious, loss
from cleaners.rules.registry import CLEANERS, SURE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cleaners.corrections import Corrections
    from cleaners.rules.site_memory import SiteMemory

__all__ = ["ROUNDS", "judge", "letters_by_language", "run_cleaners", "seen"]

ROUNDS = 4
"""Rounds of all cleaners after which a page is done, even if the last dropped something; most take two."""


def judge(page: Page, memory: SiteMemory | None = None, corrections: Corrections | None = None) -> Document:
    """Send a page through the cleaners and write its ledger; `corrections` are those that it was read with.

    A page that would lose too much (see `cleaners.rules.loss_guard`) goes through the sure cleaners first, and through
    all of them only if the rest would not lose too much again. So cleaning a cleaned document changes nothing.
    """
    page = replace(page, memory=memory)
    corrected = Corrected(page, corrections)
    ledger = run_cleaners(page, CLEANERS, _begun(page, corrected), corrected, numbered=True)
    flags = corrected.flags
    lost = loss(ledger.ledger())
    if lost > LOSS:
        flags += (f"all cleaners together would drop {lost:.0%} of its words: the sure ones ran first",)
        ledger = run_cleaners(page, SURE, _begun(page, corrected), corrected, guarded=True)
        if loss(run_cleaners(page, CLEANERS, LedgerBuilder(ledger.remaining()), corrected).ledger()) <= LOSS:
            ledger = run_cleaners(page, CLEANERS, ledger, corrected)
    paragraphs = tuple(
        Paragraph(line.text, line.language, line.tag, line.fragments) for line in ledger.remaining() if line.text
    )
    languages = letters_by_language(paragraphs)
    told = narration(paragraphs)
    mixed = mixture(paragraphs)
    return Document(
        id=page.id,
        url=page.metadata.url or page.url,
        metadata=page.metadata,
        language=next((name for name in sorted(languages, key=lambda name: -told[name]) if name != "und"), "und"),
        languages=languages,
        paragraphs=paragraphs,
        ledger=_whole_ledger(ledger.ledger(), page.left_out, corrected),
        encoding=page.encoding,
        flags=tuple(filter(None, (*flags, mixed, much_left_out(paragraphs, page.left_out)))),
    )


def _begun(page: Page, corrected: Corrected) -> LedgerBuilder:
    """A ledger of the page's lines without those that a person said to drop."""
    ledger = LedgerBuilder(page.lines)
    ledger.apply(corrected.drops)
    return ledger


def _whole_ledger(
    judged: Iterable[LedgerLine], left_out: Iterable[LeftOut], corrected: Corrected
) -> tuple[LedgerLine, ...]:
    """All lines in the order of the page."""
    judged = (
        entry if (by := corrected.kept_by(entry.line.index)) is None or entry.cuts else replace(entry, kept_by=by)
        for entry in judged
    )
    others = (LedgerLine(other.line, None, (), other) for other in left_out)
    return tuple(sorted((*judged, *others), key=lambda entry: entry.line.index))


def run_cleaners(
    page: Page,
    cleaners: Sequence[Cleaner],
    ledger: LedgerBuilder,
    corrected: Corrected | None = None,
    *,
    guarded: bool = False,
    numbered: bool = False,
) -> LedgerBuilder:
    """The ledger after rounds of all cleaners until none drops anything: a cut may uncover what another cleaner knows.

    With `guarded`, no cleaner may drop a long paragraph whole. With `numbered`, cuts say which call made them.
    """
    lines = ledger.remaining()
    sight = seen(page, lines)
    idle = 0  # calls since anything was dropped: who has seen the same lines before finds nothing in them now
    for step in range(ROUNDS * len(cleaners)):
        drops = cleaners[step % len(cleaners)](sight)
        drops = corrected.allowed(drops) if corrected else drops
        if ledger.apply(cautious(drops, lines) if guarded else drops, step if numbered else None):
            lines = ledger.remaining()
            sight = seen(page, lines)
            idle = 0
            continue
        idle += 1
        if idle == len(cleaners):
            break
    return ledger


def seen(page: Page, lines: tuple[Line, ...]) -> Page:
    """The page as a cleaner sees it: the lines that are left, and nothing of the blocks outside the body."""
    return replace(page, lines=lines, left_out=(), flags=())


def letters_by_language(paragraphs: Iterable[Paragraph]) -> dict[str, int]:
    """The number of letters in each language, most first; equal counts in order of the code."""
    letters: Counter[str] = Counter()
    for p in paragraphs:
        for f in p.fragments:
            letters[f.language] += count_letters(p.text[f.start : f.end])
    return {name: n for name, n in sorted(letters.items(), key=lambda item: (-item[1], item[0])) if n}
