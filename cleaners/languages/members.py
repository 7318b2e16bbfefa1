"""Which language of a group: Tatar, Bashkir, Uzbek, Crimean Tatar and others share a state of the model.

Letters tell them apart: a pair of letters costs in each language what it is rare there, and one that its alphabet lacks
costs the most. Rusyn, which is spelt as Ukrainian and for its ы as no other, is known by its words, Belarusian in Latin
letters by those that Ukrainian has no use for.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

from cleaners.languages.states import CYRILLIC
from cleaners.languages.words import WORD, plain
from cleaners.vocabulary import words

__all__ = ["MEMBERS", "PAIRS", "UNSEEN", "member"]

PAIRS = Path(__file__).parent / "data" / "members.json"
MEMBERS = {
    "Cyrl": ("kk", "ky", "tt", "ba", "crh", "uz", "cv", "mn", "tg"),
    "Latn": ("tr", "az", "crh", "uz"),
}
"""The languages that pairs of letters tell apart."""
UNSEEN = 96
"""What a pair costs that a language does not have, in steps of 1/12 nat."""
_GROUPS = {"kk": "Cyrl", "ky": "Cyrl", "tt": "Cyrl", "tr": "Latn"}
# Letters that none of uk, ru, be and bg has. So many of them, and so large a share of all characters, are no quotation
# of a name.
_RARE = re.compile("[\u0492-\u052f]")  # all of them, and fast to look for
_FOREIGN = re.compile("[әғҙқҡҗңөҫүұһҳҷӣӯӑӗӳӘҒҘҚҠҖҢӨҪҮҰҺҲҶӢӮӐӖӲ]")
_CYRILLIC = frozenset(CYRILLIC)
_ENOUGH, _SHARE = 2, 0.02
_RUSYN = frozenset(words("language.rusyn"))
_NEAR_RUSYN = ("uk", "ru")
_MOST = 2_000  # characters that are looked at


def member(text: str, likely: str) -> str:
    """Name the language of a text in the state `likely`, or what its letters say; `likely` where they say nothing."""
    group = _GROUPS.get(likely)
    if group is None and likely in _CYRILLIC and _RARE.search(text):
        seen = len(_FOREIGN.findall(text))
        group = "Cyrl" if seen >= _ENOUGH and seen >= _SHARE * len(text) else None
    if group is not None:
        return _cheapest(text[:_MOST], group)
    if likely in _NEAR_RUSYN and "ы" in text and ("і" in text or "є" in text) and _is_rusyn(text[:_MOST]):
        return "rue"
    if likely == "und" and _is_belarusian(text):
        return "be"
    return likely


def _cheapest(text: str, group: str) -> str:
    languages, costs = _pairs(group)
    sums = [0] * len(languages)
    for token in WORD.findall(text):
        marked = f"^{plain(token)}$"
        for at in range(len(marked) - 1):
            for i, cost in enumerate(costs.get(marked[at : at + 2], ())):
                sums[i] += cost
    return languages[sums.index(min(sums))]


@cache
def _pairs(group: str) -> tuple[list[str], dict[str, list[int]]]:
    table = json.loads(PAIRS.read_text("utf-8"))[group]
    languages = list(table)
    pairs = sorted({pair for costs in table.values() for pair in costs})
    return languages, {pair: [table[name].get(pair, UNSEEN) for name in languages] for pair in pairs}


def _is_rusyn(text: str) -> bool:
    forms = [plain(token) for token in WORD.findall(text)]
    own = sum(form in _RUSYN for form in forms)
    hard = sum("ы" in form for form in forms)
    return own >= 1 and own + hard >= 3 and 6 * (own + hard) >= len(forms)


def _is_belarusian(text: str) -> bool:
    lower = text.lower()
    return "ŭ" in lower or (any(c in lower for c in "śźćńł") and any(c in lower for c in "čšž"))
