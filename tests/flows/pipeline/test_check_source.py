"""The table of damage in docs/running.md: what was broken, what says so, what mends it."""

from __future__ import annotations

import gzip
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq
import pytest

from flows.archive.cdxj import index_path, read_entries
from flows.archive.source_archive import Archive
from flows.common.errors import SitoError
from flows.pipeline.check_source import check_source
from flows.state import PageState, State
from flows.tables.shard_tables import ShardTables
from support.captures import NOON, keep, response
from support.in_process import ingest_folder, reprocess_archived
from support.newspaper import BODY, SOURCE, documents, page
from support.paths import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PAGES = 6
PER_SHARD = 3


@dataclass(frozen=True, slots=True)
class Stored:
    """A source of a few pages, pulled and cleaned, in two shards."""

    folder: Path
    data: Path

    @property
    def shard(self) -> Path:
        return Archive(self.data, SOURCE).shards()[0]

    @property
    def index(self) -> Path:
        return index_path(self.shard)

    @property
    def tables(self) -> ShardTables:
        return ShardTables.of(self.data, SOURCE, self.shard.name)

    def ingest(self) -> list[str]:
        return ingest_folder(self.folder, self.data, batch=PER_SHARD).notes

    def reprocess(self) -> None:
        reprocess_archived(self.data)

    def check(self) -> list[str]:
        return [f"{damage.where} {damage.what}" for damage in check_source(SOURCE, self.data).damages]

    def good(self) -> set[str]:
        """The addresses of pages with a row that has text."""
        rows = []
        for name in ShardTables.shards(self.data, SOURCE):
            rows += documents(ShardTables.of(self.data, SOURCE, name))
        return {row["url"] for row in rows if row["status"] == "kept"}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Stored:
    root = tmp_path_factory.mktemp("stored")
    (root / "pages").mkdir()
    for number in range(PAGES):
        text = page(number, BODY.replace("бібліотеку", f"бібліотеку номер {number}"))
        (root / "pages" / f"{number}.html").write_bytes(text)
    stored = Stored(root / "pages", root / "data")
    stored.ingest()
    return stored


@pytest.fixture
def stored(made: Stored, tmp_path: Path) -> Stored:
    shutil.copytree(made.folder.parent, tmp_path, dirs_exist_ok=True)
    return Stored(tmp_path / "pages", tmp_path / "data")


def cut(path: Path, length: int) -> None:
    path.write_bytes(path.read_bytes()[:length])


def flip(path: Path, place: float | int) -> None:
    content = bytearray(path.read_bytes())
    content[place if isinstance(place, int) else int(len(content) * place)] ^= 0x10
    path.write_bytes(content)


def swap_payload(stored: Stored) -> None:
    """Another text in a record, packed again: all is well formed, and its digest is that of before."""
    first, second = (entry.offset for entry in read_entries(stored.shard)[:2])
    whole = stored.shard.read_bytes()
    member = gzip.decompress(whole[first:second]).replace("номер 0".encode(), "номер 9".encode())
    stored.shard.write_bytes(whole[:first] + gzip.compress(member, mtime=0) + whole[second:])


def rewrite(path: Path, change: Callable[[list[dict[str, Any]]], list[dict[str, Any]]]) -> None:
    """Change the rows of a table of an earlier release and keep all else, as a tool that knows Parquet might."""
    table, footer = pq.read_table(path, partitioning=None), pq.read_metadata(path).metadata
    with pq.ParquetWriter(path, table.schema) as writer:
        writer.write_table(type(table).from_pylist(change(table.to_pylist()), schema=table.schema))
        writer.add_key_value_metadata({key: value for key, value in footer.items() if key.startswith(b"sito.")})
    for sums in path.parents[2].rglob("*.sums"):
        sums.unlink()


