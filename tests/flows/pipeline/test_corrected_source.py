"""A source cleaned by what a person says of it: the tables, a replay, and what was cleaned by other corrections."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cleaners.corrections import NO_CORRECTIONS, Correction, Corrections
from flows.config.corrections import load_corrections
from flows.config.settings import load_settings
from flows.config.sources import load_sources
from flows.pipeline.cleaning_job import Scope
from flows.pipeline.source_run import run_ingest, run_reprocess
from flows.report.progress import Progress
from flows.tables.rows import rebuild_document
from flows.tables.shard_tables import ShardTables
from support.in_process import LOG, HereSteps, ingest_folder, reprocess_archived
from support.newspaper import SOURCE, content, documents, ledger, page, shard_of

if TYPE_CHECKING:
    from pathlib import Path

SLOGAN = "<p>Наш Вісник — голос громади</p>"
STRAY = "</article><aside><p>Розклад автобусів змінили з понеділка, тож дивіться на табло.</p></aside>"
TEASER = "Читайте також: Як доглядати за старими книжками"
LINES = Corrections(
    (
        Correction("drop", "text", "Наш Вісник — голос громади", "slogan"),
        Correction("keep", "rule", "uk.also-read", "a heading here"),
    )
)
READ = Corrections((*LINES.all, Correction("keep", "selector", "aside p", "the timetable")))


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Two pages in a shard, cleaned without corrections."""
    shard_of(tmp_path, *(page(n).replace(b"</article>", b"") + (SLOGAN + STRAY).encode() for n in range(2)))
    reprocess_archived(tmp_path)
    return tmp_path


def tables(data: Path) -> ShardTables:
    (shard,) = ShardTables.shards(data, SOURCE)
    return ShardTables.of(data, SOURCE, shard)


@pytest.mark.parametrize("corrections", [LINES, READ])
@pytest.mark.parametrize("origin", ["raw", "ledger"])
def test_corrections_change_the_tables_and_again_no_byte(data: Path, corrections: Corrections, origin: Any) -> None:
    result = reprocess_archived(data, Scope(origin=origin), corrections)
    assert result.changes.changed == 2
    first = content(data / "clean")
    for again in ("raw", "ledger"):
        assert reprocess_archived(data, Scope(origin=again), corrections).changes.changed == 0  # type: ignore[arg-type]
        assert content(data / "clean") == first
    assert {row["corrections"] for row in documents(tables(data))} == {corrections.digest}
    rows = {row["text"]: row for row in ledger(tables(data))}
    assert (rows[TEASER]["verdict"], rows[TEASER]["rule"]) == ("kept", LINES.all[1].name)
    assert rows[TEASER]["evidence"] == "“a heading here” against “uk.also-read”"
    slogan = rows["Наш Вісник — голос громади"]
    assert (slogan["verdict"], slogan["rule"], slogan["evidence"]) == ("dropped", LINES.all[0].name, "slogan")


@pytest.mark.parametrize("corrections", [LINES, READ])
def test_without_them_all_is_as_before(data: Path, corrections: Corrections) -> None:
    before = content(data / "clean")
    for origin in ("ledger", "raw"):
        reprocess_archived(data, Scope(origin=origin), corrections)  # type: ignore[arg-type]
        assert content(data / "clean") != before
        reprocess_archived(data, Scope(origin="ledger"), NO_CORRECTIONS)
        assert content(data / "clean") == before


def test_a_document_comes_back_from_its_rows_with_who_kept_a_line(data: Path) -> None:
    reprocess_archived(data, Scope(), READ)
    row = documents(tables(data))[0]
    document = rebuild_document(row, [line for line in ledger(tables(data)) if line["offset"] == row["offset"]])
    kept = {entry.kept_by.rule for entry in document.ledger if entry.kept_by}
    assert kept == {READ.all[1].name, READ.all[2].name}


def test_without_raw_the_lines_are_judged_as_they_were_read(data: Path) -> None:
    for path in (data / "raw" / SOURCE).glob("*-*"):
        path.unlink()
    reprocess_archived(data, Scope(origin="ledger"), READ)
    digests = {row["corrections"] for row in documents(tables(data))}
    assert digests == {f"-.{(READ.digest or '').partition('.')[2]}"}, "which says that they were read without them"


def test_a_run_says_which_shards_other_corrections_cleaned(tmp_path: Path) -> None:
    pages = tmp_path / "pages"
    pages.mkdir()
    (pages / "1.html").write_bytes(page(1))
    assert ingest_folder(pages, tmp_path, corrections=LINES).notes == []
    assert ingest_folder(pages, tmp_path, corrections=LINES).notes == []
    (note,) = ingest_folder(pages, tmp_path, corrections=READ).notes
    assert note == (
        "shards that another version of the cleaners, or other corrections, cleaned: 1; "
        f"`sito reprocess {SOURCE}` cleans them again"
    )


def test_runs_take_the_corrections_beside_the_sources_file(tmp_path: Path) -> None:
    pages = tmp_path / "pages"
    pages.mkdir()
    (pages / "1.html").write_bytes(page(1) + SLOGAN.encode())
    (tmp_path / "sources.toml").write_text(f'[sources.{SOURCE}]\nkind = "folder"\npath = "pages"\n')
    said = 'note = "n"\ndate = 2026-03-01\npage = "file:///1.html"\n'
    (tmp_path / "corrections").mkdir()
    (tmp_path / "corrections" / f"{SOURCE}.toml").write_text(f'[[off]]\nrule = "uk.also-read"\n{said}', "utf-8")
    settings = load_settings(sources=tmp_path / "sources.toml", data=tmp_path, workers=1)
    source = load_sources(settings.sources)[SOURCE]
    run_ingest(source, settings, "run-1", HereSteps(), Progress(SOURCE), LOG)
    digest = documents(tables(tmp_path))[0]["corrections"]
    assert digest == load_corrections(settings.sources, SOURCE).digest is not None
    changes, _ = run_reprocess(source, settings, "run-2", Scope(), HereSteps(), Progress(SOURCE), LOG)
    assert changes.changed == 0
