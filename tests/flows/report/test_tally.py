from __future__ import annotations

from typing import TYPE_CHECKING

from flows.report.tally import DISTINCT, Dropped, tally
from support.newspaper import SOURCE, cleaned, documents, ledger, page, shard_of

if TYPE_CHECKING:
    from pathlib import Path


def test_a_rule_counts_its_texts_and_words() -> None:
    dropped = Dropped()
    for text in ("Читайте також", "Читайте  також", "Ще новини"):
        dropped.add(text)
    assert (dropped.times, dropped.words) == (3, 6)
    assert dropped.examples == {"Читайте також": 2, "Ще новини": 1}


def test_examples_are_bounded_and_counts_are_not() -> None:
    dropped = Dropped()
    for n in range(DISTINCT + 5):
        dropped.add(str(n))
    dropped.add("0")
    assert (dropped.times, len(dropped.examples), dropped.examples["0"]) == (DISTINCT + 6, DISTINCT, 2)


def test_the_tally_agrees_with_the_tables(tmp_path: Path) -> None:
    shards = [shard_of(tmp_path, page(1), page(2)), shard_of(tmp_path, page(3), start=2)]
    twins = [cleaned(tmp_path, shard) for shard in shards]
    counted = tally(tmp_path, SOURCE, [shard.name for shard in shards])

    lines = [line for twin in twins for line in ledger(twin)]
    assert sum(each.times for each in counted.dropped.values()) == sum(len(line["cuts"]) for line in lines)
    assert counted.by_category()["related"] == 3
    assert counted.dropped["related", "uk.also-read"].examples == {"Читайте також: Як доглядати за старими книжками": 3}

    rows = [row for twin in twins for row in documents(twin)]
    letters = [each for row in rows for each in row["languages"]]
    assert counted.letters == {
        name: sum(each["letters"] for each in letters if each["language"] == name) for name in ("uk", "en")
    }
    assert counted.pages == {"uk": 3}


def test_no_shards_no_figures(tmp_path: Path) -> None:
    counted = tally(tmp_path, SOURCE, [])
    assert (counted.dropped, counted.letters, counted.pages) == ({}, {}, {})
