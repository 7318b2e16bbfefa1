"""The lines of one document, each cut into fragments of one language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cleaners.document import Fragment
from cleaners.languages.context import choose, prior
from cleaners.languages.judge import judge
from cleaners.languages.mixing import Run, mixed, suspicious
from cleaners.languages.model import CYRILLIC, FOCUS, LATIN, OTHER, STATES, Word, total, weigh, words_of
from cleaners.languages.words import WORD, blank_neutral

__all__ = ["FOCUS", "Separated", "separate"]

_BARRED = 10_000  # the cost of a script of which no letter stands in the line
_LATIN_FROM, _OTHER_AT = len(CYRILLIC), len(CYRILLIC) + len(LATIN)
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

    `declared` is the language that the page states, `hint` that of the source (ISO 639-1): both are weak evidence. Never
    raises for what is in the texts; time is linear in their length.
    """
    blanked = [blank_neutral(text) for text in texts]
    lines = [words_of(text) for text in blanked]
    costs = [_line_costs(words) if words else None for words in lines]
    letters = [sum([word.letters for word in words]) for words in lines]
    chosen = choose(costs, letters, prior(declared, hint))
    spoken = sorted({state for state, n in zip(chosen, letters, strict=True) if state is not None and n >= 25})
    runs = [
        _runs(text, words, state, spoken) if state is not None else []
        for text, words, state in zip(blanked, lines, chosen, strict=True)
    ]
    names = _names(blanked, runs)
    return [_separated(text, found, names) for text, found in zip(texts, runs, strict=True)]


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A run of words with its place in the text."""

    start: int
    end: int
    letters: int
    state: int


def _line_costs(words: Sequence[Word]) -> list[int]:
    """The costs of a line by state; a script that does not stand in it is out of the question."""
    costs = total(words)
    scripts = {word.script for word in words}
    if "Cyrl" not in scripts:
        costs[:_LATIN_FROM] = [cost + _BARRED for cost in costs[:_LATIN_FROM]]
    if "Latn" not in scripts:
        costs[_LATIN_FROM:_OTHER_AT] = [cost + _BARRED for cost in costs[_LATIN_FROM:_OTHER_AT]]
    if "Zzzz" not in scripts:
        costs[_OTHER_AT] += _BARRED
    return costs


def _runs(text: str, words: Sequence[Word], state: int, spoken: Sequence[int]) -> list[_Stretch]:
    if not suspicious(words, state):
        return [_Stretch(0, len(text), sum([word.letters for word in words]), state)]
    spans = [match.span() for match in WORD.finditer(text)]
    gaps = [text[a:b] for (_, a), (b, _) in zip([(0, 0), *spans], spans, strict=False)]
    return [_stretch(text, words, spans, run) for run in mixed(words, gaps, state, spoken)]


def _stretch(text: str, words: Sequence[Word], spans: Sequence[tuple[int, int]], run: Run) -> _Stretch:
    start = spans[run.first][0] if run.first else 0
    end = spans[run.last][0] if run.last < len(spans) else len(text)
    if run.first:
        start = _before(text, spans[run.first - 1][1], start)
    if run.last < len(spans):
        end = _before(text, spans[run.last - 1][1], end)
    return _Stretch(start, end, sum(word.letters for word in words[run.first : run.last]), run.state)


def _before(text: str, least: int, start: int) -> int:
    """The place before the opening signs that stand at `start`, not further back than `least`."""
    while start > least and text[start - 1] in _OPENING:
        start -= 1
    return start


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
        letters[name] = letters.get(name, 0) + run.letters
        if fragments and fragments[-1].language == name:
            fragments[-1] = Fragment(fragments[-1].start, run.end, name)
        else:
            fragments.append(Fragment(run.start, run.end, name))
    return Separated(max(letters, key=letters.__getitem__), tuple(fragments))
