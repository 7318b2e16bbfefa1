"""The words that the cleaners know, as data: a folder a language, and what belongs to no language beside them.

`<language>/phrases.toml` holds whole leftovers (see `cleaners.rules.phrase_files`), `<language>/words.toml` what
rules and metadata look for: labels of bylines, names of months, and so on. A table is a topic, each of its lists one
kind of word. `other/` is for words of languages that only now and then stand on the pages. Entries are regular
expressions, most of them plain words; a rule joins the lists of all languages, so that adding a language is adding a
folder. `agencies.toml` names news agencies, `markup.toml` class names.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

__all__ = ["alternatives", "by_language", "every_list", "markup", "markup_alternatives", "words"]


def by_language(name: str) -> dict[str, tuple[str, ...]]:
    """The list `topic.kind` of each language that has it, in the order of the languages' codes.

    Raises KeyError where no language has it.
    """
    topic, _, kind = name.partition(".")
    found = {
        language: tuple(tables[topic][kind]) for language, tables in _words().items() if kind in tables.get(topic, {})
    }
    if not found:
        raise KeyError(f"no vocabulary/<language>/words.toml has {kind} in [{topic}]")
    return found


def words(name: str) -> tuple[str, ...]:
    """The list `topic.kind` of all languages together, each entry once; raises KeyError as `by_language`."""
    return tuple(dict.fromkeys(word for some in by_language(name).values() for word in some))


def alternatives(name: str) -> str:
    """The same as a regular expression without a group: `a|b|c`."""
    return "|".join(words(name))


def markup(name: str) -> tuple[str, ...]:
    """The list `topic.kind` of class names and other markup in markup.toml; raises KeyError where it is not there."""
    topic, _, kind = name.partition(".")
    return tuple(_read("markup.toml")[topic][kind])


def markup_alternatives(*names: str) -> str:
    """These lists of markup.toml together as a regular expression without a group; raises KeyError as `markup`."""
    return "|".join(entry for name in names for entry in markup(name))


@cache
def every_list() -> dict[str, list[tuple[str, list[str]]]]:
    """All lists by their names `topic.kind`, each with the language that it is of; "" for markup.toml."""
    found: dict[str, list[tuple[str, list[str]]]] = {}
    for language, tables in (*_words().items(), ("", _read("markup.toml"))):
        for topic, kinds in tables.items():
            for kind, entries in kinds.items():
                found.setdefault(f"{topic}.{kind}", []).append((language, entries))
    return found


@cache
def _words() -> dict[str, dict[str, dict[str, list[str]]]]:
    here = files("cleaners.vocabulary")
    folders = sorted((f for f in here.iterdir() if f.joinpath("words.toml").is_file()), key=lambda f: f.name)
    return {folder.name: _read(f"{folder.name}/words.toml") for folder in folders}


@cache
def _read(path: str) -> dict[str, dict[str, list[str]]]:
    try:
        return tomllib.loads(files("cleaners.vocabulary").joinpath(path).read_text("utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{path}: {error}") from error
