"""Whether a block speaks of what the page is about: words of its headline and summary, and of the text chosen so far.

Words count by how they begin, so that most inflected forms are one; no language is known.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

import numpy as np

from cleaners.extract.page_layout import Array, PageLayout, gaps, sums
from cleaners.read.blocks import Blocks
from cleaners.read.words import words

__all__ = ["SHARED_FEATURES", "SUBJECT_FEATURES", "shared_columns", "subject_columns", "subject_of"]

WINDOWS = (3, 8)
"""Blocks before and after a block whose words are looked at."""

SUBJECT_FEATURES = (
    *("subject", *(f"subject_{side}{n}" for n in WINDOWS for side in ("before", "after"))),
    *("since_subject", "until_subject", "subject_above", "summary", "since_summary"),
)
"""The columns of `subject_columns`; see there."""

SHARED_FEATURES = ("shared", "shared_lead", "shared_near")
"""The columns of `shared_columns`; see there."""

STEM, MIN_WORD = 5, 4
"""Letters that tell a word, and letters of the shortest that is looked at: shorter ones are mostly of no subject."""

STRONG = 2
"""Words of the subject in a sentence that surely belongs to it."""

LEAD = 150
"""Words of the chosen text that are its beginning."""

MIN_KNOWN = 4
"""Words of a block, and sentences of the chosen text, from which shared words tell something."""

MIN_SUMMARY, ALIKE = 5, 0.3
"""Word triples of the page's summary, and the share of them in one block, from which that block's place tells."""

FAR = 3_000
"""Words between a block and another that are counted at most."""

_NONE: set[str] = set()


def subject_of(headline: str, summary: str) -> set[str]:
    """The beginnings of the words that say what the page is about."""
    return {*_stems(words(headline)), *_stems(words(summary))}


def subject_columns(blocks: Blocks, layout: PageLayout, subject: Collection[str], summary: str) -> list[Array]:
    """The columns of `SUBJECT_FEATURES`.

    The share of each block's words that are of the `subject` (-1: none is known), and of those around it; the words
    between it and the nearest sentence of the subject, and the share of them all above it. The share of the summary in
    it, and the words from the block that holds most of that.
    """
    n = len(blocks)
    indices = np.arange(n)
    word_sums = sums(layout.words)
    told = {word for word in set(layout.all_words) if len(word) >= MIN_WORD}
    of_subject = layout.count({word for word in told if word[:STEM] in subject}.__contains__)
    lengths = layout.count(told.__contains__)
    columns = [of_subject / np.maximum(lengths, 1) if subject else np.full(n, -1.0)]
    there, held = sums(of_subject), sums(lengths)
    for size in WINDOWS:
        start, stop = np.maximum(indices - size, 0), np.minimum(indices + 1 + size, n)
        columns.append((there[indices] - there[start]) / np.maximum(held[indices] - held[start], 1))
        columns.append((there[stop] - there[indices + 1]) / np.maximum(held[stop] - held[indices + 1], 1))
    columns += gaps(word_sums, layout.is_prose & (of_subject >= STRONG), FAR, FAR + 1000)
    columns.append(there[:-1] / max(there[-1], 1))
    return columns + _summed_up(blocks, summary, word_sums)


def _stems(these: Sequence[str]) -> list[str]:
    return [word[:STEM] for word in these if len(word) >= MIN_WORD]


def shared_columns(blocks: Blocks, layout: PageLayout, chosen: Array) -> list[Array]:
    """The columns of `SHARED_FEATURES`, where `chosen` says of each block whether it is a sentence that was chosen.

    The share of each block's words that other chosen sentences hold, that the first of these hold (2: it is one), and
    the same of the sentences around it; words that most sentences hold are of no subject. -1 where nothing is known.
    """
    n, count = len(blocks), layout.words
    known = count >= MIN_KNOWN
    different = [set(_stems(b.words)) if long else _NONE for b, long in zip(blocks, known.tolist(), strict=True)]
    core = np.flatnonzero(chosen).tolist()
    times = Counter(stem for i in core for stem in different[i])
    common = (
        {stem for stem, often in times.items() if often > max(2, 0.5 * len(core))} if len(core) >= MIN_KNOWN else set()
    )
    again = {stem for stem, often in times.items() if often > 1}
    lead: set[str] = set()
    opening = set()
    held = 0.0
    for i in core:
        if held > LEAD:
            break
        lead |= different[i]
        opening.add(i)
        held += count[i]
    shared, of_lead = np.full(n, -1.0), np.full(n, -1.0)
    inside = set(core)
    for i in np.flatnonzero(known).tolist():
        own = different[i]
        telling = own - common if common else own
        if telling:
            shared[i] = len(telling & again if i in inside else telling & times.keys()) / len(telling)
        of_lead[i] = 2.0 if i in opening else len(own & lead) / len(own) if own else -1.0
    counted = layout.is_prose & (of_lead >= 0) & (of_lead < 2)
    weight, total = sums(np.where(counted, of_lead * count, 0)), sums(np.where(counted, count, 0))
    indices = np.arange(n)
    start, stop = np.maximum(indices - 2, 0), np.minimum(indices + 3, n)
    around = total[stop] - total[start]
    return [shared, of_lead, np.where(around > 0, (weight[stop] - weight[start]) / np.maximum(around, 1), -1.0)]


def _summed_up(blocks: Blocks, summary: str, word_sums: Array) -> list[Array]:
    """The share of the summary's word triples in each block, and the words from the block that holds most."""
    n = len(blocks)
    wanted = words(summary)
    triples = set(zip(wanted, wanted[1:], wanted[2:], strict=False))
    if len(triples) < MIN_SUMMARY:
        return [np.full(n, -1.0), np.full(n, -FAR - 2000.0)]
    starts = set(wanted[:-2])
    shares = np.array(
        [
            0  # most blocks of a page are labels without any of these words
            if starts.isdisjoint(b.words)
            else len(triples.intersection(zip(b.words, b.words[1:], b.words[2:], strict=False)))
            for b in blocks
        ]
    )
    share = shares / len(triples)
    best = int(share.argmax())
    if share[best] <= ALIKE:
        return [share, np.full(n, -FAR - 1000.0)]
    return [share, np.clip(word_sums[:-1] - word_sums[best], -FAR, FAR)]
