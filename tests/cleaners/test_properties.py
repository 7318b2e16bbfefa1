"""Properties that hold for every page."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaners import Document, clean_text
from cleaners.rules.phrase_files import entries
from support.cleaner_pages import PARAGRAPHS
from support.paths import SHARED

ORDINARY = (
    *PARAGRAPHS,
    "The council passed the budget for next year after a long quarrel that went on almost until morning, members say.",
    "Most of the money will go to the bridge over the river, and the rest is for the hospital and two schools.",
    "Він помовчав.",
    "— Так, — сказав мер і зачинив вікно.",
    "What happens next",
    "Що буде далі",
)
LEFTOVERS = tuple(text for entry in entries() for text in entry.yes)
# Whole words and signs: whether repair finds the same mojibake twice in a soup of letters is its own to test.
WORDS = [
    "вода",
    "Міст",
    "rain",
    "The",
    "U.S.",
    "12",
    "3:05",
    ":",
    "—",
    "–",
    "•",
    "•0",
    "«",
    "»",
    ".",
    "?",
    "!",
    "…",
    "(",
    ")",
    "▶",
    "@ae",
    "©",
    "#",
    "Фото",
    "By",
    "вул.",
    "не,",
    "it's",
    "https://a.example",
]
plain_text = st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join)
lines = st.sampled_from(ORDINARY) | st.sampled_from(LEFTOVERS) | plain_text
joined = st.lists(st.lists(lines, min_size=1, max_size=3).map(" ".join), max_size=12).map("\n".join)


def text_of(document: Document) -> str:
    return "\n".join(p.text for p in document.paragraphs)


@given(joined)
def test_every_line_is_in_the_ledger_once_and_every_character_is_kept_or_cut_once(text: str) -> None:
    document = clean_text(text)
    assert [entry.line.index for entry in document.ledger] == list(range(len(document.ledger)))
    for entry in document.ledger:
        kept, at = "", 0
        for cut in entry.cuts:
            assert at <= cut.start <= cut.end <= len(entry.line.text)
            assert cut.rule
            assert cut.evidence
            kept += entry.line.text[at : cut.start]
            at = cut.end
        assert kept + entry.line.text[at:] == (entry.kept or "")
    assert [p.text for p in document.paragraphs] == [entry.kept for entry in document.ledger if entry.kept]


@given(joined)
def test_cleaning_a_clean_text_changes_nothing(text: str) -> None:
    once = text_of(clean_text(text))
    assert text_of(clean_text(once)) == once


@given(st.permutations(ORDINARY))
def test_ordinary_text_stays_unchanged(texts: list[str]) -> None:
    text = "\n".join(t for t in texts if t.endswith("."))
    assert text_of(clean_text(text)) == text


def visible(text: str) -> list[str]:
    return text.replace("\u200b", "").split()


def gold() -> list[Path]:
    return sorted(SHARED.glob("gold/seeds/*.txt")) + sorted(SHARED.glob("gold/texts/*/*.txt"))


@pytest.mark.skipif(not SHARED.exists(), reason=f"needs the gold texts in {SHARED}")
@pytest.mark.parametrize("path", gold(), ids=lambda p: p.stem)
def test_real_texts_are_cleaned_once_and_clean_ones_stay(path: Path) -> None:
    text = path.read_text("utf-8")
    once = text_of(clean_text(text))
    assert text_of(clean_text(once)) == once
    wanted = json.loads(path.with_suffix(".json").read_text("utf-8"))
    if not wanted["dropped"] and not wanted.get("optional") and "paragraphs" in wanted:
        assert visible(once) == visible(" ".join(p["text"] for p in wanted["paragraphs"]))
