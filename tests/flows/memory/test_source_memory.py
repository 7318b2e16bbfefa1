"""Site memory over the shards of a source: the same answer whatever the cut, the order and the history of runs."""

from __future__ import annotations

import random
import shutil
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import flows.memory.source_memory
from cleaners.rules.site_memory import PAGE_LINES, Marks
from flows.archive.source_archive import Archive
from flows.common.errors import SitoError
from flows.memory.marks import DAY_PAGES, Captured, extract
from flows.memory.marks import sample as sampled
from flows.memory.source_memory import Memories, load
from flows.pipeline.clean_shard import clean_shard
from flows.pipeline.cleaning_job import Period, Scope
from flows.tables.days import Days, DayStats
from flows.tables.shard_tables import ShardTables
from support.captures import file, keep
from support.in_process import reprocess_archived as reprocess
from support.newspaper import SOURCE, content, documents, job, ledger

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from flows.common.page_types import Capture

FIRST = datetime(2026, 3, 1, 9, tzinfo=UTC)
CHROME = "Голос нашої громади"
SLOGAN = "Разом ми збудуємо місто, у якому хочеться жити, працювати й виховувати дітей без жодного страху."
THINGS = ("мости", "сади", "школи", "човни", "ліхтарі", "бруківку", "трамваї", "ринки", "музеї", "фонтани", "дзвони")


def capture(number: int, day: int, *extra: str, hour: int = 0) -> Capture:
    """A page with a story of its own and lines of `extra`, captured on that day of the source."""
    thing = THINGS[number % len(THINGS)]
    story = (
        f"Сьогодні в місті оглянули {thing} номер {number}, і комісія {number} лишилася задоволена тим, що побачила.",
        f"Наступного тижня фахівці {number} повернуться, щоб ще раз виміряти {thing} та скласти докладний звіт.",
    )
    body = "".join(f"<p>{text}</p>" for text in (*story, *extra))
    html = (
        f"<html lang=uk><head><title>Про {thing} {number}</title></head><body><article>{body}</article></body></html>"
    )
    return file(f"file:///{number}.html", html.encode(), FIRST + timedelta(days=day, hours=hour, minutes=number % 50))


def source(days: int = 6, extra: Sequence[str] = (CHROME,)) -> list[Capture]:
    """Two pages a day."""
    return [capture(2 * day + n, day, *extra) for day in range(days) for n in (0, 1)]


def archived(data: Path, *parts: Sequence[Capture]) -> list[Path]:
    """A shard for each part."""
    for part in parts:
        keep(data, part)
    return Archive(data, SOURCE).shards()


def rows(data: Path) -> list[dict[str, Any]]:
    found = [
        row for shard in Archive(data, SOURCE).shards() for row in documents(ShardTables.of(data, SOURCE, shard.name))
    ]
    return sorted(found, key=lambda row: (row["fetched_at"], row["url"]))


def kept_in(data: Path, text: str) -> list[bool]:
    """Whether the line stands in each page, in the order of capture."""
    return [text in row["text"] for row in rows(data)]


def verdicts(data: Path) -> list[dict[str, Any]]:
    """All that is said of each page but where it lies."""
    where = ("id", "shard", "offset")
    found = []
    for shard in Archive(data, SOURCE).shards():
        tables = ShardTables.of(data, SOURCE, shard.name)
        lines = ledger(tables)
        for row in documents(tables):
            own = [x for x in lines if x["offset"] == row["offset"]]
            found.append({k: v for k, v in row.items() if k not in where} | {"lines": [x["cuts"] for x in own]})
    return sorted(found, key=lambda row: (row["fetched_at"], row["url"]))


