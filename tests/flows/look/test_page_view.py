"""A kept page as people see it: found by its address, with its lines and where its metadata stands."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from cleaners import clean_html
from flows.cli.main import main
from flows.common.errors import SitoError
from flows.look.page_view import find_page, rows_of, view_page
from flows.tables.rows import document_row, ledger_rows, rebuild_document
from flows.tables.shard_tables import ShardTables
from flows.tables.versions import versions_path, write_versions
from support.accessible import faults
from support.captures import file, keep
from support.newspaper import BODY, FIRST_DAY, SOURCE, cleaned, page, shard_of

if TYPE_CHECKING:
    from pathlib import Path

HEAD = (
    "<html lang=uk><head><title>Полиці – Вісник</title><meta property=og:title content='Полиці'>"
    "<meta property=article:published_time content=2026-02-27T08:00:00+02:00></head><body><article>"
    "<h1 class=top>Полиці</h1><p class=byline>Автор: Олена Гай</p>"
)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two pages, one of which was captured twice."""
    folder = tmp_path_factory.mktemp("data")
    first = shard_of(folder, (HEAD + BODY).encode(), page(1))
    cleaned(folder, first)
    fuller = (HEAD + BODY + "<p>Полиць уже сім, і всі повні.</p>").encode()
    later = file("file:///0.html", fuller, FIRST_DAY.replace(day=9))
    archive, _, _ = keep(folder, [later])
    cleaned(folder, archive.shards()[-1])
    return folder


def test_a_page_is_found_by_its_address_and_by_its_last_part(data: Path) -> None:
    found = find_page(data, SOURCE, "file:///0.html")
    assert [each.at.day for each in found] == [1, 9]
    assert find_page(data, SOURCE, "0") == found
    assert len(find_page(data, SOURCE, "1")) == 1


def test_a_page_that_its_site_no_longer_has_says_since_when(data: Path, tmp_path: Path) -> None:
    here = shutil.copytree(data, tmp_path / "data")
    found = find_page(here, SOURCE, "0")
    assert "gone since" not in dict(view_page(here, found).facts())
    write_versions(here, SOURCE, gone={"file:///0.html": FIRST_DAY.replace(day=11)})
    assert dict(view_page(here, found).facts())["gone since"] == "2026-03-11 09:00:00 UTC"
    assert "gone since" not in dict(view_page(here, find_page(here, SOURCE, "1")).facts())
    versions_path(here, SOURCE).write_bytes(b"damaged")
    assert "gone since" not in dict(view_page(here, found).facts())


@pytest.mark.parametrize(
    ("source", "wanted", "said"),
    [
        (SOURCE, "1.htm", "holds no page '1.htm'; did you mean file:///1.html?"),
        (SOURCE, "zzz", "holds no page 'zzz'$"),
        ("other", "1", "of the source 'other' nothing is cleaned"),
    ],
)
def test_what_is_not_there_is_said_with_the_nearest(data: Path, source: str, wanted: str, said: str) -> None:
    with pytest.raises(SitoError, match=said):
        find_page(data, source, wanted)


def test_the_capture_says_where_values_stand(data: Path) -> None:
    view = view_page(data, find_page(data, SOURCE, "0"))
    assert view.origins == {
        "title": ["meta og:title", "h1.top", "title"],
        "author Олена Гай": ["p.byline"],
        "date": ["meta article:published_time"],
    }


def test_without_its_capture_a_page_is_shown_with_the_reason(data: Path, tmp_path: Path) -> None:
    (tmp_path / "clean").symlink_to(data / "clean")
    view = view_page(tmp_path, find_page(tmp_path, SOURCE, "1"))
    assert view.stored is None
    assert "cannot be read" in dict(view.facts())["capture"]
    assert view.document.paragraphs


def test_tables_that_are_damaged_are_said_to_be_so(data: Path, tmp_path: Path) -> None:
    shutil.copytree(data / "clean", tmp_path / "clean")
    (version,) = find_page(tmp_path, SOURCE, "1")
    ShardTables.of(tmp_path, SOURCE, version.shard).ledger.write_bytes(b"PAR1")
    with pytest.raises(SitoError, match=r"cannot be read .*; reprocessing from raw rebuilds both"):
        rows_of(tmp_path, version)
    with pytest.raises(SitoError, match=r"holds no page at offset 7$"):
        rows_of(data, replace(version, offset=7))


def test_a_document_comes_back_from_its_rows_as_it_was(data: Path) -> None:
    row, _ = rows_of(data, find_page(data, SOURCE, "1")[0])
    document = clean_html(HEAD + BODY + "<p>Фото: Марія Лис</p>", id=row["name"], url="https://news.example/0")
    rows = document_row(row, document), ledger_rows(row, document)
    assert rebuild_document(*rows) == document


def test_show_prints_lines_reasons_and_facts(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--data", str(data), "show", SOURCE, "0"]) == 0
    shown = capsys.readouterr().out
    for expected in (
        "x Читайте також: Як доглядати за старими книжками\n    related · ",
        "  Полиць уже сім, і всі повні.\n",
        "  date stands in: meta article:published_time\n",
        "  captured: 2026-03-09 09:00:00 UTC\n",
        "  version: 2 of 2: 2026-03-01 09:00, 2026-03-09 09:00\n",
    ):
        assert expected in shown
    assert re.search(r"record: raw/news/\S+\.warc\.gz at \d+", shown)


def test_show_gives_an_earlier_version_and_the_capture_itself(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--data", str(data), "show", SOURCE, "0", "--version", "1"]) == 0
    assert "Полиць уже сім" not in capsys.readouterr().out
    assert main(["--data", str(data), "show", SOURCE, "0", "--version", "1", "--capture"]) == 0
    assert capsys.readouterr().out == HEAD + BODY
    assert main(["--data", str(data), "show", SOURCE, "0", "--version", "3"]) == 2
    assert "the page has 2 versions" in capsys.readouterr().err


def test_show_writes_the_view_as_a_file_that_fetches_nothing(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "uk_UA.UTF-8")
    assert main(["--data", str(data), "show", SOURCE, "0", "--html", str(tmp_path / "view.html")]) == 0
    shown = (tmp_path / "view.html").read_text("utf-8")
    assert faults(shown) == []
    assert "<ins>Полиць уже сім, і всі повні.</ins>" in shown
    assert "Порівняно з попередньою версією" in shown
    assert 'iframe sandbox=""' in shown
    assert not re.search(r"<script|<link rel=.stylesheet|(href|src)=.?[/h]", shown)
    assert main(["--data", str(data), "show", SOURCE, "0", "--html", str(tmp_path / "none" / "view.html")]) == 2
