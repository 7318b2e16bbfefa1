"""The file of a source's corrections: what is read, and what is said of each mistake."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cleaners.corrections import ACTIONS, BY, Correction
from flows.common.errors import SitoError
from flows.config.corrections import MOST_BYTES, corrections_path, load_corrections, load_entries, load_file

if TYPE_CHECKING:
    from pathlib import Path

SAID = 'note = "гасло"\ndate = 2026-03-01\npage = "https://town.example/1"\n'
WHOLE = f"""
[[drop]]
text = "Наш Вісник — голос громади"
category = "notice"
author = "Олена"
{SAID}
[[keep]]
selector = ".photo figcaption"
on = "https://town.example/photo/*"
{SAID}
[[off]]
rule = "caption.*"
{SAID}
[[no_article]]
address = "https://town.example/afisha/*"
{SAID}
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = corrections_path(tmp_path / "sources.toml", "town")
    path.parent.mkdir()
    return path


def test_a_source_without_a_file_has_none(tmp_path: Path) -> None:
    assert load_corrections(tmp_path / "sources.toml", "town").digest is None
    with pytest.raises(SitoError, match=r"town\.toml does not exist"):
        load_file(tmp_path / "town.toml")


def test_a_whole_file_is_read(tmp_path: Path, file: Path) -> None:
    file.write_text(WHOLE, "utf-8")
    assert load_corrections(tmp_path / "sources.toml", "town").all == (
        Correction("drop", "text", "Наш Вісник — голос громади", "гасло", "notice"),
        Correction("keep", "selector", ".photo figcaption", "гасло", on="https://town.example/photo/*"),
        Correction("off", "rule", "caption.*", "гасло"),
        Correction("no_article", "address", "https://town.example/afisha/*", "гасло"),
    )
    assert [entry.author for entry in load_entries(file)] == ["Олена", None, None, None]


@pytest.mark.parametrize("action", ACTIONS)
def test_every_action_is_said_by_its_own_ways(file: Path, action: str) -> None:
    for by in BY[action]:  # type: ignore[index]
        file.write_text(f'[[{action}]]\n{by} = "a"\n{SAID}', "utf-8")
        assert load_entries(file)[0].by == by
    file.write_text(f"[[{action}]]\n{SAID}", "utf-8")
    with pytest.raises(SitoError, match="is said by one of " + ", ".join(BY[action])):  # type: ignore[index]
        load_entries(file)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("a = 1", "unknown table 'a'; known are [[keep]], [[drop]]"),
        ("[[drpo]]\ntext = 'a'", "unknown table 'drpo'; did you mean 'drop'?"),
        ("[drop]\ntext = 'a'", "drop is no list of tables; write [[drop]] above each entry"),
        ("[[drop]]\ntext = 'a'\n", "[[drop]] number 1: note is missing: why, in a line"),
        ("[[drop]]\ntext = 'a'\nprefix = 'b'\n" + SAID, "is said by one of text, prefix, pattern, selector, not text"),
        ("[[drop]]\nrule = 'a'\n" + SAID, "is said by one of text, prefix, pattern, selector, not rule"),
        ("[[drop]]\ntxt = 'a'\n" + SAID, "unknown field 'txt'; did you mean 'text'?"),
        ("[[drop]]\naction = 'keep'\ntext = 'a'\n" + SAID, "unknown field 'action'"),
        ("[[drop]]\ntext = 7\n" + SAID, "text: input should be a valid string, not 7"),
        ('[[drop]]\ntext = "a\\u001bb"\n' + SAID, "text must be one line without control characters"),
        ("[[drop]]\npattern = '(a'\n" + SAID, "pattern is no pattern that we can use: unclosed group"),
        ("[[drop]]\npattern = 'a(?=b)'\n" + SAID, "pattern is no pattern that we can use: look-around"),
        ("[[drop]]\nselector = 'p:has(a)'\n" + SAID, "is no selector that we can use at ':has(a)'; write tags"),
        ("[[drop]]\ntext = 'a'\ncategory = 'ads'\n" + SAID, "category: input should be 'subscribe', 'byline'"),
        ("[[keep]]\ntext = 'a'\ncategory = 'byline'\n" + SAID, "category is for [[drop]] alone"),
        ("[[off]]\nrule = 'body.menu'\n" + SAID, "rule 'body.menu' is none that can be silent"),
        ("[[drop]]\ntext = 'a'\n" + SAID.replace("2026-03-01", "'May'"), "date 'May' is no day; write one such as"),
        ("[[drop]]\ntext = ''\n" + SAID, "text: String should have at least 1 character"),
        ("x = [", "is not TOML"),
        ("x = " + "[" * 5000, "is nested too deeply"),
        ("#" * (MOST_BYTES + 1), "has over 1 MiB"),
    ],
)
def test_a_mistake_is_said_with_the_place_and_what_to_do(file: Path, content: str, said: str) -> None:
    file.write_text(content, "utf-8")
    with pytest.raises(SitoError) as error:
        load_entries(file)
    assert said in str(error.value)
    assert str(file) in str(error.value)


def test_all_mistakes_are_said_at_once(file: Path) -> None:
    file.write_text("[[drop]]\ntext = 'a'\n[[keep]]\n" + SAID, "utf-8")
    with pytest.raises(SitoError) as error:
        load_entries(file)
    assert len(str(error.value).splitlines()) == 4


def test_bytes_that_are_no_text_are_said(file: Path) -> None:
    file.write_bytes(b"# \xff")
    with pytest.raises(SitoError, match="is not UTF-8 at byte 2"):
        load_entries(file)
