"""Twins are put in place whole or not at all, and users read them with the tools they have."""

from __future__ import annotations

import dataclasses
import os
import resource
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cleaners.document import Line, Metadata
from flows.archive.shard_reader import StoredPage
from flows.common.errors import SitoError
from flows.tables import rows as row_module
from flows.tables import shard_tables, tables_writer
from flows.tables.rows import DocumentRow, failed_row, kept_text, page_row, paragraphs_of, rebuild_document
from flows.tables.schema import DOCUMENTS, LEDGER
from flows.tables.schema_page import PYTHON, SQL, schema_page
from flows.tables.shard_tables import DamagedTables, ShardTables, remove_partial
from flows.tables.tables_writer import PageRowsError, TablesWriter
from support.newspaper import BODY, FIRST_DAY, SOURCE, cleaned, content, documents, ledger, page, shard_of
from support.paths import ROOT, TESTS

if TYPE_CHECKING:
    from collections.abc import Callable


def row(offset: int = 0, text: str = "", version: str = "1") -> DocumentRow:
    stored = StoredPage(f"file:///{offset}.html", b"", "text/html", FIRST_DAY, None, offset, "sha1:A", None)
    return failed_row(page_row(stored, "0", SOURCE, "s.warc.gz", version), "tried") | {"text": text}


@pytest.fixture
def place(tmp_path: Path) -> ShardTables:
    return ShardTables.of(tmp_path, SOURCE, "s.warc.gz")


def write(place: ShardTables, *rows: DocumentRow) -> None:
    with TablesWriter(place) as writer:
        for each in rows:
            writer.add(each, [])


class TestSchema:
    def test_the_page_in_docs_is_made_of_the_schemas(self) -> None:
        assert (ROOT / "docs" / "schema.md").read_text(encoding="utf-8") == schema_page(), (
            "run: python -m flows.tables.schema_page > docs/schema.md"
        )

    @pytest.mark.parametrize("field", [*DOCUMENTS, *LEDGER], ids=lambda field: field.name)
    def test_every_column_says_what_it_holds(self, field: pa.Field) -> None:
        assert field.metadata[b"description"]

    def test_all_that_a_page_says_of_itself_has_a_column(self) -> None:
        renamed = {"url": "canonical_url", "language": "declared_language"}
        said = {renamed.get(f.name, f.name) for f in dataclasses.fields(Metadata)}
        assert said <= set(DOCUMENTS.names)
        column = {"index": "place"}  # the column keeps the name that it had in 0.1, for the queries of users
        assert {column.get(f.name, f.name) for f in dataclasses.fields(Line)} <= set(LEDGER.names)


class TestText:
    @pytest.mark.parametrize(
        ("text", "stored"), [("a\x00b", "a\x00b"), ("a\ud83db\udc00", "a\ufffdb\ufffd"), ("дім\u0301", "дім\u0301")]
    )
    def test_any_text_can_be_written_and_offsets_still_hold(self, place: ShardTables, text: str, stored: str) -> None:
        write(place, row_module.writable(row(text=text)))
        assert documents(place)[0]["text"] == stored
        assert len(stored) == len(text)

    def test_a_reason_with_half_a_character_can_be_written(self, place: ShardTables) -> None:
        write(place, failed_row(row(), "\udcff"))
        assert documents(place)[0]["reason"] == "\ufffd"


