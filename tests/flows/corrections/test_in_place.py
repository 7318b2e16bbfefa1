"""A corrections file in which one entry goes or changes, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flows.common.errors import SitoError
from flows.config.corrections import load_entries
from flows.corrections.write import as_toml, change_entry, new_entry, remove_entry

if TYPE_CHECKING:
    from pathlib import Path

HEAD = "# Наше\n\n"
REST = 'note = "n"\ndate = 2026-11-29\npage = "p"\n'
SLOGAN = f'[[drop]]  # гасло\ntext = "Голос громади"\n{REST}'
TOPIC = f'[[off]]\nrule = "caption.*"\n{REST}'
ABOUT = "# про підписи\n"


def name_of(path: Path, action: str) -> str:
    return next(entry.correction.name for entry in load_entries(path) if entry.action == action)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f"{HEAD}{SLOGAN}\n{ABOUT}{TOPIC}", f"{HEAD}{ABOUT}{TOPIC}"),
        (f"{HEAD}{ABOUT}{TOPIC}\n{SLOGAN}", f"{HEAD}{ABOUT}{TOPIC}"),
        (f"{HEAD}# чому\n# і як\n{SLOGAN}{ABOUT}{TOPIC}", f"{HEAD}{ABOUT}{TOPIC}"),
        (f"{SLOGAN}\n# окремо\n\n{TOPIC}\n{SLOGAN}", f"# окремо\n\n{TOPIC}"),  # twice: both go
        (f"{SLOGAN}\n{TOPIC}".replace("\n", "\r\n"), TOPIC.replace("\n", "\r\n")),
        (f"{HEAD}{SLOGAN}", HEAD),
        (SLOGAN, ""),
        (SLOGAN.replace("[[drop]]", '  [[ "drop" ]]'), ""),
    ],
)
def test_an_entry_goes_with_its_comments_and_all_else_stays(tmp_path: Path, before: str, after: str) -> None:
    path = tmp_path / "town.toml"
    path.write_bytes(before.encode())
    remove_entry(path, name_of(path, "drop"))
    assert path.read_bytes().decode().strip() == after.strip()


def test_another_stands_in_its_place_under_the_same_comment(tmp_path: Path) -> None:
    path = tmp_path / "town.toml"
    path.write_text(f"{HEAD}{ABOUT}{TOPIC}\n{SLOGAN}", "utf-8")
    entry = new_entry("keep", rule="caption.tag", note="лише тег", page="p")
    change_entry(path, name_of(path, "off"), entry)
    assert path.read_text("utf-8") == f"{HEAD}{ABOUT}{as_toml(entry)}\n{SLOGAN}"
    same = load_entries(path)[-1]
    change_entry(path, same.correction.name, same.model_copy(update={"note": "інша"}))
    with pytest.raises(SitoError, match="says so already"):
        change_entry(path, name_of(path, "keep"), load_entries(path)[-1])


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (SLOGAN, "source.drop.0", "has no correction 'source.drop.0'"),
        (
            'drop = [{ text = "Голос громади", note = "n", date = 2026-11-29, page = "p" }]',
            "",
            "only a person can change",
        ),
        (f'[[keep]]\ntext = """\\\n[[drop]] #\\\nx"""\n{REST}{SLOGAN}', "", "only a person can change"),
    ],
)
def test_what_cannot_be_done_safely_is_not_done(tmp_path: Path, content: str, name: str, said: str) -> None:
    path = tmp_path / "town.toml"
    path.write_text(content, "utf-8")
    with pytest.raises(SitoError, match=said):
        remove_entry(path, name or name_of(path, "drop"))
    assert path.read_text("utf-8") == content
