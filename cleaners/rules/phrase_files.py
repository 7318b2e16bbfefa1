"""The phrases of leftovers: data files by language, read once, matched in one walk over the words of a line.

Each file `cleaners/vocabulary/<language>/phrases.toml` is TOML: a table is a rule, its name the rule's id.

    ["uk.subscribe.channel"]
    category = "subscribe"
    at = "sentence"
    phrases = ["підписуйтесь на * telegram*"]
    yes = ["Підписуйтесь на наш Telegram."]
    no = ["Вони підписали угоду в Telegram."]

A phrase is written in plain words; case, quotes and the punctuation between words do not matter.

    word*       any ending of the word (four letters at least before the star of the first word)
    *           anything inside the sentence, up to 100 characters; at the very end: the rest of the sentence
    (a|b c)     one of these
    @name       one of the words that the table [words] of the same file lists under this name
    [a]         perhaps this
    #           a number
    :           a colon must be here, or the bar that some write instead of it

`at` says what goes:

    line        the whole line, where it is nothing but the phrase; with a free * only if it is not a sentence
    start       the whole line, where it begins with the phrase (one that ends in * ) and is not longer than `longest`
                characters (300)
    sentence    the sentence that holds the phrase
    opening     the sentence, where the phrase begins it: not behind other words, a quotation mark or a dash
    onward      from the phrase to the end of its sentence; `title = true`: and the title that follows it
    words       the phrase alone
    rest        from the phrase to the end of the line

For the last three the phrase must begin like a sentence: with a capital, a sign, or the line. `near = "end"` or `"top"`
keeps a rule to the last or first lines of a page. `longest` of `sentence` and `opening` is the sentence's length.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import get_args

from cleaners.document import CATEGORIES
from cleaners.rules.phrase import KEY, At, Near, Phrase

__all__ = ["FROM_START", "Entry", "entries"]

WORDS = "words"
"""The table of a file that is no rule: lists of words by name."""
FROM_START = ("line", "start")
_NAMED = re.compile(r"@(\w+)")
_CHOICE = re.compile(r"\(([^()]*)\)\s*")


@dataclass(frozen=True, slots=True)
class Entry:
    """A rule of a phrase file; `file` is its path in `cleaners/vocabulary`."""

    rule: str
    file: str
    phrases: tuple[Phrase, ...]
    yes: tuple[str, ...]
    no: tuple[str, ...]


@cache
def entries() -> tuple[Entry, ...]:
    """Every rule of every phrase file, in the order of the languages; ValueError says where one is faulty."""
    return tuple(_entries())


def _entries() -> Iterator[Entry]:
    vocabulary = files("cleaners").joinpath("vocabulary")
    for folder in sorted(vocabulary.iterdir(), key=lambda f: f.name):
        file = folder.joinpath("phrases.toml")
        if not file.is_file():
            continue
        try:
            tables = tomllib.loads(file.read_text("utf-8"))
        except tomllib.TOMLDecodeError as error:
            raise ValueError(f"{folder.name}/{file.name}: {error}") from error
        words = {name: "|".join(some) for name, some in tables.pop(WORDS, {}).items()}
        for rule, table in tables.items():
            yield _entry(f"{folder.name}/{file.name}", rule, dict(table), words)


def _entry(file: str, rule: str, table: dict[str, object], words: Mapping[str, str] | None = None) -> Entry:
    where = f"{file}: {rule}"
    category, at, near = table.pop("category", None), table.pop("at", "line"), table.pop("near", "anywhere")
    longest, title = table.pop("longest", 300), table.pop("title", False)
    lists = {name: table.pop(name, []) for name in ("phrases", "yes", "no")}
    for field, value, allowed in (
        ("category", category, CATEGORIES),
        ("at", at, get_args(At)),
        ("near", near, get_args(Near)),
    ):
        if value not in allowed:
            raise ValueError(f"{where}: {field} is {value!r}; it must be one of {', '.join(allowed)}")
    if table:
        raise ValueError(f"{where}: unknown field {', '.join(table)}")
    for field, value in lists.items():
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise ValueError(f"{where}: {field} must be a list of texts")
    phrases: list[Phrase] = []
    for written in lists["phrases"]:  # type: ignore[attr-defined]
        for expanded in _expand(where, written, words or {}):
            if not re.match(r"#|\w" if at in FROM_START else r"\w", expanded):
                raise ValueError(
                    f"{where}: the phrase {expanded!r} must begin with a word (or #, where it begins the line)"
                )
            if re.match(rf"\w{{1,{KEY - 1}}}\*", expanded):
                raise ValueError(f"{where}: the phrase {expanded!r} must have {KEY} letters before its first star")
            phrases.append(Phrase(rule, category, written, at, near, longest, title, expanded))  # type: ignore[arg-type]
    return Entry(rule, file, tuple(phrases), tuple(lists["yes"]), tuple(lists["no"]))  # type: ignore[arg-type]


def _expand(where: str, written: str, words: Mapping[str, str]) -> Iterator[str]:
    """The phrase once for each word that it may begin with, the named words put in."""

    def named(found: re.Match[str]) -> str:
        if found[1] not in words:
            raise ValueError(f"{where}: the phrase {written!r} names @{found[1]}, which [{WORDS}] does not list")
        return f"({words[found[1]]})"

    first = _NAMED.match(written)
    text = named(first) + written[first.end() :] if first else written
    choice = _CHOICE.match(text)
    for head in choice[1].split("|") if choice else ("",):
        yield _NAMED.sub(named, f"{head} {text[choice.end() :]}".strip() if choice else text)
