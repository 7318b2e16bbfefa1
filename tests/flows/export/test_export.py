"""`sito export`: what is chosen, how it is written, and that other tools read it."""

from __future__ import annotations

import csv
import gc
import gzip
import json
import tracemalloc
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from flows.export import writers
from flows.export.columns import COLUMNS
from flows.export.export import export
from flows.export.forms import form_of
from flows.export.question import Export, Question
from flows.export.split import parse_split
from support.paths import ROOT

from .conftest import HOSTILE, START, document, write

Sito = Callable[..., tuple[int, str, str]]
TEXT = HOSTILE.replace("\ud800", "\ufffd")


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_bytes().decode().split("\n") if line]


def urls(path: Path) -> list[int]:
    return [int(record["url"].rpartition("/")[2]) for record in lines(path)]


@pytest.mark.parametrize(
    ("options", "numbers"),
    [
        ("", [1, 2, 5, 6]),
        ("--reserved", [1, 2, 3, 5, 6]),
        ("beta", [5, 6]),
        ("--language en", [5]),
        ("--since 2026-03-03", [2, 5, 6]),
        ("--until 2026-02-28", [1]),
        ("--min-words 30", [6]),
        ("--unflagged", [1, 2, 5]),
        ("--only uk", [1, 2, 6]),
    ],
)
def test_what_is_chosen(sito: Sito, tmp_path: Path, options: str, numbers: list[int]) -> None:
    assert sito("export", *options.split(), "--output", tmp_path / "a.jsonl")[0] == 0
    assert urls(tmp_path / "a.jsonl") == numbers


def test_only_whole_paragraphs_of_a_language(sito: Sito, tmp_path: Path) -> None:
    sito("export", "--only", "uk", "--output", tmp_path / "a.jsonl")
    assert lines(tmp_path / "a.jsonl")[1]["text"] == "Перший абзац."


def test_the_last_version_of_a_page_unless_all_are_wanted(sito: Sito, data: Path, tmp_path: Path) -> None:
    later = {"url": "https://news.example/5", "fetched_at": START + timedelta(days=40)}
    gone = {**later, "status": "empty", "text": "", "paragraphs": [], "fetched_at": START + timedelta(days=50)}
    write(data, "beta", document(7, "Нова версія.", **later), document(8) | gone, shard="b.warc.gz")
    said = sito("export", "beta", "--output", tmp_path / "a.jsonl")[2]
    assert [record["text"][:4] for record in lines(tmp_path / "a.jsonl")] == ["Слов", "Нова"]
    assert "1 left out (an earlier version)" in said
    sito("export", "beta", "--versions", "all", "--output", tmp_path / "b.jsonl")
    assert len(lines(tmp_path / "b.jsonl")) == 3


def test_a_page_that_was_captured_again_is_no_other_version(sito: Sito, data: Path, tmp_path: Path) -> None:
    again = {"url": "https://news.example/5", "digest": "sha1:5", "fetched_at": START + timedelta(days=40)}
    elsewhere = {"digest": "sha1:6"}  # the same bytes under another address
    write(data, "beta", document(7, "Англійський.", **again), document(8, **elsewhere), shard="b.warc.gz")
    said = sito("export", "beta", "--versions", "all", "--output", tmp_path / "a.jsonl")[2]
    assert urls(tmp_path / "a.jsonl") == [6, 5, 8]
    assert "1 left out (captured again)" in said


