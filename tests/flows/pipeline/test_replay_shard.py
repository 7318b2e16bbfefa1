"""A replay that copies pages gives the bytes, the outcomes and the counts of one that judges all of them."""

from __future__ import annotations

import gzip
import shutil
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

import cleaners.judgement
import cleaners.parts
import cleaners.replay
import flows.pipeline.clean_shard
from cleaners.document import Drop, Page
from cleaners.parts import parts
from cleaners.rules import navigation, phrasebook, phrased, related
from cleaners.rules.phrase import Phrase
from cleaners.rules.phrase_files import Entry, entries
from cleaners.rules.registry import CLEANERS
from cleaners.rules.site_memory import SiteMemory
from flows.common.errors import SitoError
from flows.memory.source_memory import MemoryRef, _digest
from flows.pipeline import copied_pages, page_cleaner, replay_shard
from flows.pipeline.clean_shard import clean_shard
from flows.pipeline.cleaning_job import Period
from flows.pipeline.form import form
from flows.tables import judges, tables_writer
from flows.tables.judges import judge_of, save_judge
from flows.tables.shard_tables import ShardTables
from support.newspaper import BODY, SOURCE, content, documents, job, ledger, page, shard_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flows.pipeline.shard_result import ShardResult

LONG = "".join(
    f"<p>Речення номер {n} про міст через річку, який відкрили вранці у великому місті.</p>" for n in range(9)
)
BODIES = (
    page(0),
    page(1, BODY + "<p>Приходьте на чай у суботу</p>"),
    b"",
    b"\x00\x01\x02\x03" * 99,
    page(4, LONG + "<p>Слово \ufffd тут.</p>"),
    page(5, "<p>Фото: Олена Гай</p>" * 30 + LONG[:90]),
    page(6, LONG + "<p>Книга дня. Приходьте на чай, бо холодно. Читайте також: Як росте сад</p>"),
)
TEA = Entry("uk.test.tea", "uk", (Phrase("uk.test.tea", "chrome", "приходьте на чай", "sentence"),), (), ())
NONE = Entry("uk.test.none", "uk", (Phrase("uk.test.none", "chrome", "немає такого слова", "sentence"),), (), ())


@dataclass(frozen=True)
class Case:
    """What changes between the two runs, and which pages are judged again, by number; None: no page is looked at."""

    anew: set[int] | None
    entry: Entry | None = None
    word: str = ""
    common: bool = False
    memory: bool = False
    version: str = "9.9.9+a-longer-version"
    poison: int | None = None
    options: dict[str, Any] = field(default_factory=dict)


CASES = {
    "another version": Case({4}),
    "the same version": Case({4}, version=""),
    "a phrase of no page": Case({4, 5}, NONE),
    "a phrase of two pages": Case({1, 4, 5, 6}, TEA),
    "a cleaner that drops more": Case({4, 5, 6}, word="Книга"),
    "a cleaner that drops the same": Case({4, 5}, word="nothing"),
    "what all depend on": Case({0, 1, 2, 4, 5, 6}, common=True),
    "site memory": Case({4, 5}, memory=True),
    "some days only": Case({1}, TEA, options={"period": Period(date(2026, 3, 1), date(2026, 3, 3))}),
    "another setting of the source": Case(None, options={"quotations": "drop"}),
    "nothing is written": Case({1, 4, 5, 6}, TEA, options={"write": False}),
    "a page that ended a process": Case({1, 4}, poison=1),
}


