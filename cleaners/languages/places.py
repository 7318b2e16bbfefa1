"""Places in a line where another language begins or ends more often than elsewhere: labels, quotes, sentences, tags.

They make the price of a change smaller, and the shortest fragment shorter.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from cleaners.languages.capitals import CLOSES, NAMED, OPENS, is_clause
from cleaners.languages.states import FOCUS, LATIN_FROM, OTHER, STATES
from cleaners.languages.table import STEPS_PER_NAT
from cleaners.languages.viterbi import AT_QUOTE, INSIDE
from cleaners.vocabulary import words

__all__ = ["AT_LABEL", "LABEL", "adjust", "has_label", "label_of", "least_words"]

_OTHER = STATES.index(OTHER)
LABEL = 4
"""Words that a label has at most: "Читайте також", "Джерело фото"."""
_LABELLED = re.compile(r"[^:]{2,40}:\s")
_COLON = re.compile(r"\s*:\s+[«„“\"]?")
_END = re.compile(r"[.!?…][»”\")]?\s")
AT_LABEL = STEPS_PER_NAT // 2
"""The price of another language at the start of a line that begins with a label."""
_NEVER = 1_000_000
_TAGS = frozenset(words("language.tag"))


def has_label(text: str) -> bool:
    """Whether a line begins with a label, such as "Джерело: "."""
    return _LABELLED.match(text) is not None


def label_of(gaps: Sequence[str]) -> int:
    """Return the number of words of the label that a line begins with, or 0. `gaps[i]` is the text before word i."""
    for i, gap in enumerate(gaps[1 : LABEL + 1], 1):
        if ":" in gap:
            return i if i < len(gaps) - 1 and _COLON.fullmatch(gap) else 0
    return 0


def adjust(prices: list[int], tokens: Sequence[str], gaps: Sequence[str], label: int) -> None:
    """Change the prices of a change of language where a label or the tag of a language stands; in place."""
    if label:
        prices[0], prices[label] = AT_LABEL, AT_QUOTE
    for i in [i for i, gap in enumerate(gaps) if "(" in gap]:
        if i < len(tokens) and tokens[i].lower() in _TAGS and gaps[i + 1][:1] in (".", ":"):
            prices[i], prices[i + 1] = INSIDE, AT_QUOTE


def least_words(first: int, last: int, state: int, base: int, tokens: Sequence[str], gaps: Sequence[str]) -> int:
    """How many words a run [first, last) in `state` needs to be a fragment of a line in `base`.

    Fewer are a name or a loan. A quotation, a label and a sentence of its own need fewer than words inside a sentence.
    """
    if state == _OTHER:
        return 1
    before, after = gaps[first], gaps[last]
    quoted = OPENS.search(before) is not None and CLOSES.search(after) is not None
    label = not first and STATES[state] in FOCUS and _COLON.fullmatch(after) is not None
    if state < LATIN_FROM <= base:
        return 1 if quoted or label else 2
    if state < LATIN_FROM:
        # «Нова Пошта» is a name, whatever its language, and so is the speaker before a colon.
        named = last - first > 1 and all(token.istitle() for token in tokens[first:last])
        named |= first > 0 and tokens[first][0].isupper() and tokens[first - 1].lower().startswith(NAMED)
        return _NEVER if named else 1 if label else 2 if quoted else 3
    begins, ends = not first or _END.search(before), last == len(tokens) or _END.search(after)
    if base < LATIN_FROM and (quoted or (begins and ends)):
        return 2 if is_clause(tokens[first:last]) or not quoted else 3
    return 3
