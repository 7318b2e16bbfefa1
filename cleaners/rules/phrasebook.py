"""The phrases of leftovers: data files by language, read once, matched in one walk over the words of a line.

Each file `cleaners/vocabulary/<language>/phrases.toml` is TOML: a table is a rule, its name the rule's id.

    ["uk.telegram"]
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
    :           a colon must stand here, or the bar that some write for it

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
from functools import cache, cached_property
from importlib.resources import files
from typing import Literal, get_args

from cleaners.document import CATEGORIES, Category
from cleaners.read.fold import fold

At = Literal["line", "start", "sentence", "opening", "onward", "words", "rest"]
Near = Literal["anywhere", "top", "end"]

WORDS = "words"
"""The table of a file that is no rule: lists of words by name."""
KEY = 4
"""Letters of a phrase's first word that index it: enough to leave one or two candidates a word."""
NUMBER = "#"
FROM_START = ("line", "start")

GAP = r"[^\w.!?\n]{1,5}"
INSIDE = r"(?:[^.!?\n]|[.!?](?=\w))"
TOKEN = re.compile(r"\s+|\w+\*?|.", re.DOTALL)
WORD = re.compile(r"\w+")
_NAMED = re.compile(r"@(\w+)")
_CHOICE = re.compile(r"\(([^()]*)\)\s*")
_BEGINNING = re.compile(rf"\b\w{{1,{KEY}}}")

_BUTTON = 2
"""Words of a button at most: with a full stop behind them they are somebody's answer."""


