"""What holds for every text: fragments cover the line, nothing raises, nothing depends on chance or on company."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaners.languages import label, separate
from support.work import calls

LINES = [
    "Учора в місті відкрили нову бібліотеку.",
    "He said «Ніхто не знає, що буде завтра» and left.",
    "Gestern wurde in der Stadt eine neue Bibliothek eröffnet.",
    "Шаҳр мактаби нав дорад, гуфт ӯ ҷавобан",
    "Во градот се отвори нова библиотека",
    "Новини",
    "+380 44 123 45 67",
]
PARTS = st.sampled_from(
    [
        "Він сказав", "what is this", "«", "»", '"', "(", ")", " ", ", ", ". ", "https://a.ua/x", "&amp;", "<a b>",
        "привет", "і\u0308", "\u0301", "\u00ad", "’", "-", "\ud83d", "\x00", "5G", "#тег", "хто-небудь знає", "IT",
        "日本", "ўсё",
    ]
)  # fmt: skip


@given(st.lists(st.one_of(st.text(max_size=80), st.lists(PARTS, max_size=25).map("".join)), max_size=5))
def test_fragments_cover_each_line_without_gaps(texts: list[str]) -> None:
    answers = separate(texts)
    assert len(answers) == len(texts)
    for text, answer in zip(texts, answers, strict=True):
        assert "".join(text[f.start : f.end] for f in answer.fragments) == text
        assert all(f.start < f.end for f in answer.fragments)
        assert all(a.language != b.language for a, b in zip(answer.fragments, answer.fragments[1:], strict=False))
        assert answer.language in {f.language for f in answer.fragments} | {"und"}
    assert separate(texts) == answers


def test_a_very_long_line_is_one_line() -> None:
    text = "Учора в місті відкрили нову бібліотеку, і всі прийшли. " * 2_000
    line = separate([text])[0]
    assert line.language == "uk"
    assert [(f.start, f.end) for f in line.fragments] == [(0, len(text))]


HOSTILE = [
    "я", "a'", "a.", "@", "&", "<a", "«", '" ', "(я ", "-a", "http://", "и\u0306", "\ud800", "a.b.c.", "a-b-", '<a b="',
    '"слово наше "word here" ', "«word и слово ", "x" * 50 + " ", "„a“", "қ ў",
]  # fmt: skip


@pytest.mark.parametrize("unit", HOSTILE)
def test_hostile_repetition_is_no_trouble(unit: str) -> None:
    text = unit * (50_000 // len(unit))  # more than is looked at in one piece
    line = separate([text])[0]
    assert line.fragments[0].start == 0
    assert line.fragments[-1].end == len(text)


@pytest.mark.parametrize("unit", HOSTILE)
def test_twice_the_text_is_at_most_twice_the_work(unit: str) -> None:
    text = unit * (6_000 // len(unit))
    separate([text * 2])  # tables and words are remembered from now on
    assert calls(separate, [text * 2]) <= 2 * calls(separate, [text]) + 500


def test_threads_that_start_cold_agree() -> None:
    # A process of its own, so that no table and no profile is loaded yet when the threads start.
    script = (
        "from concurrent.futures import ThreadPoolExecutor\n"
        "from cleaners.languages import separate\n"
        f"lines = {LINES!r}\n"
        "with ThreadPoolExecutor(8) as pool:\n"
        "    answers = list(pool.map(lambda _: separate(lines), range(24)))\n"
        "assert all(answer == answers[0] for answer in answers)\n"
        "print([line.language for line in answers[0]])\n"
    )
    seed = "1" if os.environ.get("PYTHONHASHSEED") != "1" else "2"  # another than here
    child = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        check=True,
        text=True,
        env={**os.environ, "PYTHONHASHSEED": seed},
    )
    assert child.stdout == f"{[line.language for line in separate(LINES)]}\n"


def test_forked_processes_agree() -> None:
    expected = separate(LINES)
    with ProcessPoolExecutor(2, mp_context=get_context("fork")) as pool:
        assert list(pool.map(separate, [LINES] * 2)) == [expected] * 2


def test_threads_agree_with_one_thread() -> None:
    expected = separate(LINES)
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(separate, [LINES] * 8)) == [expected] * 8


def test_label_gives_what_the_command_prints() -> None:
    record = {"id": "a", "paragraphs": ["Новини", "", "12:45"]}
    assert label(record) == {
        "id": "a",
        "paragraphs": [
            {"language": "uk", "fragments": [{"start": 0, "end": 6, "language": "uk"}]},
            {"language": "und", "fragments": []},
            {"language": "und", "fragments": [{"start": 0, "end": 5, "language": "und"}]},
        ],
    }