class TestByDays:
    def test_chrome_falls_when_it_has_stood_on_enough_days_and_the_ledger_says_since_when(self, tmp_path: Path) -> None:
        (shard,) = archived(tmp_path, source(5))
        reprocess(tmp_path)
        assert kept_in(tmp_path, CHROME) == [True] * 6 + [False] * 4
        evidence = [
            x["evidence"] for x in ledger(ShardTables.of(tmp_path, SOURCE, shard.name)) if x["rule"] == "memory.line"
        ]
        assert evidence == ["seen on 6 of 6 pages since 2026-03-01"] * 2 + ["seen on 8 of 8 pages since 2026-03-01"] * 2

    def test_running_text_needs_more_days_than_a_label(self, tmp_path: Path) -> None:
        archived(tmp_path, source(7, [SLOGAN]))
        reprocess(tmp_path)
        assert kept_in(tmp_path, SLOGAN) == [True] * 10 + [False] * 4

    def test_a_teaser_falls_by_its_beginning(self, tmp_path: Path) -> None:
        archived(tmp_path, [capture(n, n // 2, f"Про що гомонять: {THINGS[n % 11]} та люди") for n in range(10)])
        reprocess(tmp_path)
        assert kept_in(tmp_path, "Про що гомонять") == [True] * 6 + [False] * 4

    def test_a_story_that_ran_on_two_days_stays(self, tmp_path: Path) -> None:
        wire = [capture(n, n // 5, SLOGAN, "Фото очевидців події") for n in range(10)]
        archived(tmp_path, [*wire, capture(20, 2, SLOGAN, "Фото очевидців події")])
        reprocess(tmp_path)
        assert all(kept_in(tmp_path, SLOGAN))
        assert all(kept_in(tmp_path, "Фото очевидців"))

    def test_old_chrome_is_forgotten(self, tmp_path: Path) -> None:
        archived(tmp_path, [*source(5), *(capture(day, day, CHROME) for day in (89, 94, 95))])
        reprocess(tmp_path)
        assert kept_in(tmp_path, CHROME)[-3:] == [False, True, True]  # 90 days before the 94th day is the 4th

    def test_going_back_ends_after_enough_pages(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(flows.memory.source_memory, "PAGES", 6)
        archived(tmp_path, source(8))
        reprocess(tmp_path)
        memories = summarized(tmp_path)
        assert load(path_of(memories, 8)).since == date(2026, 3, 6)
        assert load(path_of(memories, 8)).pages == 6

    def test_captures_of_one_address_count_once(self, tmp_path: Path) -> None:
        again = [file("file:///1.html", capture(n, 0, CHROME).body, FIRST + timedelta(days=n)) for n in range(8)]
        others = [capture(20 + n, n) for n in range(8)]
        archived(tmp_path, again + others)
        reprocess(tmp_path)
        assert load(path_of(summarized(tmp_path), 8)).pages == 9
        assert kept_in(tmp_path, CHROME).count(True) == 8

    def test_failed_and_empty_pages_are_no_pages(self, tmp_path: Path) -> None:
        nothing = [file(f"file:///e{n}.html", b"<html></html>", FIRST + timedelta(days=n)) for n in range(6)]
        broken = [file(f"file:///b{n}.gz", b"\x1f\x8bno", FIRST + timedelta(days=n)) for n in range(6)]
        archived(tmp_path, nothing + broken + source(6))
        reprocess(tmp_path)
        assert load(path_of(summarized(tmp_path), 6)).pages == 12
        assert {row["memory"] for row in rows(tmp_path) if row["status"] != "kept"} == {None}


def summarized(data: Path) -> Memories:
    memories = Memories(data, SOURCE)
    for shard in ShardTables.shards(data, SOURCE):
        memories.summarize(shard)
    return memories


def path_of(memories: Memories, day: int) -> Path:
    when = (FIRST + timedelta(days=day)).date()
    path = memories.of([when])[when].path
    assert path is not None
    return path


@pytest.fixture(scope="module")
def judged_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("judged")
    archived(data, source(7)[:5], source(7)[5:])
    reprocess(data)
    return data


@pytest.fixture
def judged(judged_once: Path, tmp_path: Path) -> Path:
    """A data folder with a week in two shards, which have been judged."""
    return shutil.copytree(judged_once, tmp_path / "judged")


class TestSame:
    def test_however_the_captures_are_cut_into_shards(self, tmp_path: Path) -> None:
        captures = source(7)
        shuffled = random.Random(7).sample(captures, len(captures))
        cuts = {
            "whole": [captures],
            "pairs": [captures[n : n + 2] for n in range(0, 14, 2)],
            "threes": [captures[n : n + 3] for n in range(0, 14, 3)],
            "shuffled": [shuffled[:5], shuffled[5:]],
        }
        found = []
        for name, parts in cuts.items():
            archived(tmp_path / name, *parts)
            reprocess(tmp_path / name)
            found.append(verdicts(tmp_path / name))
        assert kept_in(tmp_path / "whole", CHROME) == [True] * 6 + [False] * 8
        assert all(each == found[0] for each in found)

    @pytest.mark.parametrize("origin", ["raw", "ledger"])
    def test_again_without_anything_new(self, judged: Path, origin: str) -> None:
        before = content(judged / "clean")
        result = reprocess(judged, Scope(origin=origin))
        assert {outcome.status for outcome in result.outcomes} == {"unchanged"}
        assert content(judged / "clean") == before

    @pytest.mark.parametrize("damage", ["deleted", "emptied", "changed", "all of clean"])
    def test_without_the_files_of_memory(self, judged: Path, damage: str) -> None:
        before = content(judged / "clean")
        folder = judged / "clean" / "memory"
        files = [path for path in folder.rglob("*") if path.is_file()]
        assert len(files) == 4
        for path in files:
            path.write_text("" if damage == "emptied" else path.read_text().replace('"pages": 6', '"pages": 9'))
        if damage in ("deleted", "all of clean"):
            shutil.rmtree(folder if damage == "deleted" else judged / "clean")
        reprocess(judged)
        assert content(judged / "clean") == before

    def test_a_shard_that_changed_makes_another_memory(self, judged: Path) -> None:
        first, _ = Archive(judged, SOURCE).shards()
        before = path_of(summarized(judged), 7)
        ShardTables.of(judged, SOURCE, first.name).documents.unlink()
        assert path_of(summarized(judged), 7) != before  # one shard less
        reprocess(judged)
        assert path_of(summarized(judged), 7) == before

    def test_files_of_days_without_pages_are_removed(self, judged: Path) -> None:
        old = judged / "clean" / "memory" / f"source={SOURCE}" / "2026-03-05-0123456789abcdef.json"
        old.write_text("old")
        reprocess(judged)
        assert not old.exists()


class TestAgain:
    def test_only_pages_of_the_period_are_judged_and_by_all_earlier_days(self, tmp_path: Path) -> None:
        shards = archived(tmp_path, source(6)[:6], source(6)[6:])
        for shard in shards:
            clean_shard(job(tmp_path, shard))
        assert all(kept_in(tmp_path, CHROME))
        result = reprocess(tmp_path, Scope(Period(since=date(2026, 3, 5))))
        assert kept_in(tmp_path, CHROME) == [True] * 8 + [False] * 4
        assert len(result.outcomes) == 4

    @pytest.mark.parametrize("dry_run", [False, True])
    def test_a_change_is_told_once_against_what_stood_there_before(self, tmp_path: Path, dry_run: bool) -> None:
        (shard,) = archived(tmp_path, source(5))
        clean_shard(job(tmp_path, shard))
        before = content(tmp_path / "clean" / "documents")
        changes = reprocess(tmp_path, Scope(dry_run=dry_run)).changes
        assert (changes.pages, changes.changed, changes.uncompared) == (10, 4, 0)
        assert changes.dropped["chrome", "memory.line"].times == 4
        assert (content(tmp_path / "clean" / "documents") == before) is dry_run

    def test_changes_are_told_against_the_rows_before_the_run_where_pages_are_judged_twice(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        archived(tmp_path, source(5))
        reprocess(tmp_path)
        # Raw pages give other lines now, so that the first pass judges by the memory of lines that are no more.
        read = flows.pipeline.page_cleaner.read_stored
        monkeypatch.setattr(
            flows.pipeline.page_cleaner,
            "read_stored",
            lambda stored, *more: read(replace_in(stored, "звіт", "лист"), *more),
        )
        result = reprocess(tmp_path)
        assert (result.changes.pages, result.changes.changed) == (10, 10)
        assert result.changes.found.times == 10
        assert not result.changes.dropped
        assert not list((tmp_path / "clean").rglob(".*.before"))
        assert summarized(tmp_path).stale(ShardTables.shards(tmp_path, SOURCE)) == []

    def test_a_page_that_cannot_be_judged_again_is_tried_once(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (shard,) = archived(tmp_path, source(5))
        clean_shard(job(tmp_path, shard))

        def fail(read: object, memory: object = None, _: object = None) -> None:
            raise ValueError("a new rule is wrong")

        with monkeypatch.context() as patch:
            patch.setattr(flows.pipeline.page_cleaner, "judge", fail)
            patch.setattr(flows.pipeline.clean_shard, "replay_shard", lambda *_: None)
            result = reprocess(tmp_path, Scope(origin="ledger"))
        assert {outcome.status for outcome in result.outcomes} == {"failed"}
        assert all(kept_in(tmp_path, CHROME))
        assert summarized(tmp_path).stale([shard.name]) == []

    def test_a_damaged_ledger_is_no_part_of_memory(self, judged: Path) -> None:
        first, _ = Archive(judged, SOURCE).shards()
        shutil.rmtree(judged / "clean" / "memory")
        path = ShardTables.of(judged, SOURCE, first.name).ledger
        whole = path.read_bytes()
        half = len(whole) // 2
        path.write_bytes(whole[:4] + bytes(half) + whole[half + 4 :])
        memories = summarized(judged)
        assert load(path_of(memories, 7)).pages == 9
        path.write_bytes(whole)
        assert load(path_of(summarized(judged), 7)).pages == 14

    def test_a_file_of_memory_that_is_gone_meanwhile_is_an_error_that_says_what_to_do(self, tmp_path: Path) -> None:
        with pytest.raises(SitoError, match="delete it and run again"):
            load(tmp_path / "no.json")


def replace_in(stored: Any, old: str, new: str) -> Any:
    return replace(stored, body=stored.body.decode().replace(old, new).encode())


class TestBounds:
    @given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 3)), max_size=60), st.randoms())
    def test_a_sample_does_not_depend_on_order_or_cut(
        self, pages: list[tuple[int, int]], shuffle: random.Random
    ) -> None:
        def sample(some: list[tuple[int, int]]) -> list[Captured]:
            marks = Marks.of([])
            return sampled(Captured(bytes([a]), FIRST + timedelta(hours=h), str(h), marks) for a, h in some)

        other = shuffle.sample(pages, len(pages))
        cut = len(other) // 2
        whole = sample(pages)
        assert sample(other) == whole
        assert sampled([*sample(other[:cut]), *sample(other[cut:])]) == whole

    def test_a_day_gives_so_many_pages_and_no_more(self) -> None:
        marks = Marks.of([])
        found = sampled(Captured(n.to_bytes(4), FIRST, "", marks) for n in range(2 * DAY_PAGES))
        assert [captured.address for captured in found] == [n.to_bytes(4) for n in range(DAY_PAGES)]

    def test_of_a_page_with_a_great_many_lines_the_first_count(self, tmp_path: Path) -> None:
        body = "".join(f"<p>Рядок {THINGS[n % 11]} {n} {'а' * (n % 50)}</p>" for n in range(2000))
        (shard,) = archived(tmp_path, [capture(1, 0, *[body])])
        clean_shard(job(tmp_path, shard))
        ((captured,),) = extract(ShardTables.of(tmp_path, SOURCE, shard.name)).values()
        assert 0 < len(captured.marks.lines) <= PAGE_LINES

    @given(st.lists(st.tuples(st.dates(), st.integers(1, 9), st.integers(0, 2**128 - 1)), max_size=5))
    def test_days_come_back_from_their_line(self, found: list[tuple[date, int, int]]) -> None:
        days = Days({day: DayStats(pages, lines, {None, "a"}) for day, pages, lines in found})
        assert Days.from_json(days.to_json()) == days
