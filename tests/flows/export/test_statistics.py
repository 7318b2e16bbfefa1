"""`sito stats`: documents, words and lengths by source, month and language."""

from __future__ import annotations

from collections.abc import Callable


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
    assert rows[4][4:] == ["30", "30", ""]


def test_a_table_for_people(sito: Callable[..., tuple[int, str, str]]) -> None:
    assert sito("stats", "beta", "--since", "2026-03-07")[1].splitlines()[1].split() == [
        "beta",
        "2026-03",
        "uk",
        "1",
        "30",
        "30",
    ]
