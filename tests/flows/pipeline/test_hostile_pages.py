"""Nothing that a page holds fails its shard, and no page makes tables that are many times its size."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.tables.rows import document_row
from support.newspaper import cleaned, documents, ledger, page, shard_of

if TYPE_CHECKING:
    from pathlib import Path

GOOD = page(1)
PIECES = st.sampled_from(
    [
        "<div class='{n}'>", "<div id='{n}'>", "<p>Рядок {n}</p>", "<li>{n}", "</div>", "<br>", "<table><tr><td>{n}",
        "<p class='{n} {n}'>x", "<a href='{n}'>x</a>", "<h2 id={n}>Заголовок", "<!--{n}", "\ud800", "&#xD800;", "\0",
        "<span style='{n}'>", "<title>{n}", "<pre>{n}\n", "<time datetime='{n}'>", "<meta name=author content='{n}'>",
    ]
)  # fmt: skip
LONG = st.integers(0, 5).map(lambda power: "name " * 6**power)


@settings(max_examples=25)
@given(pieces=st.lists(PIECES, max_size=12), names=LONG, times=st.sampled_from([1, 40, 400]))
def test_whatever_a_page_holds_the_others_of_its_shard_are_cleaned(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[str], names: str, times: int
) -> None:
    data = tmp_path_factory.mktemp("hostile")
    body = ("".join(pieces).replace("{n}", names) * times)[:100_000].encode("utf-8", "surrogatepass")
    tables = cleaned(data, shard_of(data, GOOD, body, page(2)))
    rows = documents(tables)
    assert len(rows) == 3
    assert [rows[0]["status"], rows[2]["status"]] == ["kept", "kept"]
    assert sum(len(line["attributes"]) for line in ledger(tables)) <= 1_500_000


@pytest.mark.slow
@pytest.mark.parametrize("name", ["c" * 3_000, "name " * 4_000], ids=["one name", "many names"])
def test_the_names_of_an_ancestor_are_not_multiplied_by_its_lines(tmp_path: Path, name: str) -> None:
    body = f"<div class='{name}'>".encode() * 20 + b"<p>A line of text in it.</p>" * 3_000
    lines = ledger(cleaned(tmp_path, shard_of(tmp_path, body)))
    assert len(lines) >= 1
    assert sum(len(line["attributes"]) for line in lines) <= 4_000_000


def test_rows_that_fit_no_table_are_a_failed_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def odd(row: dict[str, object], *more: object) -> dict[str, object]:
        made = document_row(row, *more)  # type: ignore[arg-type]
        return made | {"authors": [1]} if row["url"] == "file:///1.html" else made

    monkeypatch.setattr("flows.pipeline.page_cleaner.document_row", odd)
    rows = documents(cleaned(tmp_path, shard_of(tmp_path, GOOD, GOOD, GOOD)))
    assert [row["status"] for row in rows] == ["kept", "failed", "kept"]
    assert "its rows fit no table" in rows[1]["reason"]
