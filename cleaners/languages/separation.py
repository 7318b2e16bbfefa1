"""The lines of one document, each cut into fragments of one language."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple

from cleaners.document import Fragment
from cleaners.languages.alphabets import by_alphabet
from cleaners.languages.context import choose, prior
from cleaners.languages.judge import judge
from cleaners.languages.mixing import Run, candidates, embeds, host, mixed, suspicious
from cleaners.languages.model import CYRILLIC, FOCUS, LATIN, OTHER, STATES, Sum, Word, clear, spelt, weighed, words_of
from cleaners.languages.words import WORD, blank_neutral

__all__ = ["FOCUS", "Separated", "separate"]

_LATIN_FROM, _OTHER_AT = len(CYRILLIC), len(CYRILLIC) + len(LATIN)
_SENTENCE = 25  # letters of a line that shows what the document speaks
_LONG = 20_000  # characters
_OPENING = "\"'«“„‟‘‹([{<¿¡#@*_`"


@dataclass(frozen=True, slots=True)
class Separated:
    """The languages of one line: that of the line, and its fragments in order (none for a line without text).

    The fragments cover the line without gaps; white space and signs belong to the fragment before them, opening quotes
    and brackets to the one after. `language` is that of most letters, `und` where no word stands.
    """

    language: str
    fragments: tuple[Fragment, ...]


def separate(texts: Sequence[str], *, declared: str | None = None, hint: str | None = None) -> list[Separated]:
    """Separate the languages of the lines of one document, in order; one answer a line.

    `declared` is the language that the page states, `hint` that of the source (ISO 639-1): both are weak evidence.
    Never raises for what is in the texts; time is linear in their length.
    """
    pieces = [piece for place, text in enumerate(texts) for piece in _pieces(place, text)]
    blanked = [blank_neutral(piece.text) for piece in pieces]
    lines, sums = zip(*map(_weighed, blanked), strict=True) if blanked else ((), ())
    chosen = choose(sums, prior(declared, hint))
    spoken = sorted(
        {state for state, s in zip(chosen, sums, strict=True) if state is not None and s and s.letters >= _SENTENCE}
    )
    runs: list[list[_Stretch]] = [[] for _ in texts]
    for piece, bare, words, state in zip(pieces, blanked, lines, chosen, strict=True):
        if state is not None:
            runs[piece.place] += [
                replace(stretch, start=stretch.start + piece.start, end=stretch.end + piece.start)
                for stretch in _cut(piece.text, bare, words, state, spoken)
            ]
    names = _names(texts, runs)
    return [_separated(text, found, names) for text, found in zip(texts, runs, strict=True)]


def _weighed(text: str) -> tuple[list[Word], Sum | None]:
    """The words of a line, and their sum without foreign quotations; a first look is enough where no doubt is."""
    words = words_of(text)
    found = weighed(words)
    if found is None:
        return words, None
    if clear(words, found) and not embeds(text) and not suspicious(words, found.costs.index(min(found.costs))):
        return words, found
    words = spelt(words)
    return words, weighed(host(text, words))


class _Piece(NamedTuple):
    """A line, or a part of a very long one, with its place."""

    place: int
    start: int
    text: str


def _pieces(place: int, text: str) -> Iterator[_Piece]:
    """Part a line that is longer than any paragraph, at white space where there is any: memory stays bounded."""
    start = 0
    while len(text) - start > _LONG:
        blank = text.rfind(" ", start + _LONG // 2, start + _LONG)
        end = blank + 1 if blank >= 0 else start + _LONG
        yield _Piece(place, start, text[start:end])
        start = end
    yield _Piece(place, start, text[start:])


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A run of words with its place in the text."""

    start: int
    end: int
    letters: int
    state: int


