"""The vocabulary files: every list is used, every entry compiles, nothing is written twice."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

import cleaners
from cleaners import vocabulary

FOLDER = Path(vocabulary.__file__).parent
LANGUAGES = ("en", "ru", "uk")
WORDS = sorted(FOLDER.glob("*/words.toml"))
FILES = [*WORDS, FOLDER / "markup.toml"]
CODE = "\n".join(p.read_text("utf-8") for p in sorted(Path(cleaners.__file__).parent.rglob("*.py")))
PLAIN = set(re.findall(r"\bwords\([\"'](\w+\.\w+)[\"']\)", CODE))
"""The lists that code takes as plain words, which are looked up and never compiled."""


def lists(path: Path) -> dict[str, list[str]]:
    """The lists of a file by `topic.kind`."""
    tables = tomllib.loads(path.read_text("utf-8"))
    return {f"{topic}.{kind}": entries for topic, kinds in tables.items() for kind, entries in kinds.items()}


def is_used(key: str) -> bool:
    """Whether code names the list, or puts its name together from its topic: `f"structure.{category}"`."""
    return any(f"{quote}{key}{quote}" in CODE or f"f{quote}{key.partition('.')[0]}.{{" in CODE for quote in "\"'")


def name(path: Path) -> str:
    return str(path.relative_to(FOLDER))


@pytest.mark.parametrize("path", FILES, ids=name)
class TestFile:
    """One file of the vocabulary."""

    def test_every_list_is_used_by_code(self, path: Path) -> None:
        assert [key for key in lists(path) if not is_used(key)] == []

    def test_no_list_is_empty_and_no_entry_blank(self, path: Path) -> None:
        assert [key for key, entries in lists(path).items() if not entries or not all(map(str.strip, entries))] == []

    def test_every_entry_is_a_pattern_alone_and_adds_no_group(self, path: Path) -> None:
        patterns = [e for key, entries in lists(path).items() if key not in PLAIN for e in entries]
        assert [entry for entry in patterns if re.compile(entry).groups] == []

    def test_no_list_holds_an_entry_twice(self, path: Path) -> None:
        assert {key: len(entries) for key, entries in lists(path).items()} == {
            key: len(set(entries)) for key, entries in lists(path).items()
        }


def test_other_holds_nothing_that_a_language_of_its_own_has() -> None:
    """Ukrainian and Russian share words, and each file is complete in itself; `other` only adds to them."""
    known = {
        (key, entry)
        for language in LANGUAGES
        for key, entries in lists(FOLDER / language / "words.toml").items()
        for entry in entries
    }
    other = {(key, entry) for key, entries in lists(FOLDER / "other" / "words.toml").items() for entry in entries}
    assert other & known == set()


def test_every_list_that_code_asks_for_is_there() -> None:
    asked = set(re.findall(r"\b(?:alternatives|words|by_language)\([\"'](\w+\.\w+)[\"']\)", CODE))
    assert asked - {key for path in WORDS for key in lists(path)} == set()


class TestReader:
    """What the reader gives to code."""

    def test_words_of_all_languages_come_once_each(self) -> None:
        languages = vocabulary.by_language("time.ago")
        assert {"uk", "ru", "en"} <= set(languages)
        assert sorted(vocabulary.words("time.ago")) == sorted({w for words in languages.values() for w in words})

    def test_alternatives_match_every_word(self) -> None:
        assert all(re.fullmatch(vocabulary.alternatives("month.may"), word) for word in vocabulary.words("month.may"))

    @pytest.mark.parametrize("key", ["time.never", "nothing.at_all"])
    def test_a_list_that_is_nowhere_is_an_error(self, key: str) -> None:
        with pytest.raises(KeyError):
            vocabulary.words(key)
        with pytest.raises(KeyError):
            vocabulary.markup(key)
