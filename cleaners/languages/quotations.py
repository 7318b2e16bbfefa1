"""Quotations inside a line: where they are, and what the line is without those in another language."""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Sequence
from itertools import accumulate, islice
from operator import add, sub

from cleaners.languages.model import word_costs
from cleaners.languages.scores import Score, score, sum_costs, unknown_words
from cleaners.languages.states import COUNTS, KNOWN
from cleaners.languages.table import STEPS_PER_NAT

__all__ = ["has_quotes", "quotation_spans", "without_quotations"]

# Text between a pair of quotes or brackets that could be a sentence of its own.
_QUOTATION = re.compile(
    '«[^«»]{8,2000}»|“[^“”]{8,2000}”|„[^„“”]{8,2000}[“”]|"[^"]{8,2000}"|\\([^()]{8,2000}\\)|‹[^‹›]{8,2000}›'
)
_MOST_QUOTATIONS = 16  # in a line: each is compared with all the rest
# The word lists decide the language of a quotation with so many times more words known than not, and such a lead.
_KNOWN_PER_UNKNOWN, _LEAD = 2, 2 * STEPS_PER_NAT
_BRAND = 2  # words
_FOREIGN = 6 * STEPS_PER_NAT  # so much better must another language explain a quotation


def has_quotes(text: str) -> bool:
    """Whether a line has quotes or brackets."""
    return "«" in text or '"' in text or "(" in text or "“" in text or "„" in text or "‹" in text


def quotation_spans(text: str, gaps: Sequence[str], tokens: Sequence[str]) -> list[tuple[int, int]]:
    """Return the words [first, last) in each pair of quotes or brackets that could hold a sentence.

    `gaps[i]` is the text before word i, and the last gap the text after all words.
    """
    found: list[tuple[int, int]] = []
    starts: list[int] = []
    for match in islice(_QUOTATION.finditer(text), _MOST_QUOTATIONS):
        if not starts:
            lengths = list(map(len, tokens))
            starts = list(accumulate(map(add, map(len, gaps), [0, *lengths])))
        found.append((bisect(starts, match.start(), 0, len(tokens)), bisect(starts, match.end(), 0, len(tokens))))
    return found


def without_quotations(
    inside: Sequence[tuple[int, int]], tokens: Sequence[str], costs: list[int], fields: tuple[int, ...], whole: Score
) -> tuple[int, ...]:
    """Return the sum of a line's costs without its quotations in another language.

    `fields` is the sum with them and `whole` its score. The words before and after a quotation together tell the
    language of the line. Where the word lists leave the language of a quotation open, the costs of its words in `costs`
    are replaced by those with spelling.
    """
    everything = fields
    for first, last in reversed(inside):
        quoted = sum_costs(costs[first:last])
        if quoted[KNOWN] == last - first and quoted[whole.state] <= _FOREIGN and fields is everything:
            rest = list(map(sub, whole.costs, quoted))
            if rest.index(min(rest)) == whole.state:
                continue  # the line is in the same language without it, and it is not foreign to that language
        outside = tuple(map(sub, fields, quoted))
        if _names_alone([*tokens[:first], *tokens[last:]], outside, quoted):
            continue
        line, quotation = score(outside), score(quoted)
        if quoted[KNOWN] < last - first and not (line and quotation and _is_same_language(line, quotation, quoted)):
            costs[first:last] = word_costs(tokens[first:last])
            quoted = sum_costs(costs[first:last])
            quotation = score(quoted)
        foreign = line and quotation and quotation.costs[line.state] - quotation.costs[quotation.state] > _FOREIGN
        fields = outside if last - first > 1 and foreign else tuple(map(add, outside, quoted))
    return fields


def _names_alone(tokens: Sequence[str], outside: Sequence[int], quoted: Sequence[int]) -> bool:
    """Whether the brackets are most of the line, and only a brand is outside them: "Bloomberg (агентство новин)"."""
    return (
        len(tokens) <= _BRAND
        and not quoted[COUNTS["Latn"]]
        and outside[COUNTS["Latn"]] == len(tokens)
        and not any(map(str.islower, tokens))
    )


def _is_same_language(line: Score, quotation: Score, quoted: Sequence[int]) -> bool:
    """Whether the word lists alone decide that a quotation is in the language of its line."""
    if quotation.state != line.state or quotation.lead < _LEAD:
        return False
    return quoted[KNOWN] >= _KNOWN_PER_UNKNOWN * unknown_words(quoted)
