"""The lines of one document, each cut into fragments of one language."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from cleaners.document import Fragment
from cleaners.languages.capitals import lower_sentences
from cleaners.languages.code_switching import Run, Words, segment, suggests_switch, switch_threshold
from cleaners.languages.context import choose, prior
from cleaners.languages.langdetect_fallback import PROFILES, by_letters, detect
from cleaners.languages.members import member
from cleaners.languages.model import lexicon_costs, word_costs
from cleaners.languages.parallel import MOST_WORDS, sides
from cleaners.languages.places import LABEL, has_label
from cleaners.languages.quotations import has_quotes, quotation_spans, without_quotations
from cleaners.languages.scores import Score, is_decided, score, sum_costs
from cleaners.languages.states import COUNTS, FOCUS, KNOWN, LATIN_FROM, LETTERS, OTHER, STATES
from cleaners.languages.words import PARTS, WORD, blank_neutral, with_letters_joined

__all__ = ["FOCUS", "Separated", "language_spans", "separate"]

_SENTENCE = 25  # letters from which a line shows a language of the document
_LONG = 20_000  # characters
_AROUND = 5  # words on both sides of a possible fragment: its exact end is not known yet
_NAMED = ("sr", "kk", "ky", "tt", "tr")  # langdetect has none of them but Turkish, and not its neighbours
_SINGLE = ("mk", "fr", "pt", "it", "ro", "cs", "sk", "hu")  # states of one language that langdetect knows, too
_NAME = 3  # words
_APART = 3  # letters a word has on average: below, they may stand apart
_TELLING = 80  # characters; of five words alone, langdetect names one in five wrong
Span = tuple[int, int, str]
_OTHER = STATES.index(OTHER)
_CYRILLIC, _LATIN = COUNTS["Cyrl"], COUNTS["Latn"]
_OPENING = "\"'«“„‟‘‹([{<¿¡#@*_`"


@dataclass(frozen=True, slots=True)
class Separated:
    """The languages of one line: that of the line, and its fragments in order (none for a line without text).

    The fragments cover the line without gaps; white space and marks belong to the fragment before them, opening quotes
    and brackets to the one after. `language` is that of most letters, `und` where there is no word.
    """

    language: str
    fragments: tuple[Fragment, ...]


def separate(texts: Sequence[str], *, declared: str | None = None, hint: str | None = None) -> list[Separated]:
    """Separate the languages of the lines of one document; one answer for each line, in order.

    `declared` is the language that the page states, `hint` that of the source (ISO 639-1): both are weak evidence.
    Never raises for what is in the texts; time is linear in their length.
    """
    return [
        Separated(language, tuple([Fragment(*span) for span in spans]))
        for language, spans in language_spans(texts, declared, hint)
    ]


def language_spans(texts: Sequence[str], declared: str | None, hint: str | None) -> list[tuple[str, list[Span]]]:
    """The same in plain tuples: the language of each line, and the start, end and language of its fragments."""
    pieces: list[_Piece] = []
    for index, text in enumerate(texts):
        pieces += [_Piece(index, 0, text)] if len(text) <= _LONG else _pieces(index, text)
    lines = [_score_line(piece.text) for piece in pieces]
    before = prior(declared, hint)
    chosen = choose([line.score for line in lines], before)
    document_states = {
        state
        for state, line in zip(chosen, lines, strict=True)
        if state is not None and line.score and line.score.letters >= _SENTENCE
    }
    runs: list[list[_Stretch]] = [[] for _ in texts]
    for piece, line, state in zip(pieces, lines, chosen, strict=True):
        if state is not None:
            runs[piece.line] += _cut(piece, line, state, document_states, before.rare)
    names = _names(texts, runs)
    return [_named(text, found, names) for text, found in zip(texts, runs, strict=True)]


class _Line(NamedTuple):
    """A line and its words: the text without addresses, the costs, their sum, the score without foreign quotations."""

    text: str
    tokens: list[str]
    gaps: list[str] | None
    costs: list[int]
    fields: Sequence[int]
    score: Score | None


def _score_line(text: str) -> _Line:
    """Score a line: by the word lists alone where they decide, and without quotations in another language."""
    text = blank_neutral(text)
    gaps = None
    if has_quotes(text):
        parts = PARTS.split(text)
        gaps, tokens = parts[::2], parts[1::2]
    else:
        tokens = WORD.findall(text)
    costs = lexicon_costs(tokens)
    fields = sum_costs(costs)
    found = score(fields)
    if fields[_LATIN] > 1 and fields[_CYRILLIC]:
        gaps = gaps or WORD.split(text)
        lowered = lower_sentences(tokens, gaps)
        if lowered:
            tokens = lowered
            costs = lexicon_costs(tokens)
            fields = sum_costs(costs)
            found = score(fields)
    if found is None:
        return _Line(text, tokens, gaps, costs, fields, None)
    if found.letters < _APART * len(tokens) and (joined := with_letters_joined(text)) != text:
        costs = word_costs(WORD.findall(joined))
        fields = sum_costs(costs)
        return _Line(text, [], None, costs, fields, score(fields))  # without words there is nothing to cut
    if fields[KNOWN] < len(tokens) and not is_decided(fields, found):
        costs = word_costs(tokens)
        fields = sum_costs(costs)
        found = score(fields)
    if gaps is not None:
        quotations = quotation_spans(text, gaps, tokens)
        if quotations and found is not None:
            rest = without_quotations(quotations, tokens, costs, fields, found)
            if rest is not fields:
                found = score(rest)
                fields = sum_costs(costs)
    if found is not None and 1 < len(tokens) <= _NAME and all(map(str.istitle, tokens)):
        # A name alone: it comes from anywhere, so that half of its evidence is left to the lines around it.
        found = found._replace(costs=tuple([cost // 2 for cost in found.costs]), lead=found.lead // 2)
    return _Line(text, tokens, gaps, costs, fields, found)


class _Piece(NamedTuple):
    """A line, or a part of a very long one, with its offset in the line."""

    line: int
    start: int
    text: str


def _pieces(line: int, text: str) -> Iterator[_Piece]:
    """Split a line that is longer than any paragraph, at white space where there is any, to bound the memory."""
    start = 0
    while len(text) - start > _LONG:
        blank = text.rfind(" ", start + _LONG // 2, start + _LONG)
        end = blank + 1 if blank >= 0 else start + _LONG
        yield _Piece(line, start, text[start:end])
        start = end
    yield _Piece(line, start, text[start:])


class _Stretch(NamedTuple):
    """A run of words as a span of the text."""

    start: int
    end: int
    letters: int
    state: int


def _cut(
    piece: _Piece, line: _Line, state: int, document_states: Collection[int], rare: Sequence[float]
) -> list[_Stretch]:
    """Split a line into stretches of one state; nearly always it is a single one."""
    start, end = piece.start, piece.start + len(piece.text)
    if not line.tokens:
        return [_Stretch(start, end, line.fields[LETTERS], state)]
    if len(line.tokens) <= MOST_WORDS:
        found = sides(line.text, state, rare, document_states)
        if found:
            return [_Stretch(start + side.start, start + side.end, side.letters, side.state) for side in found]
    if ":" in line.text and has_label(line.text):
        line = _with_label(line)
    least = switch_threshold(line.text, line.fields[state])
    if least and suggests_switch((words := Words(line.tokens, line.costs, state)).home, least):
        gaps = WORD.split(line.text) if line.gaps is None else line.gaps
        runs = segment(words, gaps, document_states)
        if len(runs) > 1 or runs[0].state != state:
            # That is by the word lists alone: once more with the spelling of the other words there.
            costs = list(line.costs)
            for run in runs:
                if run.state != state:
                    around = slice(max(0, run.first - _AROUND), run.last + _AROUND)
                    costs[around] = word_costs(line.tokens[around])
            if costs != line.costs:
                runs = segment(Words(line.tokens, costs, state), gaps, document_states)
        if len(runs) > 1:
            return [
                _Stretch(start + stretch.start, start + stretch.end, stretch.letters, stretch.state)
                for stretch in _stretches(piece.text, line, runs, state)
            ]
        state = runs[0].state
    return [_Stretch(start, end, line.fields[LETTERS], state)]


def _with_label(line: _Line) -> _Line:
    """The line with the spelling of the words of its label counted, which the word lists need not have."""
    costs = [*word_costs(line.tokens[:LABEL]), *line.costs[LABEL:]]
    return line if costs == line.costs else line._replace(costs=costs, fields=sum_costs(costs))


def _stretches(text: str, line: _Line, runs: Sequence[Run], base: int) -> list[_Stretch]:
    """Turn runs into spans. A quotation takes the marks that touch it; everything else between belongs to the line."""
    blanked = line.text
    spans = [match.span() for match in WORD.finditer(blanked)]
    bounds = [0]
    for one, other in pairwise(runs):
        last, first = spans[one.last - 1][1], spans[other.first][0]
        bounds.append(_after(text, blanked, last, first) if other.state == base else _before(blanked, last, first))
    final = runs[-1]
    stretches = [
        _Stretch(start, end, sum_costs(line.costs[run.first : run.last])[LETTERS], run.state)
        for run, start, end in zip(runs, bounds, [*bounds[1:], len(text)], strict=True)
    ]
    end = _after(text, blanked, spans[-1][1], len(text))
    if final.state != base and end < len(text):  # an address after a quotation
        stretches[-1] = stretches[-1]._replace(end=end)
        stretches.append(_Stretch(end, len(text), 0, base))
    return stretches


def _before(text: str, least: int, start: int) -> int:
    """The offset before the opening marks that end at `start`, not before `least`."""
    while start > least and text[start - 1] in _OPENING:
        start -= 1
    return start


def _after(text: str, blanked: str, end: int, most: int) -> int:
    """The offset after the marks that touch a word's `end` and the white space behind them, at most `most`."""
    most = _before(blanked, end, most)
    while end < most and not blanked[end].isspace():
        end += 1
    while end < most and text[end].isspace():
        end += 1
    return end