class TestWriting:
    def test_memory_is_bounded_by_row_groups(self, place: ShardTables) -> None:
        write(place, *(row(n, "x" * 2**20) for n in range(9)))
        assert pq.ParquetFile(place.documents).num_row_groups > 1
        assert [r["offset"] for r, _ in place.pages()] == list(range(9))

    def test_a_shard_without_pages_has_whole_tables_too(self, place: ShardTables) -> None:
        write(place)
        assert place.versions() == set()

    def test_an_error_leaves_what_stood_there(self, place: ShardTables, tmp_path: Path) -> None:
        write(place, row())
        before = content(tmp_path)
        with pytest.raises(PageRowsError):
            write(place, row(1), {})
        assert content(tmp_path) == before

    def test_a_full_disk_is_an_error_that_names_the_folder_and_leaves_what_stood_there(
        self, place: ShardTables, tmp_path: Path
    ) -> None:
        write(place, row())
        before = content(tmp_path)
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
        try:
            with pytest.raises(SitoError, match="clean: cannot be written"):
                write(place, *(row(n, os.urandom(3000).hex()) for n in range(30)))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
            signal.signal(signal.SIGXFSZ, handler)
        assert content(tmp_path) == before

    def test_a_folder_that_cannot_be_made_is_an_error_that_names_it(self, tmp_path: Path) -> None:
        (tmp_path / "clean").write_text("a file is in the way")
        with pytest.raises(SitoError, match="clean: cannot be written"):
            write(ShardTables.of(tmp_path, SOURCE, "s.warc.gz"), row())

    def test_half_written_tables_are_swept_and_whole_ones_are_not(self, place: ShardTables, tmp_path: Path) -> None:
        write(place, row())
        before = content(tmp_path)
        part = place.ledger.with_name(f".{place.ledger.name}.123.part")
        part.write_bytes(b"PAR1")
        assert remove_partial(tmp_path, SOURCE) == [part.name]
        assert content(tmp_path) == before


class TestWhole:
    @pytest.mark.parametrize("gone", ["documents", "ledger"])
    def test_one_without_the_other_is_not_whole(self, place: ShardTables, gone: str) -> None:
        write(place, row())
        assert place.versions() == {"1"}
        getattr(place, gone).unlink()
        assert place.versions() is None

    @pytest.mark.parametrize("content", [b"", b"PAR1", b"PAR1PAR1", b"no parquet at all"])
    def test_a_file_that_is_no_parquet_is_not_whole(self, place: ShardTables, content: bytes) -> None:
        write(place, row())
        place.documents.write_bytes(content)
        assert place.versions() is None

    def test_a_new_ledger_beside_old_documents_is_not_whole(self, tmp_path: Path) -> None:
        one, other = (cleaned(tmp_path, shard_of(tmp_path, page(n), start=n)) for n in (0, 1))
        one.ledger.write_bytes(other.ledger.read_bytes())
        assert one.versions() is None

    def test_documents_that_were_written_again_have_another_marker(self, place: ShardTables) -> None:
        write(place, row())
        old, marker = place.documents.read_bytes(), place.marker()
        write(place, row(version="2"))
        assert place.marker() not in (None, marker)
        place.documents.write_bytes(old)
        assert place.marker() == marker  # the ledger is the same: this is how both were
        assert place.readable()

    @pytest.mark.parametrize("column", ["cleaners", "fetched_at"])
    def test_a_damaged_column_is_no_reason_to_stop(self, place: ShardTables, column: str) -> None:
        write(place, row())
        whole = bytearray(place.documents.read_bytes())
        group = pq.ParquetFile(place.documents).metadata.row_group(0)
        chunk = next(c for i in range(group.num_columns) if (c := group.column(i)).path_in_schema == column)
        start = chunk.dictionary_page_offset
        whole[start : start + chunk.total_compressed_size] = bytes(chunk.total_compressed_size)
        place.documents.write_bytes(whole)
        assert (place.versions() is None) is (column == "cleaners")
        assert place.may_hold(lambda at: False)  # nobody knows, so it may

    def test_damage_inside_is_named_after_the_good_pages(self, place: ShardTables) -> None:
        write(place, *(row(n, os.urandom(2**20).hex()) for n in range(6)))
        whole = place.documents.read_bytes()
        middle = len(whole) * 2 // 3
        place.documents.write_bytes(whole[:middle] + bytes(2000) + whole[middle + 2000 :])
        read = place.pages()
        assert next(read)[0]["offset"] == 0
        with pytest.raises(DamagedTables, match="reprocessing from raw"):
            list(read)


