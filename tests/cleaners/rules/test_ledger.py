from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaners.document import Drop, Fragment, Line
from cleaners.rules.ledger import LedgerBuilder


def cut(text: str, *spans: tuple[int, int | None]) -> tuple[str | None, list[str]]:
    builder = LedgerBuilder([Line(0, text)])
    builder.apply(Drop(0, "chrome", "test", start=a, end=b) for a, b in spans)
    entry = builder.ledger()[0]
    return entry.kept, [text[c.start : c.end] for c in entry.cuts]


@pytest.mark.parametrize(
    ("text", "spans", "kept", "cuts"),
    [
        ("один два три", [(0, None)], None, ["один два три"]),
        ("один два три", [(5, 8)], "один три", ["два "]),
        ("один два три", [(9, 12)], "один два", [" три"]),
        ("один два три", [(0, 4)], "два три", ["один "]),
        ("один два три", [(0, 4), (9, 12)], "два", ["один ", " три"]),
        ("один два три", [(0, 8), (5, 12)], None, ["один два", " три"]),
        ("один два три", [(5, 8), (5, 8)], "один три", ["два "]),
        ("один два три", [(4, 4)], "один два три", []),
        ("один два три", [(5, 400)], "один", [" два три"]),
        ("", [(0, None)], None, [""]),
    ],
)
def test_cuts(text: str, spans: list[tuple[int, int | None]], kept: str | None, cuts: list[str]) -> None:
    assert cut(text, *spans) == (kept, cuts)


def test_later_drops_speak_of_the_text_that_still_stands() -> None:
    builder = LedgerBuilder([Line(0, "один два три чотири")])
    assert builder.apply([Drop(0, "chrome", "first", start=0, end=5)])
    assert builder.remaining()[0].text == "два три чотири"
    assert builder.apply([Drop(0, "share", "second", start=0, end=4)])
    assert not builder.apply([])
    (entry,) = builder.ledger()
    assert entry.kept == "три чотири"
    assert [(c.rule, c.start, c.end) for c in entry.cuts] == [("first", 0, 5), ("second", 5, 9)]


def test_fragments_follow_the_text_and_the_language_follows_the_fragments() -> None:
    fragments = (Fragment(0, 12, "uk"), Fragment(12, 27, "en"))
    builder = LedgerBuilder([Line(0, "Слово дня — subscribe to us now", language="uk", fragments=fragments)])
    builder.apply([Drop(0, "subscribe", "test", start=0, end=12)])
    (line,) = builder.remaining()
    assert (line.text, line.language) == ("subscribe to us now", "en")
    assert line.fragments == (Fragment(0, 15, "en"),)


def test_a_drop_of_a_line_that_is_gone_changes_nothing() -> None:
    builder = LedgerBuilder([Line(0, "один")])
    builder.apply([Drop(0, "chrome", "first")])
    assert not builder.apply([Drop(0, "chrome", "second")])
    assert [c.rule for c in builder.ledger()[0].cuts] == ["first"]


texts = st.text(st.sampled_from("аб  .\t"), max_size=12)
drops = st.tuples(st.integers(0, 2), st.integers(0, 12), st.none() | st.integers(0, 14))


@given(st.lists(texts, max_size=3), st.lists(st.lists(drops, max_size=4), max_size=4))
def test_every_character_is_kept_or_in_exactly_one_cut(
    lines: list[str], rounds: list[list[tuple[int, int, int | None]]]
) -> None:
    builder = LedgerBuilder([Line(i, text) for i, text in enumerate(lines)])
    for found in rounds:
        builder.apply(Drop(p, "chrome", "test", start=a, end=b) for p, a, b in found if p < len(lines))
    ledger = builder.ledger()
    assert [entry.line.text for entry in ledger] == lines
    for entry in ledger:
        cuts = entry.cuts
        assert all(a.end <= b.start for a, b in pairwise(cuts))
        at, kept = 0, ""
        for c in cuts:
            kept += entry.line.text[at : c.start]
            at = c.end
        assert kept + entry.line.text[at:] == (entry.kept or "")
    remaining = {line.index: line.text for line in builder.remaining()}
    assert {e.line.index: e.kept for e in ledger if e.kept} == {p: t for p, t in remaining.items() if t}