def other_text(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [row | {"text": row["text"] + "!"} for row in rows]


def between(stored: Stored) -> int:
    return read_entries(stored.shard)[1].offset


SHARD: dict[str, tuple[Callable[[Stored], object], str]] = {
    "shard cut in a record": (lambda at: cut(at.shard, between(at) + 50), "at offset"),
    "shard cut between records": (lambda at: cut(at.shard, between(at)), "is shorter than its index says"),
    "shard empty": (lambda at: cut(at.shard, 0), "at offset 0"),
    "shard of zeros": (lambda at: at.shard.write_bytes(bytes(at.shard.stat().st_size)), "at offset 0"),
    "bit of the shard": (lambda at: flip(at.shard, between(at) + 60), "at offset"),
    "rest after the shard": (lambda at: at.shard.write_bytes(at.shard.read_bytes() + b"rest"), "at offset"),
    "another payload": (swap_payload, "does not match its digest"),
}
INDEX: dict[str, tuple[Callable[[Stored], object], str]] = {
    "index gone": (lambda at: at.index.unlink(), "is missing"),
    "index empty": (lambda at: cut(at.index, 0), "does not list what its shard holds"),
    "index lost a line": (
        lambda at: at.index.write_text("".join(at.index.read_text().splitlines(keepends=True)[:-1])),
        "is not complete",
    ),
    "bit of the index": (lambda at: flip(at.index, 0.7), ".cdxj "),
    "index of zeros": (lambda at: at.index.write_bytes(bytes(500)), "does not list what its shard holds"),
}
TABLES: dict[str, tuple[Callable[[Stored], object], str]] = {
    "documents gone": (lambda at: at.tables.documents.unlink(), "is missing, or does not match its ledger"),
    "ledger gone": (lambda at: at.tables.ledger.unlink(), "is missing, or does not match its ledger"),
    "ledger cut": (lambda at: cut(at.tables.ledger, 900), "is missing, or does not match its ledger"),
    "documents empty": (lambda at: cut(at.tables.documents, 0), "is missing, or does not match its ledger"),
    "bit of the documents": (lambda at: flip(at.tables.documents, 0.1), "was changed since it was written"),
    "bit of the ledger": (lambda at: flip(at.tables.ledger, 0.1), "was changed since it was written"),
}
REWRITTEN: dict[str, tuple[Callable[[Stored], object], str]] = {
    "a row of the documents lost": (lambda at: rewrite(at.tables.documents, lambda rows: rows[1:]), "has another text"),
    "the last row of the documents lost": (
        lambda at: (
            rewrite(at.tables.documents, lambda rows: rows[:-1]),
            rewrite(at.tables.ledger, lambda rows: [row for row in rows if row["offset"] != rows[-1]["offset"]]),
        ),
        "1 pages of the shard are missing",
    ),
    "a line of the ledger lost": (lambda at: rewrite(at.tables.ledger, lambda rows: rows[1:]), "lacks some of its"),
    "another text": (lambda at: rewrite(at.tables.documents, other_text), "has another text than its lines"),
    "other digests": (
        lambda at: rewrite(at.tables.documents, lambda rows: [row | {"digest": "sha1:A"} for row in rows]),
        "3 have another payload",
    ),
}
URLS = {f"file:///{number}.html" for number in range(PAGES)}


def test_what_is_whole_is_said_to_be_whole(stored: Stored) -> None:
    before = {path: path.read_bytes() for path in stored.data.rglob("*") if path.is_file()}
    told: list[tuple[int, int]] = []
    found = check_source(SOURCE, stored.data, jobs=2, tell=lambda done, of: told.append((done, of)))
    assert (found.damages, found.shards, found.captures) == ([], 2, PAGES)
    assert told[0] == (0, found.bytes)
    assert told[-1] == (found.bytes, found.bytes)
    after = {path: path.read_bytes() for path in stored.data.rglob("*") if path.is_file() and path.name != ".checked"}
    assert after == {path: content for path, content in before.items() if path.name != ".checked"}
    assert stored.ingest() == []


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE tables SET marker = 'other'",
        "DELETE FROM captured",
        "UPDATE facts SET value = '7' WHERE name = 'pages'",
    ],
)
def test_a_manifest_that_says_something_else_is_removed(stored: Stored, change: str) -> None:
    stored.ingest()  # the files are copies, which the manifest does not know
    manifest = Archive(stored.data, SOURCE).manifest
    with closing(sqlite3.connect(manifest.path)) as connection, connection:
        connection.execute(change)
    (said,) = stored.check()
    assert said == f"{manifest.path} does not say what the shards and tables hold, and was removed"
    assert stored.check() == stored.ingest() == []
    assert manifest.path.exists()


def test_pages_with_menus_are_whole_until_a_line_is_lost(stored: Stored) -> None:
    menu = "<ul><li><a href=/a>Новини</a><li><a href=/b>Спорт</a></ul><p>©</p>"
    table = "<table><tr><th>Зупинка<th>Перший рейс<tr><td>Млин<td>5:52<tr><td>Вокзал<td>5:40</table>"
    for path in stored.folder.iterdir():
        path.write_bytes(path.read_bytes().replace(b"<body>", b"<body>" + menu.encode()) + menu.encode())
        path.write_bytes(path.read_bytes().replace(b"</p>", b"</p>" + table.encode(), 2))
    shutil.rmtree(stored.data)
    stored.ingest()
    lines = pq.ParquetFile(stored.tables.ledger).read().to_pylist()
    assert {"Новини · Спорт · ©", "Млин | 5:52"} <= {line["text"] for line in lines}
    assert stored.check() == []
    rewrite(stored.tables.ledger, lambda rows: [row for row in rows if row["place"] != 3])
    assert "lacks some of its lines" in str(stored.check())


@pytest.mark.parametrize("broken", SHARD)
def test_a_damaged_shard_is_said_and_its_pages_are_captured_again(stored: Stored, broken: str) -> None:
    how, said = SHARD[broken]
    whole = stored.shard.read_bytes()
    how(stored)
    found = stored.check()
    assert any(each.startswith(str(stored.shard)) and said in each for each in found), found
    assert any("damaged (" in note for note in stored.ingest())
    assert any("damaged (" in note for note in stored.ingest())  # in each run, until it is mended
    assert stored.good() == URLS
    held = [entry.url for shard in Archive(stored.data, SOURCE).shards() for entry in read_entries(shard)]
    assert sorted(held) == sorted(URLS)  # each once
    stored.shard.write_bytes(whole)
    stored.ingest()
    assert stored.check() == []