class TestOlderLayouts:
    def test_words_in_several_columns_become_spans(self, tmp_path: Path) -> None:
        credited = f"{BODY}<p>Увечері грав оркестр, і люди танцювали. Підписуйтесь на наш Telegram-канал!</p>"
        place = cleaned(tmp_path, shard_of(tmp_path, page(0), page(1, credited)))
        whole = list(place.pages())
        assert any(line["verdict"] == "cut" for _, lines in whole for line in lines)
        for path, change in ((place.documents, _with_texts), (place.ledger, _with_kept)):
            rows = pq.read_table(path, partitioning=None)
            pq.write_table(change(rows), path)
        assert pq.read_schema(place.documents).field("paragraphs").type != DOCUMENTS.field("paragraphs").type
        no_spans = {"spans_uk": [], "spans_en": []}
        assert list(place.pages()) == [(row | no_spans, lines) for row, lines in whole]

    def test_a_column_that_came_later_is_null(self, place: ShardTables, monkeypatch: pytest.MonkeyPatch) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(tables_writer, "DOCUMENTS", without(DOCUMENTS, "section"))
            write(place, {key: value for key, value in row().items() if key != "section"})
        assert [r["section"] for r, _ in place.pages()] == [None]

    @pytest.mark.parametrize(
        "layout",
        [
            lambda schema: without(schema, "text"),
            lambda schema: schema.set(schema.get_field_index("offset"), pa.field("offset", pa.int32())),
        ],
        ids=["a column is missing", "a column has another type"],
    )
    def test_tables_that_cannot_be_read_as_todays_are_rebuilt_from_raw(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, layout: Callable[[pa.Schema], pa.Schema]
    ) -> None:
        shard = shard_of(tmp_path, page(0))
        with monkeypatch.context() as patch:
            patch.setattr(tables_writer, "DOCUMENTS", layout(DOCUMENTS))
            place = cleaned(tmp_path, shard)
        with pytest.raises(DamagedTables, match="reprocessing from raw"):
            list(place.pages())
        cleaned(tmp_path, shard)
        assert [r["url"] for r, _ in place.pages()] == ["file:///0.html"]


def _with_texts(rows: pa.Table) -> pa.Table:
    """The documents as release 0.1.0 wrote them: each paragraph with its text."""
    old = [[dataclasses.asdict(paragraph) for paragraph in paragraphs_of(row)] for row in rows.to_pylist()]
    place = rows.schema.get_field_index("paragraphs")
    return rows.drop_columns(["spans_uk", "spans_en"]).set_column(place, "paragraphs", pa.array(old))


def _with_kept(rows: pa.Table) -> pa.Table:
    """The ledger as release 0.1.0 wrote it: with all that is kept."""
    kept = pa.array([kept_text(row) for row in rows.to_pylist()], pa.string())
    return rows.drop_columns(["remains"]).append_column("kept", kept)


def without(schema: pa.Schema, name: str) -> pa.Schema:
    return schema.remove(schema.get_field_index(name))


