from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from flows.pipeline.clean_shard import clean_shard
from flows.pipeline.cleaning_job import Origin, Period
from flows.report.tally import DISTINCT, SHARD_EXAMPLES, Dropped, Tally, merged
from flows.tables.shard_tables import ShardTables
from support.newspaper import SOURCE, documents, job, ledger, page, shard_of

if TYPE_CHECKING:
    from pathlib import Path


def test_a_rule_counts_its_texts_and_words() -> None:
    dropped = Dropped()
    for text in ("Читайте також", "Читайте  також", "Ще новини"):
        dropped.add(text, text)
    assert (dropped.times, dropped.words) == (3, 6)
    assert dropped.examples == {"Читайте також": 2, "Ще новини": 1}
    assert dropped.pages == {"Читайте також": "Читайте також", "Ще новини": "Ще новини"}, "the first of each"


def test_examples_are_bounded_and_counts_are_not() -> None:
    dropped = Dropped()
    for n in range(DISTINCT + 5):
        dropped.add(str(n), "a")
    dropped.add("0", "b")
    assert (dropped.times, len(dropped.examples), dropped.examples["0"]) == (DISTINCT + 6, DISTINCT, 2)


def test_the_tally_agrees_with_the_tables(tmp_path: Path) -> None:
    shards = [shard_of(tmp_path, page(1), page(2)), shard_of(tmp_path, page(3), start=2)]
    counted = merged([clean_shard(job(tmp_path, shard)).tally for shard in shards])
    tables = [ShardTables.of(tmp_path, SOURCE, shard.name) for shard in shards]

    lines = [line for each in tables for line in ledger(each)]
    assert sum(each.times for each in counted.dropped.values()) == sum(len(line["cuts"]) for line in lines)
    assert counted.by_category()["related"] == 3
    assert counted.dropped["related", "uk.also-read"].examples == {"Читайте також: Як доглядати за старими книжками": 3}

    rows = [row for each in tables for row in documents(each)]
    letters = [each for row in rows for each in row["languages"]]
    assert counted.letters == {
        name: sum(each["letters"] for each in letters if each["language"] == name) for name in ("uk", "en")
    }
    assert counted.pages == {"uk": 3}


@pytest.mark.parametrize("origin", ["raw", "ledger"])
def test_pages_outside_the_period_count_as_their_tables_still_hold_them(tmp_path: Path, origin: Origin) -> None:
    shard = shard_of(tmp_path, page(1), page(2), b"\x1f\x8b no gzip")
    whole = clean_shard(job(tmp_path, shard)).tally
    again = clean_shard(job(tmp_path, shard, origin=origin, period=Period(since=date(2026, 3, 2))))
    assert len(again.outcomes) == 2
    assert again.tally == whole


def test_the_second_pass_over_a_shard_replaces_the_counts_of_the_first(tmp_path: Path) -> None:
    shard = shard_of(tmp_path, page(1), page(2))
    first = clean_shard(job(tmp_path, shard))
    again = clean_shard(job(tmp_path, shard, origin="ledger", rejudge=True))
    assert first.rejudged(again).tally == first.tally
    assert first.tally.pages == {"uk": 2}


def test_a_trimmed_tally_keeps_all_counts_and_the_most_frequent_examples() -> None:
    tally = Tally()
    dropped = tally.dropped.setdefault(("related", "rule"), Dropped())
    for n in range(3 * SHARD_EXAMPLES):
        dropped.add(f"{n:03}", "a")
    dropped.add("059", "b")
    trimmed = tally.trimmed().dropped["related", "rule"]
    assert (trimmed.times, trimmed.words) == (3 * SHARD_EXAMPLES + 1, 3 * SHARD_EXAMPLES + 1)
    assert len(trimmed.examples) == SHARD_EXAMPLES
    assert trimmed.frequent(3) == dropped.frequent(3) == [("059", 2), ("000", 1), ("001", 1)]


def test_no_shards_no_figures() -> None:
    counted = merged([])
    assert (counted.dropped, counted.letters, counted.pages) == ({}, {}, {})
