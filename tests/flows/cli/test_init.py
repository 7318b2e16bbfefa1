"""`sito init`: what it writes can be used as it is, and so can all that it shows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from flows.cli.init import TEMPLATE
from flows.cli.main import main
from flows.config.kinds import KINDS
from flows.config.limits import WebLimits
from flows.config.sources import load_sources

TEXT = TEMPLATE.read_text("utf-8")
BLOCKS = re.findall(r"(?:^#[^ \n].*\n)+", TEXT, re.MULTILINE)
"""Examples: lines of TOML behind a "#" without a space."""


def uncommented(text: str) -> str:
    return re.sub(r"^#(?=[^ \n])", "", text, flags=re.MULTILINE)


def load(folder: Path, text: str) -> set[str]:
    (folder / "sources.toml").write_text(text, "utf-8")
    return {source.kind for source in load_sources(folder / "sources.toml").values()}


@pytest.mark.parametrize("words", [["init", "town"], ["init", "./new/town"], ["init"], ["init", "."]])
def test_what_is_written_is_used_as_it_is(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(words) == 0
    said = capsys.readouterr().out
    folder = tmp_path.joinpath(*words[1:])
    assert sorted(path.name for path in folder.iterdir()) == ["clean", "pages", "raw", "sources.toml"]
    assert ("cd " in said) is (folder.resolve() != tmp_path)
    assert "sito ingest pages" in said
    assert "SITO_CONTACT" in said
    monkeypatch.chdir(folder)
    assert main(["sources"]) == 0
    assert str(folder.resolve() / "pages") in capsys.readouterr().out


def test_the_places_of_other_commands_are_those_of_this_one(tmp_path: Path) -> None:
    assert main(["init", "--sources", str(tmp_path / "etc" / "my.toml"), "--data", str(tmp_path / "srv")]) == 0
    assert sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*")) == [
        *("etc", "etc/my.toml", "etc/pages", "srv", "srv/clean", "srv/raw")
    ]


@pytest.mark.parametrize("there", ["file", "link to nowhere"])
def test_a_sources_file_that_is_there_stays_and_nothing_is_made(
    there: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if there == "file":
        (tmp_path / "sources.toml").write_text("mine")
    else:
        (tmp_path / "sources.toml").symlink_to(tmp_path / "nowhere")
    assert main(["init", str(tmp_path)]) == 2
    assert "sources.toml is there already and stays as it is" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["sources.toml"]
    assert there != "file" or (tmp_path / "sources.toml").read_text() == "mine"


def test_folders_that_are_there_keep_what_they_hold(tmp_path: Path) -> None:
    (tmp_path / "raw" / "town").mkdir(parents=True)
    (tmp_path / "raw" / "town" / "1.warc.gz").write_bytes(b"kept")
    assert main(["init", str(tmp_path)]) == 0
    assert (tmp_path / "raw" / "town" / "1.warc.gz").read_bytes() == b"kept"


def test_a_file_in_the_place_of_a_folder_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "raw").write_text("mine")
    assert main(["init", str(tmp_path)]) == 2
    assert capsys.readouterr().err == f"sito: {tmp_path / 'raw'} cannot be made: File exists\n"
    assert not (tmp_path / "sources.toml").exists()


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.split("\n")[0])
def test_each_example_loads_when_it_alone_is_uncommented(block: str, tmp_path: Path) -> None:
    assert load(tmp_path, TEXT.replace(block, uncommented(block), 1))


def test_all_examples_load_together_and_show_every_kind(tmp_path: Path) -> None:
    assert load(tmp_path, uncommented(TEXT)) == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_of_a_kind_is_shown(kind: str) -> None:
    fields = {name: field for name, field in KINDS[kind].model_fields.items() if name != "name"}
    shown = set(re.findall(r"^#?([a-z_]+) = ", TEXT, re.MULTILINE))
    assert set(fields) - {"limits"} <= shown
    assert set(type(fields["limits"].default).model_fields) <= shown


def test_limits_are_shown_with_what_holds_without_them(tmp_path: Path) -> None:
    load(tmp_path, uncommented(TEXT))
    limits = load_sources(tmp_path / "sources.toml")["limited"].limits
    without = {"pages_per_host", "private_hosts"}  # which have no value then
    assert limits.model_dump(exclude=without) == WebLimits().model_dump(exclude=without)