def _names(texts: Sequence[str], runs: Sequence[Sequence[_Stretch]]) -> dict[int, str]:
    """The language of each state that occurs; langdetect names those outside the focus, once for each document."""
    outside: dict[int, list[str]] = {}
    names: dict[int, str] = {}
    for text, found in zip(texts, runs, strict=True):
        for stretch in found:
            name = STATES[stretch.state]
            names[stretch.state] = name
            if name not in FOCUS and name != "und":
                outside.setdefault(stretch.state, []).append(text[stretch.start : stretch.end])
    for state, pieces in outside.items():
        name = STATES[state]
        text = "\n".join(pieces)
        if name in _NAMED or (name in _SINGLE and len(text) < _TELLING):
            continue
        named = detect(text, "Zzzz" if name == OTHER else "Cyrl" if state < LATIN_FROM else "Latn", FOCUS)
        names[state] = named if named != "und" or name == OTHER else name
    return names


def _named(text: str, runs: Sequence[_Stretch], names: dict[int, str]) -> tuple[str, list[Span]]:
    if not runs:
        return "und", [(0, len(text), "und")] if text else []
    if len(runs) == 1 and runs[0].state != _OTHER:
        name = member(text[runs[0].start : runs[0].end], names[runs[0].state])
        return name, [(0, len(text), name)]
    spans: list[Span] = []
    letters: dict[str, int] = {}
    for start, end, count, state in runs:
        name = names[state]
        if state != _OTHER:
            name = member(text[start:end], name)
        elif (alone := by_letters(text[start:end])) not in PROFILES:
            name = alone  # whatever other scripts the document has
        letters[name] = letters.get(name, 0) + count
        if spans and spans[-1][2] == name:
            spans[-1] = (spans[-1][0], end, name)
        else:
            spans.append((spans[-1][1] if spans else 0, end, name))
    spans[-1] = (spans[-1][0], len(text), spans[-1][2])
    return max(letters, key=letters.__getitem__), spans
