"""`sito state` shows what is remembered and rebuilds it from raw/."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from flows.archive.source_archive import Archive
from flows.cli.main import main
from flows.config.settings import load_settings
from flows.state import ListingState, State
from support.captures import NOON, keep, response

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SOURCES = '[sources.news]\nkind = "urls"\nurls = ["https://example.org/"]\n'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("SITO_STATE", raising=False)
    (tmp_path / "sources.toml").write_text(SOURCES)
    return tmp_path


def sito(folder: Path, *arguments: str) -> int:
    return main(["state", *arguments, "--data", str(folder), "--sources", str(folder / "sources.toml")])


def test_rebuild_reads_raw(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keep(folder, [response(), response("https://example.org/2", b"two")])
    assert sito(folder, "rebuild") == 0
    assert capsys.readouterr().out == "news: 2 pages by 2 captures in 1 shards\n"
    with State.open(f"sqlite:///{folder}/state.sqlite") as state:
        assert state.pages.counts("news") == {"new": 2}


def test_rebuild_of_a_source_without_pages_makes_no_folder(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert sito(folder, "rebuild", "news") == 0
    assert capsys.readouterr().out == "news: nothing in raw/ yet\n"
    assert not (folder / "raw").exists()


def test_rebuild_does_not_meet_a_run(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keep(folder, [response()])
    with Archive(folder, "news").lock():
        assert sito(folder, "rebuild") == 2
    assert "another run is using" in capsys.readouterr().err


def test_show_tells_what_is_known(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keep(folder, [response()])
    sito(folder, "rebuild")
    with State.open(f"sqlite:///{folder}/state.sqlite") as state:
        state.pages.seen("news", ["https://example.org/next"], NOON)
        state.listings.record("news", ListingState("https://example.org/feed", failures=1))
        state.hosts.suspend("evil\x1b[2J.example", datetime.now(UTC) + timedelta(hours=1))
    capsys.readouterr()
    assert sito(folder, "show", "news") == 0
    shown = capsys.readouterr().out
    assert "pages    2: 1 new, 1 unasked" in shown
    assert "due now  1" in shown
    assert "captured 2026-03-01 12:00 UTC to 2026-03-01 12:00 UTC" in shown
    assert "lists    1 (feeds, sitemaps, section pages), 1 of them failing" in shown
    assert "evil [2J.example" in shown
    assert "\x1b" not in shown


def test_show_says_which_sources_need_no_state(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sources = tmp_path / "sources.toml"
    sources.write_text('[sources.saved]\nkind = "folder"\npath = "pages"\n')
    assert main(["--sources", str(sources), "--data", str(tmp_path), "state", "show"]) == 0
    assert "pages    files and records, which need no state" in capsys.readouterr().out


def test_show_of_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert sito(folder, "show") == 0
    assert "pages    none known" in capsys.readouterr().out


def test_an_unknown_source_is_said(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for action in ("show", "rebuild"):
        assert sito(folder, action, "newz") == 2
        assert "there is no source 'newz'" in capsys.readouterr().err


def test_a_wrong_address_is_said_without_its_password(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SITO_STATE", "postgresql://sito:geheim@127.0.0.1:1/sito")
    assert sito(folder, "show") == 2
    said = capsys.readouterr().err
    assert "state postgresql://127.0.0.1:1/sito" in said
    assert "geheim" not in said


@pytest.mark.parametrize("arguments", [["--help"], ["show", "--help"], ["rebuild", "--help"]])
def test_help_teaches(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["state", *arguments])
    assert ended.value.code == 0
    assert "sito state " in capsys.readouterr().out.partition("examples:")[2]


def test_the_state_lies_in_the_data_folder_where_nothing_else_is_said(tmp_path: Path) -> None:
    assert load_settings(data=tmp_path).state == f"sqlite:///{tmp_path}/state.sqlite"
    assert load_settings(state="postgresql://h/d").state == "postgresql://h/d"
    assert "geheim" not in repr(load_settings(state="postgresql://u:geheim@h/d"))


def _zeros_at(place: float) -> Callable[[bytes], bytes]:
    def damaged(content: bytes) -> bytes:
        start = int(len(content) * place) // 4096 * 4096
        return content[:start] + bytes(4096) + content[start + 4096 :]

    return damaged


@pytest.mark.parametrize(
    "damaged",
    [
        lambda content: b"no database at all, and longer than its head " * 90,
        lambda content: content[: len(content) // 2],
        lambda content: content[:5],
        lambda content: bytes(len(content)),
        *map(_zeros_at, (0.0, 0.4, 0.8)),
    ],
    ids=["text", "half", "five bytes", "zeros", "its first page", "a page of its middle", "a page near its end"],
)
def test_rebuild_moves_a_damaged_file_aside_and_rebuilds_all_sources(
    folder: Path, capsys: pytest.CaptureFixture[str], damaged: Callable[[bytes], bytes]
) -> None:
    (folder / "sources.toml").write_text(SOURCES + SOURCES.replace("news", "other"))
    keep(folder, [response(f"https://example.org/{n}", str(n).encode()) for n in range(200)])
    assert sito(folder, "rebuild") == 0
    state = folder / "state.sqlite"
    broken = damaged(state.read_bytes())
    state.write_bytes(broken)
    capsys.readouterr()
    assert sito(folder, "rebuild", "other") == 0
    said = capsys.readouterr().out
    (aside,) = folder.glob("state.sqlite.damaged-*Z")
    assert aside.read_bytes() == broken
    assert f"it is now {aside}, and all sources are rebuilt" in said
    assert "news: 200 pages by 200 captures in 1 shards" in said
    assert sito(folder, "show") == 0
    assert len(list(folder.glob("state.sqlite.damaged-*"))) == 1


def test_a_damaged_file_is_not_moved_under_a_run(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keep(folder, [response()])
    (folder / "state.sqlite").write_bytes(b"no database at all " * 90)
    with Archive(folder, "news").lock():
        assert sito(folder, "rebuild") == 2
    assert "another run is using" in capsys.readouterr().err
    assert not list(folder.glob("*damaged*"))


def test_others_say_what_mends_a_damaged_file(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "state.sqlite").write_bytes(b"no database at all " * 90)
    assert sito(folder, "show") == 2
    assert "file is not a database; `sito state rebuild` moves it aside" in capsys.readouterr().err
