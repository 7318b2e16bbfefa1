"""Leftovers known by their wording: all that the phrase files hold, as whole lines and as spans inside a line."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice

from cleaners.document import Drop, Line, Page
from cleaners.read.fold import fold
from cleaners.read.sentences import sentences
from cleaners.rules.phrase import Near
from cleaners.rules.phrasebook import Found, phrasebook
from cleaners.rules.position import heads_text, listed
from cleaners.rules.shape import PROMPTS, has_shape, is_prompt, is_reported
from cleaners.vocabulary import alternatives

# What trails a prompt and goes with it: "Читати далі –>", "Read more »".
_TRAIL = re.compile(r"\s*[:–—→>»…\-]{0,4}")
# Signs that lead a prompt: "▶ На YouTube-каналі ...".
_LEAD = re.compile(r"(?:[▶►➡👉❗️🔴📌⚡•●▪\-–—]{1,4}\s?)$")
_WORD = re.compile(r"\w")
# What may not be between the beginning of a sentence and a phrase that opens it: a word, a quotation mark, or the
# dash of a line of dialogue.
_QUOTES = tuple('"“„«')
_HELD = re.compile(r"""[\w"“”„«»—–]""")
# What a sentence of the article begins with where a title before it has no full stop.
_OPENER = re.compile(rf"\s(?=(?:{alternatives('phrased.sentence_start')})\b)")
_QUOTED = re.compile(r"""\s?(?:"[^"]{3,250}"|“[^”]{3,250}”|«[^»]{3,250}»)\s?(?:[.!]|$)""")
# What a sentence that points to a text says of it besides.
_SAYS_MORE = re.compile(r"[,;]\s(?:\S{1,40}\s+){5}")
# Between the items of a list that was run together; one must not be left at the beginning of a line.
_BULLETS = re.compile(r"(?:\s{0,9}•){1,9}\s{0,9}")
_READER = re.compile(rf"\b(?:{alternatives('phrased.reader')})\b", re.IGNORECASE)
_REST_SHARE = 0.7
_REST_LONGEST = 400
# A sentence of a video's title rather than of the article: short, or shouted.
_TITLE_WORDS = 5
_TITLE_SENTENCES = 6
_SHORT = 5_000
"""Characters of a line that is cached at most, so that hostile pages cannot fill the memory."""
_MOST_SPANS = 60
"""Spans cut from one line: a whole article in one line holds a handful, and a hostile page may hold a million."""


def phrased(page: Page) -> Iterator[Drop]:
    """Drop the lines, sentences and spans that a phrase file names."""
    return phrased_among(page, None)


def phrased_among(page: Page, among: Collection[int] | None) -> Iterator[Drop]:
    """The same of the lines with these indexes alone; None is all of them."""
    count = len(page.lines)
    for index, line in enumerate(page.lines):
        if line.tag == "pre" or (among is not None and line.index not in among):
            continue
        wholes, insides = _look_up(line.text) if len(line.text) <= _SHORT else _look_up.__wrapped__(line.text)
        if not (wholes or insides):
            continue
        own = f"{line.language}."
        whole = _first(
            (f for f in wholes if _near(f.phrase.near, index, count) and has_shape(f, line.text, line.link_share)),
            own,
        )
        if whole is not None and whole.phrase.category == "contact" and line.index in listed(page.lines):
            continue
        if whole is not None and not _heads_text(page.lines, index, whole):
            yield Drop(line.index, whole.phrase.category, whole.phrase.rule, _evidence(whole))
            continue
        found = [f for f in insides if _near(f.phrase.near, index, count)]
        if found:
            yield from _spans(line, sorted(found, key=lambda f: not f.phrase.rule.startswith(own)))


@lru_cache(maxsize=1024)
def _look_up(text: str) -> tuple[tuple[Found, ...], tuple[Found, ...]]:
    """What the phrase book finds in a line; cached, since each round of the cleaners asks again for the lines left."""
    book, folded = phrasebook(), fold(text)
    return tuple(book.whole(folded)), tuple(book.inside(folded))


