from __future__ import annotations

import pytest
from justext import core
from justext.utils import get_stoplist, get_stoplists
from lxml import html
from trafilatura import external

from cleaners.extract import found_text, stop_words

LINE = "The bakery on the corner has opened its doors to all of those who were there at seven in the morning, "
PAGE = "<html><body>" + f"<p>{3 * LINE} and it was good.</p>" * 4


def test_the_words_are_those_that_justext_would_use() -> None:
    assert found_text.share is stop_words.share
    theirs = {word.lower() for language in get_stoplists() for word in get_stoplist(language)}
    words = external.jt_stoplist_init()
    assert core.define_stoplist(words) is words is external.jt_stoplist_init()
    assert all(word in words for word in theirs)
    near = {changed for word in sorted(theirs)[::9] for changed in (word[:-1], f"{word}q", word.upper(), f"a{word}")}
    assert {word for word in near if word in words} == near & theirs


@pytest.mark.parametrize("words", [(), ("a",), ("і", "й", "the")])
def test_any_words_are_told_from_others(words: tuple[str, ...]) -> None:
    packed = stop_words._Words(words)
    assert [word in packed for word in ("", "a", "zz", "і", "й", "the", 5)] == [
        word in words for word in ("", "a", "zz", "і", "й", "the", 5)
    ]


def test_another_list_is_lowered_as_before() -> None:
    assert core.define_stoplist(("The", "OF")) == {"the", "of"}


def test_what_justext_finds_stays_the_same() -> None:
    found = external.try_justext(html.fromstring(PAGE), None, None)
    assert len(found) == 4
    assert [each.text for each in found] == [
        each.text for each in external.try_justext(html.fromstring(PAGE), None, "en")
    ]
