"""The index follows the tables: what shards are made of others changes nothing that a person sees of pages and runs."""

from __future__ import annotations

import shutil
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from flows.look import index as module
from flows.look.index import Index
from flows.look.queries import Filter, moved_to, pages, versions
from flows.look.runs import languages_of, rules_of, struck_by_category
from flows.pipeline.compact_source import compact_source
from flows.report.run_record import load_runs
from support.newspaper import SOURCE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def own(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the data, whose index looks again at once."""
    monkeypatch.setattr(module, "FRESH_SECONDS", 0)
    shutil.copytree(data, tmp_path, dirs_exist_ok=True, ignore=shutil.ignore_patterns("look.duckdb*"))
    return tmp_path


@pytest.fixture
def fresh(own: Path) -> Iterator[Index]:
    found = Index(own)
    yield found
    found.close()


def seen(data: Path, index: Index) -> dict[str, Any]:
    """What is shown of the runs, and of their pages."""
    index.refresh()
    runs = load_runs(data, SOURCE)
    of_run = {
        run.run: pages(index, Filter(source=SOURCE, run=run.run).of_shards(index.origins(SOURCE, run.shards)))
        for run in runs
    }
    return {
        "languages": languages_of(index, SOURCE, runs),
        "categories": struck_by_category(index, SOURCE, runs),
        "rules": rules_of(index, runs[-1], runs[0]),
        "pages": {run: (Counter(row["url"] for row in rows), count) for run, (rows, count) in of_run.items()},
    }


def test_runs_keep_their_pages_when_their_shards_are_put_together(own: Path, fresh: Index) -> None:
    before = seen(own, fresh)
    assert {count for _, count in before["pages"].values()} == {2}
    assert len(compact_source(own, SOURCE).groups) == 1
    assert seen(own, fresh) == before
    assert fresh.rows("SELECT count(*) AS n FROM pages") == [{"n": 4}]


def test_a_link_to_a_version_leads_to_it_also_when_it_lies_elsewhere(own: Path, fresh: Index) -> None:
    fresh.refresh()
    links = [(each.shard, each.at) for each in versions(fresh, SOURCE, "file:///1.html")]
    assert len(links) == 2
    assert [moved_to(fresh, SOURCE, "file:///1.html", shard) for shard, _ in links] == [None, None]
    compact_source(own, SOURCE)
    fresh.refresh()
    now = {(each.shard, each.offset): each.at for each in versions(fresh, SOURCE, "file:///1.html")}
    for shard, at in links:
        place = moved_to(fresh, SOURCE, "file:///1.html", shard)
        assert place
        assert now[place] == at
    assert moved_to(fresh, SOURCE, "file:///1.html", "../x") is None


def test_while_it_is_read_again_each_page_is_there_once(
    own: Path, fresh: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh.refresh()
    compact_source(own, SOURCE)
    found: list[Any] = []
    tell = Index._tell_origins

    def between(*arguments: Any) -> None:
        found.extend(fresh.rows("SELECT count(*) AS n FROM pages"))
        tell(*arguments)

    monkeypatch.setattr(Index, "_tell_origins", between)
    fresh.refresh()
    assert found == [{"n": 4}]