def _cut(text: str, blanked: str, words: Sequence[Word], state: int, spoken: Sequence[int]) -> list[_Stretch]:
    """Cut a line into stretches of one state; nearly always it is one."""
    states = candidates(words, state, spoken) if suspicious(words, state) else [state]
    if len(states) > 1:
        spans = [match.span() for match in WORD.finditer(blanked)]
        edges = [(0, 0), *spans, (len(blanked), len(blanked))]
        gaps = [blanked[a:b] for (_, a), (b, _) in pairwise(edges)]
        runs = mixed(words, gaps, states, spoken)
        if len(runs) > 1:
            return _stretches(text, blanked, words, runs, state)
        state = runs[0].state
    return [_Stretch(0, len(text), sum([word.letters for word in words]), state)]


def _stretches(text: str, blanked: str, words: Sequence[Word], runs: Sequence[Run], base: int) -> list[_Stretch]:
    """Place the runs in the text. A quotation takes the signs that touch it; all else between goes to the line."""
    spans = [match.span() for match in WORD.finditer(blanked)]
    bounds = [0]
    for one, other in pairwise(runs):
        last, first = spans[one.last - 1][1], spans[other.first][0]
        bounds.append(_after(text, blanked, last, first) if other.state == base else _before(blanked, last, first))
    final = runs[-1]
    stretches = [
        _Stretch(start, end, sum([word.letters for word in words[run.first : run.last]]), run.state)
        for run, start, end in zip(runs, bounds, [*bounds[1:], len(text)], strict=True)
    ]
    end = _after(text, blanked, spans[-1][1], len(text))
    if final.state != base and end < len(text):  # an address after a quotation
        stretches[-1] = replace(stretches[-1], end=end)
        stretches.append(_Stretch(end, len(text), 0, base))
    return stretches


def _before(text: str, least: int, start: int) -> int:
    """The place before the opening signs that stand at `start`, not further back than `least`."""
    while start > least and text[start - 1] in _OPENING:
        start -= 1
    return start


def _after(text: str, blanked: str, end: int, most: int) -> int:
    """The place after the signs that touch a word's `end`, and after the white space behind them, at `most`."""
    most = _before(blanked, end, most)
    while end < most and not blanked[end].isspace():
        end += 1
    while end < most and text[end].isspace():
        end += 1
    return end


def _names(texts: Sequence[str], runs: Sequence[Sequence[_Stretch]]) -> dict[int, str]:
    """The name of each state that stands in the document; langdetect names those outside the focus, once for all."""
    outside: dict[int, list[str]] = {}
    names: dict[int, str] = {}
    for text, found in zip(texts, runs, strict=True):
        for stretch in found:
            name = STATES[stretch.state]
            names[stretch.state] = name
            if name not in FOCUS and name != "und":
                outside.setdefault(stretch.state, []).append(text[stretch.start : stretch.end])
    for state, pieces in outside.items():
        script = "Zzzz" if STATES[state] == OTHER else "Cyrl" if state < _LATIN_FROM else "Latn"
        named = judge("\n".join(pieces), script, FOCUS)
        names[state] = named if named != "und" or script == "Zzzz" else STATES[state]
        if STATES[state] in ("sr", "kk", "ky"):
            names[state] = STATES[state]
    return names


def _separated(text: str, runs: Sequence[_Stretch], names: dict[int, str]) -> Separated:
    if not runs:
        return Separated("und", (Fragment(0, len(text), "und"),) if text else ())
    fragments: list[Fragment] = []
    letters: dict[str, int] = {}
    for run in runs:
        name = names[run.state]
        if run.state < _LATIN_FROM:
            name = by_alphabet(text[run.start : run.end], name)
        letters[name] = letters.get(name, 0) + run.letters
        if fragments and fragments[-1].language == name:
            fragments[-1] = Fragment(fragments[-1].start, run.end, name)
        else:
            fragments.append(Fragment(fragments[-1].end if fragments else 0, run.end, name))
    fragments[-1] = Fragment(fragments[-1].start, len(text), fragments[-1].language)
    return Separated(max(letters, key=letters.__getitem__), tuple(fragments))
