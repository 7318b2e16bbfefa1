"""`sito stats`: documents, words and lengths by source, month and language."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest

from flows.look.stats_chart import draw_statistics


def test_rows_by_source_month_and_language(sito: Callable[..., tuple[int, str, str]]) -> None:
    code, said, _ = sito("stats", "--format", "csv")
    assert code == 0
    rows = [line.split(",") for line in said.splitlines()]
    assert rows[0][:4] == ["source", "month", "language", "documents"]
    assert [row[:4] for row in rows[1:]] == [
        ["alpha", "2026-02", "uk", "1"],
        ["alpha", "2026-03", "uk", "2"],
        ["beta", "2026-03", "en", "1"],
        ["beta", "2026-03", "uk", "1"],
    ]
    assert rows[0][4:] == ["words", "median_words", "kept_share", "repeats"]
    assert rows[4][4:] == ["30", "30", "0.882", ""]  # 180 characters kept, 24 dropped


def test_a_table_for_people(sito: Callable[..., tuple[int, str, str]]) -> None:
    assert sito("stats", "beta", "--since", "2026-03-07")[1].splitlines()[1].split() == [
        "beta",
        "2026-03",
        "uk",
        "1",
        "30",
        "30",
        "0.882",
    ]


def test_a_chart_of_words_by_month(sito: Callable[..., tuple[int, str, str]], tmp_path: Path) -> None:
    assert sito("stats", "--chart", tmp_path / "a.svg")[0] == 0
    drawn = ElementTree.parse(tmp_path / "a.svg").getroot()
    said = [of.text for of in drawn.iter("{http://www.w3.org/2000/svg}text")]
    assert {"Words by month and source", "alpha", "beta", "2026-02", "2026-03", "uk", "en"} <= set(said)
    assert "2026-03: beta 33, alpha 16" in [of.text for of in drawn.iter("{http://www.w3.org/2000/svg}title")]


def test_a_chart_as_png(sito: Callable[..., tuple[int, str, str]], tmp_path: Path) -> None:
    pytest.importorskip("resvg_py", reason="resvg-py is not installed")
    assert sito("stats", "--chart", tmp_path / "a.png")[0] == 0
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")


def test_the_name_of_a_chart_says_its_form(sito: Callable[..., tuple[int, str, str]], tmp_path: Path) -> None:
    code, _, error = sito("stats", "--chart", tmp_path / "a.gif")
    assert (code, "ends in .svg or .png" in error) == (2, True)


def test_names_cannot_break_out_of_a_drawing() -> None:
    rows = [
        {"source": f"<script>{n}&\x1b", "month": "2026-03", "language": '"/>', "words": str(n)} for n in range(1, 30)
    ]
    drawn = ElementTree.fromstring(draw_statistics(rows))
    assert not [*drawn.iter("{http://www.w3.org/2000/svg}script")]
    assert "others" in [of.text for of in drawn.iter("{http://www.w3.org/2000/svg}text")]