def _heads_text(lines: Sequence[Line], index: int, found: Found) -> bool:
    """Whether a word of the navigation is a sub-heading here: "Technology" over a paragraph."""
    short = len(lines[index].text.split()) <= 2
    return short and found.phrase.category in ("chrome", "share", "caption", "notice") and heads_text(lines, index, 1)


def _first(found: Iterable[Found], own: str) -> Found | None:
    """The one in the line's own language, else any: "Автор: ..." is in two files."""
    return min(found, key=lambda f: not f.phrase.rule.startswith(own), default=None)


def _near(near: Near, index: int, count: int) -> bool:
    zone = max(6, count // 4)
    return near == "anywhere" or (index < zone if near == "top" else index >= count - zone)


def _evidence(found: Found) -> str:
    return f"phrase “{found.phrase.text}”"


def _spans(line: Line, found: Iterable[Found]) -> Iterator[Drop]:
    text = line.text
    parts = sentences(text)
    ends = [end for _, end in parts]
    taken: list[tuple[int, int]] = []
    for f in islice(found, 4 * _MOST_SPANS):
        if len(taken) == _MOST_SPANS:
            break
        span = _span(text, parts, min(bisect_right(ends, f.start), len(parts) - 1), f)
        if span is None or any(span[0] < end and start < span[1] for start, end in taken):
            continue
        taken.append(span)
        rest = text[: span[0]] + text[span[1] :]
        start, end = (0, len(text)) if _goes_along(rest, text, f) else span
        bullets = _BULLETS.match(text, end)
        yield Drop(line.index, f.phrase.category, f.phrase.rule, _evidence(f), start, bullets.end() if bullets else end)


def _goes_along(rest: str, text: str, found: Found) -> bool:
    """Whether what is left of a line goes with its prompt: nothing is, or a little that speaks to the reader too."""
    if not _WORD.search(rest):
        return True
    short = len(rest) <= _REST_SHARE * len(text) and len(text) <= _REST_LONGEST
    return short and found.phrase.category in ("subscribe", "comments") and bool(_READER.search(rest))


def _span(text: str, parts: list[tuple[int, int]], at: int, found: Found) -> tuple[int, int] | None:
    """The span that goes with a phrase in sentence `at`; None where it does not begin like a leftover."""
    if found.phrase.at in ("sentence", "opening"):
        if parts[at][1] - parts[at][0] > found.phrase.longest:
            return None
        if text[max(0, found.start - 1) : found.start] in _QUOTES or _is_said(text, found):
            return None
        if found.phrase.category == "related" and _SAYS_MORE.match(text, found.end):
            return None
        if found.phrase.at == "opening" and _HELD.search(text, parts[at][0], found.start):
            return None
        # A phrase that runs over a mark, as "Сподобалось? Підпишіться", takes every sentence that it touches.
        last = next((end for _, end in islice(parts, at, None) if found.end <= end), len(text))
        return parts[at][0], last
    if _is_said(text, found):
        return None
    lead = _LEAD.search(text, max(0, found.start - 6), found.start)
    start = lead.start() if lead else found.start
    if not (lead or text[start].isupper() or start == parts[0][0]):
        return None
    if found.phrase.at == "words":
        trail = _TRAIL.match(text, found.end)
        return start, trail.end() if trail else found.end
    if found.phrase.at == "rest":
        return start, len(text)
    end = parts[at][1]
    if found.phrase.title:
        quoted = _QUOTED.search(text, found.start, end + 300)
        if quoted and quoted.start() < end:
            return start, quoted.end()
        for a, b in parts[at + 1 : at + 1 + _TITLE_SENTENCES]:
            if text[b - 1] not in "!?" and len(text[a:b].split()) > _TITLE_WORDS:
                break
            end = b
    opener = _OPENER.search(text, found.start, end)
    return start, opener.start() if opener else end


def _is_said(text: str, found: Found) -> bool:
    """Whether the phrase is part of what somebody says: a prompt, or a pointer that begins like a sentence."""
    if found.phrase.category in PROMPTS:
        return not is_prompt(found, text)
    title = text[found.start : found.start + 60].partition(":")[2].lstrip()
    in_sentence = found.phrase.at in ("sentence", "opening") or title[:1].islower()
    return found.phrase.category == "related" and in_sentence and is_reported(text, found.start, found.end)