@pytest.mark.parametrize("broken", INDEX)
def test_a_damaged_index_is_said_and_rebuilt(stored: Stored, broken: str) -> None:
    how, said = INDEX[broken]
    whole = stored.index.read_bytes()
    how(stored)
    found = stored.check()
    assert len(found) == 1
    assert found[0].startswith(str(stored.index))
    assert said in found[0]
    (note,) = stored.ingest()
    assert note.endswith("rebuilt")
    assert stored.index.read_bytes() == whole
    assert stored.check() == []
    assert len(Archive(stored.data, SOURCE).shards()) == 2


@pytest.mark.parametrize("broken", TABLES)
def test_damaged_tables_are_said_and_made_anew_by_the_next_run(stored: Stored, broken: str) -> None:
    how, said = TABLES[broken]
    how(stored)
    (found,) = stored.check()
    assert said in found
    assert stored.ingest()
    assert stored.check() == []
    assert stored.good() == URLS


@pytest.mark.parametrize("broken", REWRITTEN)
def test_tables_that_contradict_each_other_or_the_shard_are_said_and_made_anew(stored: Stored, broken: str) -> None:
    how, said = REWRITTEN[broken]
    how(stored)
    (found,) = stored.check()
    assert said in found
    stored.reprocess()
    assert stored.check() == []
    assert stored.good() == URLS


def test_no_clean_text_is_made_of_a_payload_that_does_not_match(stored: Stored) -> None:
    swap_payload(stored)
    stored.reprocess()
    (row,) = [row for row in documents(stored.tables) if row["url"] == "file:///0.html"]
    assert (row["status"], row["text"]) == ("failed", "")
    assert row["reason"].startswith("its payload does not match its digest")
    assert "номер 9" not in str(documents(stored.tables))


@pytest.mark.parametrize("place", [place / 40 for place in range(1, 40, 2)])
def test_no_changed_byte_of_a_table_ends_the_check(stored: Stored, place: float) -> None:
    flip(stored.tables.documents, place)
    flip(stored.tables.ledger, place)
    assert len(stored.check()) == 1
    assert stored.ingest()
    assert stored.check() == []
    assert stored.good() == URLS


class TestState:
    def checked(self, data: Path) -> list[str]:
        return [str(damage) for damage in check_source(SOURCE, data, f"sqlite:///{data}/state.sqlite").damages]

    @pytest.fixture
    def data(self, tmp_path: Path) -> Path:
        archive, _, _ = keep(tmp_path, [response(f"https://example.org/{n}", f"{n}".encode()) for n in range(3)])
        with State.open(f"sqlite:///{tmp_path}/state.sqlite") as state:
            state.rebuild(SOURCE, archive)
        return tmp_path

    def of_state(self, data: Path) -> list[str]:
        return [said for said in self.checked(data) if said.startswith(f"{data}/state.sqlite")]

    def test_what_it_does_not_know_and_what_is_not_there(self, data: Path) -> None:
        assert self.of_state(data) == []
        with State.open(f"sqlite:///{data}/state.sqlite") as state:
            state.pages.forget(SOURCE)
            lost = PageState("https://example.org/lost", NOON, first_captured=NOON, digest="sha1:A", outcome="new")
            state.pages.record(SOURCE, [lost])
        assert [said.partition(": ")[2].partition(";")[0] for said in self.of_state(data)] == [
            "3 pages of news that are in raw/ are missing",
            "1 pages of news are said to be in raw/, and are not",
        ]
        with State.open(f"sqlite:///{data}/state.sqlite") as state:
            state.rebuild(SOURCE, Archive(data, SOURCE))
        assert self.of_state(data) == []

    def test_a_shard_that_no_run_has_imported_is_no_damage(self, data: Path) -> None:
        keep(data, [response("https://example.org/later", b"later")])
        assert self.of_state(data) == []

    def test_revisits_of_pages_that_are_gone_are_counted(self, data: Path) -> None:
        archive, _, _ = keep(data, [response("https://example.org/0", b"0"), response("https://example.org/1", b"1")])
        first, second = archive.shards()
        first.unlink()
        index_path(first).unlink()
        assert any(f"{second}: 2 of its revisits refer to pages that are not" in said for said in self.checked(data))


def test_a_run_is_not_met(stored: Stored) -> None:
    with Archive(stored.data, SOURCE).lock(), pytest.raises(SitoError, match="another run"):
        check_source(SOURCE, stored.data)


def test_the_table_of_damage_names_each(stored: Stored) -> None:
    table = (ROOT / "docs" / "running.md").read_text("utf-8").partition("## When something is damaged")[2]
    for kind in {*SHARD, *INDEX, *TABLES, *REWRITTEN}:
        assert kind in table, kind
