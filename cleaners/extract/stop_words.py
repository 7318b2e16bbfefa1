"""The stop words of trafilatura's last resort, jusText: those of all languages, held once.

trafilatura gives jusText 154,000 words, which are in lower case already; jusText makes a set of them in lower case, and
keeps both: 27 MiB in each process, and a millisecond of each page to find the set again by all its words.
"""

from __future__ import annotations

from functools import cache

from justext import core
from justext.utils import get_stoplist, get_stoplists
from trafilatura import external

__all__ = ["share"]


class _Lowered(frozenset[str]):
    """Words in lower case."""

    __slots__ = ()


@cache
def _all_words() -> _Lowered:
    return _Lowered(word for language in get_stoplists() for word in get_stoplist(language))


def share() -> None:
    """Have trafilatura and jusText use one set, from now on in this process. What they find stays the same."""
    lowered = core.define_stoplist
    core.define_stoplist = lambda words: words if isinstance(words, _Lowered) else lowered(words)
    vars(external)["jt_stoplist_init"] = _all_words  # declared as a tuple; all that is asked is what words it has