@pytest.mark.slow
class TestKilled:
    SCRIPT = """
import os, shutil, signal, sys
sys.path.insert(0, sys.argv[1])
from functools import cache
from pathlib import Path
import flows.pipeline.stored_pages
from support.newspaper import SOURCE, cleaned
from flows.tables.shard_tables import remove_partial
data, shard = map(Path, sys.argv[2:])
flows.pipeline.stored_pages.read_html = cache(flows.pipeline.stored_pages.read_html)  # the same pages each time
cleaned(data / "warm", shard)

def watched(folder, until=None):
    lines = []
    def trace(frame, event, _):
        if not frame.f_code.co_filename.endswith(("flows/tables/shard_tables.py", "flows/tables/tables_writer.py")):
            return None
        if event == "line":
            lines.append(frame.f_code.co_name)
            if len(lines) == until:
                os.kill(os.getpid(), signal.SIGKILL)
        return trace
    sys.settrace(trace)
    cleaned(data / folder, shard)
    sys.settrace(None)
    return lines

for moment, name in enumerate(watched("undisturbed"), 1):
    if name in ("__exit__", "put_in_place") or moment % 83 == 0:
        if os.fork() == 0:
            watched(f"killed{moment:03}", moment)
            os._exit(0)
        os.wait()
for killed in data.glob("killed*"):
    mended = data / killed.name.replace("killed", "mended")
    shutil.copytree(killed, mended)
    remove_partial(mended, SOURCE)
    cleaned(mended, shard)
"""

    def test_a_killed_cleaning_leaves_whole_tables_or_tables_that_the_next_one_mends(self, tmp_path: Path) -> None:
        shard = shard_of(tmp_path, page(0), page(1))
        # All in one process: cleaners that are edited meanwhile would else judge otherwise here than there.
        subprocess.run([sys.executable, "-c", self.SCRIPT, TESTS, tmp_path, shard], check=True)
        whole = content(tmp_path / "undisturbed" / "clean")
        left = set()
        for data in sorted(tmp_path.glob("killed*")):
            found = content(data / "clean")
            names = {Path(name).parts[0] for name in found if not name.endswith(".part")}
            left.add(frozenset(names - {"cleaners"}))
            if ShardTables.of(data, SOURCE, shard.name).versions() is not None:
                assert {name: found[name] for name in whole if name.endswith(".parquet")}.items() <= whole.items()
            assert content(tmp_path / data.name.replace("killed", "mended") / "clean") == whole
        assert left == {frozenset(), frozenset({"ledger"}), frozenset({"ledger", "documents"})}


class TestReaders:
    @pytest.fixture
    def data(self, tmp_path: Path) -> Path:
        cleaned(tmp_path, shard_of(tmp_path, page(0), page(1), b""))
        return tmp_path

    def test_duckdb_reads_documents_by_source(self, data: Path) -> None:
        found = duckdb.sql(
            f"""
            SELECT source, language, count(*) AS pages, sum(length(text)) AS characters
            FROM read_parquet('{data}/clean/documents/**/*.parquet', hive_partitioning = true)
            WHERE status = 'kept'
            GROUP BY ALL ORDER BY pages DESC
            """
        ).fetchall()
        assert [(source, language, pages) for source, language, pages, _ in found] == [(SOURCE, "uk", 2)]

    def test_duckdb_joins_the_ledger_and_cuts_by_its_offsets(self, data: Path) -> None:
        found = duckdb.sql(
            f"""
            SELECT d.url, l.rule, c.category, l.text[c."start" + 1 : c."end"] AS dropped
            FROM read_parquet('{data}/clean/ledger/**/*.parquet') l
            JOIN read_parquet('{data}/clean/documents/**/*.parquet') d USING (shard, "offset"),
            UNNEST(l.cuts) AS u(c)
            """
        ).fetchall()
        expected = sorted((x["url"], x["text"][c["start"] : c["end"]]) for x in ledger(_only(data)) for c in x["cuts"])
        assert sorted((url, dropped) for url, _, _, dropped in found) == expected

    def test_the_text_in_a_language_is_read_as_the_docs_say(self, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(data)
        expected = {row["url"]: rebuild_document(row, ()).text_in("uk").text for row in documents(_only(data))}
        found = dict(duckdb.sql(SQL).fetchall())
        assert found == {url: text for url, text in expected.items() if text} != {}
        for row in documents(_only(data)):
            values: dict[str, Any] = {"row": row}
            exec(PYTHON, values)
            assert values["text_uk"] == expected[row["url"]]

    def test_pyarrow_and_so_pandas_read_the_folder_as_one_table(self, data: Path) -> None:
        table = pq.read_table(data / "clean" / "documents")
        assert set(table["source"].to_pylist()) == {SOURCE}
        assert table.num_rows == 3

    def test_no_column_is_a_map_since_datasets_reads_none(self) -> None:
        assert not [f.name for f in [*DOCUMENTS, *LEDGER] if pa.types.is_map(f.type)]


def _only(data: Path) -> ShardTables:
    (shard,) = ShardTables.shards(data, SOURCE)
    return shard_tables.ShardTables.of(data, SOURCE, shard)
