"""The stop words of trafilatura's last resort, jusText: those of all languages, held once and packed.

trafilatura gives jusText 154,000 words, which are in lower case already; jusText makes a set of them in lower case, and
keeps both: 27 MiB in each process, and a millisecond of each page to find the set again by all its words. As one text
they take 3 MiB, and a look-up 3 microseconds.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable
from functools import cache
from itertools import accumulate

from justext import core
from justext.utils import get_stoplist, get_stoplists
from trafilatura import external

__all__ = ["share"]


class _Words:
    """Words in lower case: all that is asked of them is whether one is among them."""

    __slots__ = ("_ends", "_text")

    def __init__(self, words: Iterable[str]) -> None:
        ordered = sorted(set(words))
        self._text = "".join(ordered)
        self._ends = array("I", accumulate(map(len, ordered), initial=0))

    def __contains__(self, word: object) -> bool:
        if not isinstance(word, str):
            return False
        at = bisect_left(range(len(self._ends) - 1), word, key=self._word)
        return at < len(self._ends) - 1 and self._word(at) == word

    def _word(self, at: int) -> str:
        return self._text[self._ends[at] : self._ends[at + 1]]


@cache
def _all_words() -> _Words:
    return _Words(word for language in get_stoplists() for word in get_stoplist(language))


def share() -> None:
    """Have trafilatura and jusText use one set, from now on in this process. What they find stays the same."""
    lowered = core.define_stoplist
    core.define_stoplist = lambda words: words if isinstance(words, _Words) else lowered(words)
    vars(external)["jt_stoplist_init"] = _all_words  # declared as a tuple; all that is asked is what words it has