@pytest.fixture(scope="module")
def cleaned(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A folder with a shard that today's cleaners have cleaned."""
    data = tmp_path_factory.mktemp("replay")
    shard = shard_of(data, *BODIES)
    clean_shard(job(data, shard))
    return data, shard.name


def forget() -> None:
    for cached in (phrasebook.phrasebook, phrased._look_up, related._label_of, navigation._button, parts, judge_of):
        cached.cache_clear()


@contextmanager
def changed(case: Case) -> Iterator[None]:
    """Other cleaners, as the case has them."""
    with pytest.MonkeyPatch.context() as patch:
        if case.version:
            for module in (page_cleaner, replay_shard, judges):
                patch.setattr(module, "cleaners_version", lambda: case.version)
        if case.entry:
            for module in (phrasebook, cleaners.parts):
                patch.setattr(module, "entries", lambda: (*entries(), case.entry))
        if case.word:
            now = tuple(dropping(each, case.word) if each.__name__ == "notices" else each for each in CLEANERS)
            for module in (cleaners.judgement, cleaners.replay):
                patch.setattr(module, "CLEANERS", now)
        forget()
        today = parts()
        if case.common:
            today = replace(today, common="other")
        if case.word:
            own = ((name, "other" if name.endswith(".notices") else digest) for name, digest in today.cleaners)
            today = replace(today, cleaners=tuple(own))
        for module in (replay_shard, judges):
            patch.setattr(module, "parts", lambda: today)
        yield
    forget()


def dropping(cleaner: Any, word: str) -> Any:
    def more(seen: Page) -> Iterator[Drop]:
        yield from cleaner(seen)
        yield from (Drop(line.index, "notice", "test.word", word) for line in seen.lines if word in line.text)

    return more


def replayed(data: Path, name: str, case: Case, *, copying: bool) -> tuple[ShardResult, list[set[int]]]:
    """Judge the shard again; gives the result, and which pages were judged anew."""
    tables = ShardTables.of(data, SOURCE, name)
    offsets = [row["offset"] for row in documents(tables)]
    options = dict(case.options)
    if case.poison is not None:
        options["poison_pages"] = {offsets[case.poison]: "it ended the process"}
    if case.memory:
        body = SiteMemory(9).to_json()
        path = data / "memory.json"
        path.write_text(f"{_digest(body)}\n{body}")
        options["memory"] = {date(2026, 3, day): MemoryRef("a-memory", path) for day in (1, 2, 6)}
    plans: list[set[int]] = []
    with pytest.MonkeyPatch.context() as patch, changed(case):
        if not copying:
            patch.setattr(flows.pipeline.clean_shard, "replay_shard", lambda *_: None)
        real = replay_shard.copy_pages

        def noted(tables: Any, plan: Any, *rest: Any) -> ShardResult:
            plans.append({offsets.index(offset) for offset in plan.anew})
            return real(tables, plan, *rest)

        patch.setattr(replay_shard, "copy_pages", noted)
        result = clean_shard(job(data, data / "raw" / SOURCE / name, origin="ledger", **options))
    return replace(result, outcomes=[replace(each, milliseconds=0) for each in result.outcomes]), plans


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_copying_gives_what_judging_all_gives(tmp_path: Path, cleaned: tuple[Path, str], case: Case) -> None:
    source, name = cleaned
    folders = tmp_path / "whole", tmp_path / "copying"
    results = []
    for folder in folders:
        shutil.copytree(source, folder)
        results.append(replayed(folder, name, case, copying=folder == folders[1]))
    assert results[0][0] == results[1][0]
    assert content(folders[0] / "clean") == content(folders[1] / "clean")
    assert results[1][1] == ([] if case.anew is None else [case.anew])


def test_so_it_does_where_pages_are_in_row_groups_of_their_own(
    tmp_path: Path, cleaned: tuple[Path, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    source, name = cleaned
    monkeypatch.setattr(tables_writer, "_GROUP_BYTES", 1_500)
    folders = tmp_path / "whole", tmp_path / "copying"
    for folder in folders:
        shutil.copytree(source, folder)
        clean_shard(job(folder, folder / "raw" / SOURCE / name))
        replayed(folder, name, CASES["a phrase of two pages"], copying=folder == folders[1])
    assert content(folders[0] / "clean") == content(folders[1] / "clean")


def test_when_nothing_changed_nothing_is_written(
    tmp_path: Path, cleaned: tuple[Path, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    source, name = cleaned
    shutil.copytree(source, tmp_path / "data")
    monkeypatch.setattr(replay_shard, "_replaced", lambda _: set())
    monkeypatch.setattr(copied_pages, "TablesWriter", None)
    result, plans = replayed(tmp_path / "data", name, CASES["the same version"], copying=True)
    assert plans == [set()]
    assert [outcome.status for outcome in result.outcomes].count("unchanged") == len(BODIES) - 1


@pytest.mark.parametrize("kept", [None, b"x", gzip.compress(b"[1]", mtime=0), gzip.compress(b"{", mtime=0)[:-4]])
def test_pages_of_unknown_cleaners_are_judged_anew(tmp_path: Path, cleaned: tuple[Path, str], kept: bytes) -> None:
    source, name = cleaned
    shutil.copytree(source, tmp_path / "data")
    (path,) = (tmp_path / "data" / "clean" / "cleaners").iterdir()
    path.unlink() if kept is None else path.write_bytes(kept)
    _, plans = replayed(tmp_path / "data", name, CASES["another version"], copying=True)
    assert plans == [{0, 1, 2, 4, 5, 6}]


@pytest.mark.parametrize("version", ["../../x", "", "/etc/passwd", "a" * 99])
def test_no_other_file_is_read_for_what_a_row_says(tmp_path: Path, version: str) -> None:
    assert judge_of(tmp_path, version) is None


def test_rows_of_two_forms_have_none(tmp_path: Path, cleaned: tuple[Path, str]) -> None:
    source, name = cleaned
    shutil.copytree(source, tmp_path / "data")
    tables, shard = ShardTables.of(tmp_path / "data", SOURCE, name), tmp_path / "data" / "raw" / SOURCE / name
    assert tables.form() == form("keep")
    clean_shard(job(tmp_path / "data", shard, quotations="drop", period=Period(since=date(2026, 3, 3))))
    assert tables.form() is None
    clean_shard(job(tmp_path / "data", shard, quotations="drop"))
    assert tables.form() == form("drop")


def test_parts_that_cannot_be_kept_are_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "clean").write_text("")
    with pytest.raises(SitoError, match="cannot be written"):
        save_judge(tmp_path)


def test_the_ledger_names_the_step_of_each_cut(cleaned: tuple[Path, str]) -> None:
    data, name = cleaned
    lines = ledger(ShardTables.of(data, SOURCE, name))
    assert any(line["steps"] for line in lines)
    assert all(len(line["steps"]) in (0, len(line["cuts"])) for line in lines)