def test_an_earlier_version_does_not_get_round_a_reservation(sito: Sito, data: Path, tmp_path: Path) -> None:
    later = {"url": "https://news.example/5", "fetched_at": START + timedelta(days=40)}
    write(data, "beta", document(7, reservations=["TDM reserved (header)"], **later), shard="b.warc.gz")
    sito("export", "beta", "--output", tmp_path / "a.jsonl")
    assert urls(tmp_path / "a.jsonl") == [6]


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz", "a.jsonl.zst", "a.csv", "a.txt", "a.parquet"])
def test_the_same_question_gives_the_same_bytes(sito: Sito, tmp_path: Path, name: str) -> None:
    (tmp_path / "b").mkdir()
    for path in (tmp_path / name, tmp_path / "b" / name):
        assert sito("export", "--output", path)[0] == 0
    assert (tmp_path / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_hostile_text_comes_back_from_each_form(sito: Sito, tmp_path: Path) -> None:
    for name in ("a.jsonl", "a.jsonl.gz", "a.csv", "a.parquet"):
        sito("export", "--output", tmp_path / name)
    raw = (tmp_path / "a.jsonl").read_bytes()
    assert lines(tmp_path / "a.jsonl")[0]["text"] == TEXT
    assert len(raw.decode().splitlines()) == 4  # Python's own splitlines, which splits at U+2028 and U+0085 too
    assert gzip.decompress((tmp_path / "a.jsonl.gz").read_bytes()) == raw
    with (tmp_path / "a.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert rows[0]["text"] == TEXT.replace("\0", "\ufffd")
    assert json.loads(rows[0]["authors"]) == ["О’Генрі, старший"]
    assert list(rows[0]) == COLUMNS.names
    table = pq.read_table(tmp_path / "a.parquet")
    assert table["text"][0].as_py() == TEXT
    assert table.schema.equals(COLUMNS)


def test_text_in_a_file_or_a_folder(sito: Sito, tmp_path: Path) -> None:
    sito("export", "beta", "--output", tmp_path / "a.txt")
    assert (tmp_path / "a.txt").read_text().startswith("English text here.\n\nСлово")
    sito("export", "beta", "--format", "txt", "--output", tmp_path / "texts")
    assert (tmp_path / "texts" / "beta" / "a" / "500.txt").read_text() == "English text here.\n"
    assert (tmp_path / "texts" / "README.md").is_file()


def test_duckdb_reads_it(sito: Sito, tmp_path: Path) -> None:
    for name in ("a.jsonl", "a.csv", "a.parquet"):
        sito("export", "--output", tmp_path / name)
        assert duckdb.sql(f"SELECT sum(words), count(*) FROM '{tmp_path / name}'").fetchall() == [(54, 4)]


def test_pandas_and_polars_read_it(sito: Sito, tmp_path: Path) -> None:
    pandas, polars = pytest.importorskip("pandas"), pytest.importorskip("polars")
    for name in ("a.jsonl", "a.csv", "a.parquet"):
        sito("export", "--output", tmp_path / name)
    frames = [pandas.read_json(tmp_path / "a.jsonl", lines=True), pandas.read_csv(tmp_path / "a.csv")]
    frames += [
        pandas.read_parquet(tmp_path / "a.parquet"),
        polars.read_ndjson(tmp_path / "a.jsonl", infer_schema_length=None),
    ]
    frames += [polars.read_csv(tmp_path / "a.csv"), polars.read_parquet(tmp_path / "a.parquet")]
    assert [len(frame) for frame in frames] == [4] * 6
    assert {sum(frame["words"]) for frame in frames} == {54}


def test_datasets_reads_the_folder(sito: Sito, tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets")
    sito("export", "--format", "hf", "--output", tmp_path / "hf", "--split", "train=50,test=50")
    found = datasets.load_dataset(str(tmp_path / "hf"), cache_dir=str(tmp_path / "cache"))
    assert sum(len(part) for part in found.values()) == 4
    assert set(found) <= {"train", "test"}


def test_datatrove_reads_its_shape(sito: Sito, tmp_path: Path) -> None:
    sito("export", "--format", "datatrove", "--output", tmp_path / "a.jsonl")
    record = lines(tmp_path / "a.jsonl")[0]
    assert list(record) == ["id", "text", "url", "date", "language", "metadata"]
    readers = pytest.importorskip("datatrove.pipeline.readers")
    found = list(readers.JsonlReader(str(tmp_path), glob_pattern="*.jsonl")())
    assert [each.id for each in found] == [each["id"] for each in lines(tmp_path / "a.jsonl")]
    assert found[0].text == TEXT
    assert found[0].metadata["source"] == "alpha"


def test_the_card_says_what_is_there(sito: Sito, data: Path, tmp_path: Path) -> None:
    sources = '[sources.alpha]\nkind = "folder"\npath = "."\nlicence = "CC BY 4.0"\n'
    (data / "s.toml").write_text(sources)
    options = ("--format", "hf", "--output", tmp_path / "hf", "--mask", "contacts", "--sources", data / "s.toml")
    assert sito("export", *options)[0] == 0
    card = (tmp_path / "hf" / "README.md").read_text()
    head = yaml.safe_load(card.split("---")[1])
    assert head["language"] == ["en", "uk"]
    assert head["configs"][0]["data_files"] == [{"split": "train", "path": "data/train-*.parquet"}]
    for said in (
        "| alpha | 2 |",
        "CC BY 4.0 |",
        "| reserved: noindex \\(page) | 1 |".replace("\\", ""),
        "| subscribe | 96 |",
        "0 by `[EMAIL]`",
        "| `id` | string |",
        "| `title` | string or null |",
        "Which documents tell the same story was not looked for",
    ):
        assert said in card.replace("\\:", ":")


def test_a_story_stays_in_one_part_and_may_stand_once(sito: Sito, data: Path, tmp_path: Path) -> None:
    rows = [("alpha", 200, "a1", False), ("beta", 500, "a1", True), ("beta", 600, "b2", True)]
    own = [
        {"shard": "a.warc.gz", "offset": o, "story": s * 8, "representative": r, "kind": None if r else "edited"}
        for _, o, s, r in rows
    ]
    (data / "clean" / "stories").mkdir(parents=True)
    stored = pa.Table.from_pylist(own).add_column(0, "source", pa.array([of for of, *_ in rows]))
    pq.write_table(stored, data / "clean" / "stories" / "2026-03-01.parquet")
    card = tmp_path / "card.md"
    said = sito("export", "--output", tmp_path / "a.jsonl", "--stories", "representative", "--card", card)[2]
    assert urls(tmp_path / "a.jsonl") == [1, 5, 6]
    assert "1 left out (repeat across sources)" in said
    assert "| repeat across sources | 1 |" in card.read_text()
    assert "No document here repeats another." in card.read_text()
    sito("export", "--output", tmp_path / "all.jsonl", "--card", card, "--force")
    assert "| edited | 1 |" in card.read_text()
    # The one that stands for the story is filtered out: the next one does.
    sito("export", "--output", tmp_path / "b.jsonl", "--stories", "representative", "--language", "uk")
    assert urls(tmp_path / "b.jsonl") == [1, 2, 6]
    said = sito("export", "--output", tmp_path / "c.jsonl", "--split", "train=50,test=50")[2]
    assert "the story of 1 documents is not known" in said
    parts = [{r["story"] for r in lines(tmp_path / f"c-{part}.jsonl")} - {None} for part in ("train", "test")]
    assert not parts[0] & parts[1]


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    """Folders with tables of 2 and of 8 shards, of 0.5 MB of text each."""
    found = {shards: tmp_path_factory.mktemp(f"of-{shards}") for shards in (2, 8)}
    for shards, data in found.items():
        for shard in range(shards):
            rows = [document(shard * 10 + n, "Довгеслово" * 2_600) for n in range(10)]
            write(data, "alpha", *rows, shard=f"{shard}.warc.gz")
    return found


@pytest.mark.slow
class TestMemory:
    """What is held does not grow with what is written."""

    @staticmethod
    def peak(data: Path, output: Path) -> int:
        """Bytes held at most, of Python and of Arrow, while all of a folder is written."""
        most = 0

        def look(*_: object) -> None:
            nonlocal most
            most = max(most, tracemalloc.get_traced_memory()[1] + pa.total_allocated_bytes())

        wanted = Export(Question(), form_of(None, output), output, parse_split(None))
        gc.collect()
        before = pa.total_allocated_bytes()
        tracemalloc.start()
        try:
            export(data, wanted, look)
        finally:
            tracemalloc.stop()
        return most - before

    @pytest.mark.parametrize("name", ["jsonl.gz", "csv", "txt", "parquet"])
    def test_four_times_as_much_is_written_in_the_same_memory(
        self, folders: dict[int, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
    ) -> None:
        monkeypatch.setattr(writers, "_GROUP_CHARACTERS", 2**18)
        self.peak(folders[2], tmp_path / f"first.{name}")  # what is loaded once counts for none
        little, much = (self.peak(data, tmp_path / f"{shards}.{name}") for shards, data in folders.items())
        assert much < 2 * little  # all of it at once would be four times; what waits for the collector varies


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("--output x.doc", "tells no format"),
        ("--output x --format doc", "there is no format 'doc'; known: jsonl, csv"),
        ("--output x.parquet.gz", "Parquet is compressed inside"),
        ("--output x.csv --columns titel", "there is no column 'titel'; did you mean 'title'?"),
        ("--output x.csv --columns id,id", "named twice"),
        ("gamma --output x.csv", "of the source 'gamma' nothing is cleaned; there are alpha, beta"),
        ("--output x.csv --split train=90", "the shares are 90 together"),
        ("--output x.csv --split train", "write names and whole shares"),
        ("--output x.csv --stories representative", "run `sito stories` first"),
        ("--output x.csv --min-words 9999", "no document fits (6 looked at"),
    ],
)
def test_wrong_use_is_said_and_writes_nothing(
    sito: Sito, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: str, said: str
) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    code, _, error = sito("export", *options.split())
    assert code == 2
    assert said in error
    assert not list((tmp_path / "here").iterdir())


def test_what_exists_is_replaced_only_by_force(sito: Sito, tmp_path: Path) -> None:
    file, own, strange = tmp_path / "a.csv", tmp_path / "own", tmp_path / "strange"
    strange.mkdir()
    (strange / "thesis.doc").touch()
    file.write_text("mine")
    assert "with --force" in sito("export", "--output", file)[2]
    assert file.read_text() == "mine"
    assert sito("export", "--output", file, "--force")[0] == 0
    assert sito("export", "--format", "hf", "--output", own)[0] == 0
    assert sito("export", "--format", "hf", "--output", own, "--force")[0] == 0
    assert "did not write" in sito("export", "--format", "hf", "--output", strange, "--force")[2]
    assert (strange / "thesis.doc").exists()


def test_the_documentation_names_all_columns_in_order() -> None:
    page = (ROOT / "docs" / "export.md").read_text("utf-8")
    rows = [line.split("`")[1] for line in page.splitlines() if line.startswith("| `")]
    assert [name for name in rows if name in COLUMNS.names] == COLUMNS.names
