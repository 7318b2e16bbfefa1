"""Whoever opens a shard or a table has its bytes fetched first: in the code of every room that runs on stand-ins."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest

from flows.store.held import bring_up_to_date
from flows.store.present import beginning, is_present, present
from support.in_process import ingest_folder
from support.newspaper import SOURCE, page
from support.paths import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from support.object_store import ObjectStore

ROOMS = (
    *("archive", "state", "crawl", "tables", "stories", "memory", "report", "export", "gold", "pipeline"),
    *("corrections", "look"),
)
READERS = ("ParquetFile", "read_table", "read_metadata", "read_schema", "file_digest")
OTHERS = {
    "flows/archive/gzip_members.py": "is given an open file",
    "flows/archive/shard_writer.py": "what it has just written",
    "flows/archive/source_archive.py": "a half-written shard",
    "flows/tables/tables_writer.py": "what it has just written",
    "flows/tables/given_again.py": "the versions table, which is always here",
    "flows/tables/versions_file.py": "the versions table, which is always here",
    "flows/pipeline/clean_file.py": "files outside of the data folder",
    "flows/pipeline/clean_files.py": "files outside of the data folder",
    "flows/pipeline/finished_pages.py": "a file of a run",
    "flows/tables/judges.py": "the cleaners of a version, which are always here",
    "flows/corrections/check.py": "asks a line before",
    "flows/stories/index.py": "the stories, which are always here",
    "flows/stories/stories_table.py": "the stories, which are always here",
    "flows/export/story_rows.py": "the stories, which are always here",
}
ITSELF = ("_gone", "_footer", "_updated", "gone_since", "verify_stories")
"""Functions of tables/versions.py and stories/verify.py that read a table which is always here."""


def openings(path: Path) -> Iterator[tuple[int, str]]:
    """Calls that read bytes of a file which was not said to be present: line, and what it is."""
    tree = ast.parse(path.read_text("utf-8"))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        if name in READERS and call.args:
            what = ast.unparse(call.args[0])
        elif name == "open" and any(isinstance(arg, ast.Constant) and "r" in str(arg.value) for arg in call.args):
            what = ast.unparse(call.func)
        else:
            continue
        owner = next((f.name for f in functions if f.lineno <= call.lineno <= (f.end_lineno or 0)), "")
        if "present(" not in what and "BufferReader(" not in what and owner not in ITSELF:
            yield call.lineno, what


def test_every_opening_of_a_shard_or_a_table_asks_for_its_bytes() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}: {what}"
        for room in ROOMS
        for path in sorted((ROOT / "flows" / room).glob("*.py"))
        if str(path.relative_to(ROOT)) not in OTHERS
        for line, what in openings(path)
    ]
    assert not found
    assert len(list(openings(ROOT / "flows" / "archive" / "shard_writer.py"))) == 1, "it sees one where there is one"


def test_a_file_of_a_folder_is_what_it_is(tmp_path: Path) -> None:
    path = tmp_path / "raw" / "news" / "1.warc.gz"
    assert present(path) == path
    assert is_present(path)
    assert beginning(path, 1) is None


@pytest.mark.xdist_group("object_store")
def test_bytes_come_when_they_are_asked_for(object_store: ObjectStore, tmp_path: Path) -> None:
    (tmp_path / "1.html").write_bytes(page(1))
    one = object_store.machine("one")
    ingest_folder(tmp_path, one)
    reader = object_store.machine("reader")
    bring_up_to_date(reader, SOURCE, lambda name: False)
    shard = next((reader / "raw" / SOURCE).glob("*.warc.gz"))
    assert not is_present(shard)
    before = shard.stat()
    assert beginning(shard, 2) == b"\x1f\x8b"
    assert beginning(shard, 2**20) is None, "it is smaller than that"
    assert present(shard).read_bytes() == (one / shard.relative_to(reader)).read_bytes()
    after = shard.stat()
    assert (before.st_size, before.st_mtime_ns, before.st_ino) == (after.st_size, after.st_mtime_ns, after.st_ino)
    object_store.requests.clear()
    assert is_present(shard)
    assert present(shard) == shard
    assert object_store.requests == []
