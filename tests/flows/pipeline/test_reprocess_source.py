"""A source cleaned again without Prefect: which shards, from what, and nothing else touched."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from flows.archive.source_archive import Archive
from flows.common.errors import SitoError
from flows.pipeline.cleaning_job import Period, Scope
from flows.tables.versions import write_versions
from support.in_process import reprocess_archived as reprocess
from support.newspaper import SOURCE, cleaned, content, page, shard_of

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def shards(tmp_path: Path) -> list[Path]:
    """Two shards, of the first two and the next two days of March."""
    shards = [shard_of(tmp_path, page(n), page(n + 1), start=n) for n in (0, 2)]
    for shard in shards:
        cleaned(tmp_path, shard)
    write_versions(tmp_path, SOURCE)
    return shards


class TestReprocess:
    @pytest.mark.parametrize("origin", ["raw", "ledger"])
    def test_when_nothing_changed_no_byte_changes(self, tmp_path: Path, shards: list[Path], origin: Any) -> None:
        before = content(tmp_path)
        result = reprocess(tmp_path, Scope(origin=origin))
        assert result.shards == [shard.name for shard in shards]
        assert [outcome.status for outcome in result.outcomes] == ["unchanged"] * 4
        assert (result.changes.pages, result.changes.changed) == (4, 0)
        assert {name: body for name, body in content(tmp_path).items() if ".lock" not in name} == {
            name: body for name, body in before.items() if ".lock" not in name
        }

    @pytest.mark.parametrize(
        ("period", "touched", "pages"),
        [
            (Period(since=date(2026, 3, 3)), [1], 2),
            (Period(until=date(2026, 3, 1)), [0], 1),
            (Period(date(2026, 3, 2), date(2026, 3, 3)), [0, 1], 2),
            (Period(since=date(2027, 1, 1)), [], 0),
        ],
    )
    def test_only_shards_with_pages_of_the_period_are_opened(
        self, tmp_path: Path, shards: list[Path], period: Period, touched: list[int], pages: int
    ) -> None:
        result = reprocess(tmp_path, Scope(period))
        assert result.shards == [shards[n].name for n in touched]
        assert len(result.outcomes) == pages

    def test_missing_tables_are_rebuilt(self, tmp_path: Path, shards: list[Path]) -> None:
        before = content(tmp_path / "clean")
        for path in (tmp_path / "clean").rglob(shards[1].name.removesuffix(".warc.gz") + ".parquet"):
            path.unlink()
        reprocess(tmp_path)
        assert content(tmp_path / "clean") == before

    def test_a_dry_run_changes_nothing_not_even_what_a_killed_run_left(
        self, tmp_path: Path, shards: list[Path]
    ) -> None:
        (tmp_path / "clean" / "ledger" / f"source={SOURCE}" / ".x.parquet.1.part").write_bytes(b"PAR1")
        before = content(tmp_path)
        reprocess(tmp_path, Scope(dry_run=True))
        assert content(tmp_path) == before

    def test_from_the_ledger_raw_need_not_be_there(self, tmp_path: Path, shards: list[Path]) -> None:
        before = content(tmp_path / "clean")
        for path in shards[0].parent.glob("*-*"):
            path.unlink()
        assert len(reprocess(tmp_path, Scope(origin="ledger")).outcomes) == 4
        assert content(tmp_path / "clean") == before
        with pytest.raises(SitoError, match="holds no pages"):
            reprocess(tmp_path)

    def test_it_waits_for_no_other_run(self, tmp_path: Path, shards: list[Path]) -> None:
        with Archive(tmp_path, SOURCE).lock(), pytest.raises(SitoError, match="another run"):
            reprocess(tmp_path)