@dataclass(frozen=True)
class Phrase:
    """One phrase of one rule; its pattern is compiled when its first word is met for the first time.

    `text` is the phrase as it stands in its file; `spelt`, where it is another, is one of those that it stands for:
    with one of the words that it may begin with, and its named words put in.
    """

    rule: str
    category: Category
    text: str
    at: At
    near: Near = "anywhere"
    longest: int = 300
    title: bool = False
    spelt: str = ""

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The phrase as a pattern with bounded repeats, to be matched where its first word begins."""
        whole = self.at == "line" or (self.at == "start" and not self.is_open)
        return re.compile(_expression(self.spelt or self.text, whole=whole), re.DOTALL)

    @property
    def is_open(self) -> bool:
        """Whether the phrase ends in anything."""
        return self.text.endswith(" *")

    @property
    def first(self) -> str:
        """The letters of its first word, folded; nothing where it begins with a number."""
        word = WORD.match(fold(self.spelt or self.text))
        return word[0] if word else ""


@dataclass(frozen=True, slots=True)
class Found:
    """A phrase in a line: [start, end) of its own words."""

    phrase: Phrase
    start: int
    end: int


class Phrasebook:
    """All phrases, by the beginning of their first word."""

    def __init__(self, phrases: list[Phrase]) -> None:
        self._first: dict[str, list[tuple[str, Phrase]]] = {}
        self._any: dict[str, list[tuple[str, Phrase]]] = {}
        for phrase in phrases:
            index = self._first if phrase.at in FROM_START else self._any
            first = phrase.first
            # To look at the first word before the pattern spares most patterns their compiling, for good.
            index.setdefault(_key(first) if first else NUMBER, []).append((first, phrase))

    def whole(self, folded: str) -> Iterator[Found]:
        """Phrases that the line, folded, is or begins with."""
        word = WORD.search(folded, 0, 12)
        if word:
            for first, phrase in self._first.get(_key(word[0]), ()):
                if not folded.startswith(first, word.start()):
                    continue
                found = phrase.pattern.match(folded, word.start())
                if (
                    found
                    and len(folded) <= phrase.longest
                    and not (phrase.at == "line" and _is_sentence(phrase, folded))
                ):
                    yield Found(phrase, found.start(), found.end())

    def inside(self, folded: str) -> Iterator[Found]:
        """Phrases that stand anywhere in the line, in order."""
        index = self._any
        for word in _BEGINNING.finditer(folded):
            phrases = index.get(word[0])
            if phrases:
                start = word.start()
                for first, phrase in phrases:
                    if folded.startswith(first, start) and (found := phrase.pattern.match(folded, start)):
                        yield Found(phrase, found.start(), found.end())


@dataclass(frozen=True, slots=True)
class Entry:
    """A rule as it stands in its file."""

    rule: str
    phrases: tuple[Phrase, ...]
    yes: tuple[str, ...]
    no: tuple[str, ...]


def entries() -> Iterator[Entry]:
    """Every rule of every phrase file, in the order of the languages; ValueError says where one is faulty."""
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
            yield _entry(f"{folder.name}/{file.name}: {rule}", rule, dict(table), words)


@cache
def phrasebook() -> Phrasebook:
    """The book, read from the data files at the first call."""
    return Phrasebook([phrase for entry in entries() for phrase in entry.phrases])


def _is_sentence(phrase: Phrase, folded: str) -> bool:
    """Whether a line with a full stop is a sentence, no button.

    It is where the phrase leaves words open ("Back to the wall, he fought.") and where it has few words ("No.").
    """
    end = folded.rstrip(" \"')")
    if not end.endswith(".") or end.endswith(".."):
        return False
    return "*" in phrase.text.split() or len(WORD.findall(end)) <= _BUTTON


def _key(word: str) -> str:
    return NUMBER if word[0].isdigit() else word[:KEY]


def _entry(where: str, rule: str, table: dict[str, object], words: Mapping[str, str] | None = None) -> Entry:
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
        for spelt in _spelt(where, written, words or {}):
            if not re.match(r"#|\w" if at in FROM_START else r"\w", spelt):
                raise ValueError(
                    f"{where}: the phrase {spelt!r} must begin with a word (or #, where it begins the line)"
                )
            if re.match(rf"\w{{1,{KEY - 1}}}\*", spelt):
                raise ValueError(f"{where}: the phrase {spelt!r} must have {KEY} letters before its first star")
            phrases.append(Phrase(rule, category, written, at, near, longest, title, spelt))  # type: ignore[arg-type]
    return Entry(rule, tuple(phrases), tuple(lists["yes"]), tuple(lists["no"]))  # type: ignore[arg-type]


def _spelt(where: str, written: str, words: Mapping[str, str]) -> Iterator[str]:
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


def _expression(text: str, *, whole: bool) -> str:
    """A phrase in the notation of the data files as a regular expression."""
    parts: list[str] = []
    written = TOKEN.findall(fold(text))
    for i, part in enumerate(written):
        before, after = written[i - 1] if i else "", written[i + 1] if i + 1 < len(written) else ""
        if part.isspace():
            # A gap is written by what follows it, where that is not there on every page.
            if after == "*" and (WORD.match(before) or before in (")", "]")):
                parts.append(r"(?!\w)")
            elif after not in ("[", "*", ":") and before not in ("*", "|", "("):
                parts.append(GAP)
        elif part == "*":
            boundary = r"\b" if WORD.match("".join(written[i + 1 :]).lstrip("( ")) else ""
            parts.append(f"{INSIDE}{{0,400}}" if i + 1 == len(written) else rf"{INSIDE}{{0,100}}?{boundary}")
        elif part == "[":
            parts.append(f"(?:{GAP}(?:")
        elif part == "]":
            parts.append("))?")
        elif part == "(":
            parts.append("(?:")
        elif part in (")", "|"):
            parts.append(part)
        elif part == "#":
            parts.append(r"\d{1,6}")
        elif part == ":":
            parts.append(r"[\s.)]{0,3}[:|]")
        elif part.endswith("*"):
            parts.append(re.escape(part[:-1]) + r"\w{0,24}")
        else:
            parts.append(re.escape(part))
    if WORD.match(written[-1]) or written[-1] in ("]", ")"):
        parts.append(r"(?!\w)")
    return "".join(parts) + (r"\W{0,6}$" if whole else "")
