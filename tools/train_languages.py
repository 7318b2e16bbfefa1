"""Train the tables of cleaners/languages/data; see docs/languages.md for the data, its licences and the method.

    python -m tools.train_languages WORDS_AND_SENTENCES

WORDS_AND_SENTENCES is a folder with LANGUAGE.words.tsv.gz (word, blank, count) and LANGUAGE.sentences.txt.gz; the lists
of frequent words come with the installed justext. The result depends on these alone: the same input gives the same
bytes. Every tenth sentence (`held_back`) is never trained on, so that the shipped tables can be measured on it.
"""

from __future__ import annotations

import argparse
import gzip
import json
import math
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from importlib import resources
from pathlib import Path

from cleaners.languages.model import WORST
from cleaners.languages.table import GRAMS, STEPS_PER_NAT, WORDS, Table, dump
from cleaners.languages.words import WORD, plain, script_of
from tools.web_words import SHARED_WORDS, WEB_WORDS

DATA = Path(__file__).parent.parent / "cleaners" / "languages" / "data"

# State -> (languages with word counts, justext lists). Where a state stands for a group, langdetect tells it apart.
CYRILLIC: dict[str, tuple[list[str], list[str]]] = {
    "uk": (["uk"], ["Ukrainian"]),
    "ru": (["ru"], ["Russian"]),
    "be": ([], ["Belarusian", "Belarusian_Taraskievica"]),
    "bg": (["bg"], ["Bulgarian"]),
    "mk": (["mk"], ["Macedonian"]),
    "sr": (["sr"], ["Serbian"]),
    "kk": ([], ["Kazakh"]),
    "ky": ([], ["Kyrgyz"]),
}
LATIN: dict[str, tuple[list[str], list[str]]] = {
    "en": (["en"], ["English", "Simple_English"]),
    "pl": (["pl"], ["Polish"]),
    "de": (["de"], ["German", "Luxembourgish", "Low_Saxon"]),
    "nl": (["nl"], ["Dutch", "Afrikaans", "West_Frisian"]),
    "sv": (["sv"], ["Swedish", "Danish", "Norwegian_Bokmal", "Norwegian_Nynorsk", "Icelandic"]),
    "fr": (["fr"], ["French"]),
    "es": (["es"], ["Spanish", "Catalan", "Galician"]),
    "pt": (["pt"], ["Portuguese"]),
    "it": (["it"], ["Italian"]),
    "ro": (["ro"], ["Romanian"]),
    "cs": (["cs"], ["Czech"]),
    "sk": (["sk"], ["Slovak"]),
    "hr": (["sr"], ["Croatian", "Slovenian", "Bosnian", "Serbo_Croatian"]),
    "hu": (["hu"], ["Hungarian"]),
    "lt": (["lt"], ["Lithuanian", "Latvian"]),
    "tr": (["tr"], ["Turkish", "Azerbaijani"]),
    "fi": ([], ["Finnish", "Estonian"]),
    "id": ([], ["Indonesian", "Malay", "Tagalog", "Swahili", "Vietnamese", "Albanian", "Welsh", "Irish", "Basque"]),
    "und": (["uk"], []),  # Ukrainian in Latin letters
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
}
TRANSLITERATIONS = (  # the national one of 2010, and the scientific one
    dict(zip("абвгґдеєжзиіїйклмнопрстуфхцчшщьюя'",
             ["a", "b", "v", "h", "g", "d", "e", "ie", "zh", "z", "y", "i", "i", "i", "k", "l", "m", "n", "o", "p", "r",
              "s", "t", "u", "f", "kh", "ts", "ch", "sh", "shch", "", "iu", "ia", ""], strict=True)),
    dict(zip("абвгґдеєжзиіїйклмнопрстуфхцчшщьюя'",
             ["a", "b", "v", "g", "g", "d", "e", "ye", "zh", "z", "y", "i", "yi", "y", "k", "l", "m", "n", "o", "p",
              "r", "s", "t", "u", "f", "h", "c", "ch", "sh", "sch", "'", "yu", "ya", "'"], strict=True)),
)  # fmt: skip

MIXED_WITH = {"uk": "ru", "be": "ru", "bg": "ru"}
"""Languages whose words are mixed into the word counts of a language."""


class Shares(dict[str, float]):
    """Words with their counts, or with their shares of running text; nought for any other."""

    def __missing__(self, word: str) -> float:
        return 0.0


ORDER = 5
MOST_GRAMS = {"Cyrl": 60_000, "Latn": 30_000}  # half of the Latin ones changed no figure
MOST_WORDS = 45_000
RARE = 3e-7
"""The share of a word just below the end of a list of fifty thousand (theirs is 1e-6)."""
UNSEEN = 1e-7
"""The probability of a letter that is not in a language's alphabet."""


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


def share(counts: Shares) -> Shares:
    """Counts as shares of one."""
    total = sum(counts.values())
    return Shares({word: n / total for word, n in counts.items()}) if total else counts


def fits(word: str, script: str, alphabet: str | None) -> bool:
    """Say whether a listed word is one of this language at all: the lists hold foreign words, too."""
    letters = word.replace("'", "")
    return (
        bool(letters) and all(script_of(c) == script for c in letters) and not (alphabet and set(word) - set(alphabet))
    )


def word_shares(folder: Path, state: str, lists: tuple[list[str], list[str]], script: str) -> Shares:
    """The share of each word in running text of a state: counts, sentences and ranked lists, mixed in equal parts."""
    parts: list[Shares] = []
    counted, ranked = lists
    for language in counted:
        counts = Shares()
        for line in read_lines(folder / f"{language}.words.tsv.gz"):
            word, _, n = line.rpartition(" ")
            for token in WORD.findall(word):
                counts[plain(token)] += int(n)
        parts.append(counts)
    spoken = Counter(
        plain(token)
        for language in dict.fromkeys((state, *counted))
        for line in sentences(folder, language)
        for token in WORD.findall(line)
    )
    parts.append(Shares({word: n - 0.75 for word, n in spoken.items()}))  # seen once may be chance
    parts.append(Shares({plain(t): 1 for t in WORD.findall(WEB_WORDS.get(state, ""))}))
    for name in ranked:
        zipf = Shares()
        listed = resources.files("justext").joinpath("stoplists", f"{name}.txt").read_text("utf-8")
        for rank, line in enumerate(listed.split("\n")):
            for token in WORD.findall(line):
                zipf[plain(token)] += 1e6 / (rank + 3)
        parts.append(zipf)
    alphabet = ALPHABETS.get(state)
    if state in MIXED_WITH:
        other = word_shares(folder, MIXED_WITH[state], CYRILLIC[MIXED_WITH[state]], script)
        parts = [without_quotes(part, ALPHABETS[state], other) for part in parts]
    parts.append(Shares({plain(t): 1 for t in WORD.findall(SHARED_WORDS.get(state, ""))}))
    clean = [Shares({w: n for w, n in part.items() if fits(w, script, alphabet)}) for part in parts]
    weights = [1.0] * len(clean)
    weights[len(counted)] = min(1.0, sum(clean[len(counted)].values()) / 20_000)  # few sentences say little
    weights[len(counted) + 1] = 0.03
    weights[-1] = 0.003  # no more than keeps them from counting as the neighbour's: .01 turned quotations
    mixed = Shares()
    for part, weight in zip(clean, weights, strict=True):
        for own, portion in share(part).items():
            mixed[own] += weight * portion
    return share(mixed)


def transliterated(shares: Shares) -> Shares:
    """Ukrainian words in Latin letters, by each of the usual ways."""
    result = Shares()
    for word, n in shares.items():
        for way in TRANSLITERATIONS:
            result["".join(way.get(c, "") for c in word)] += n
    result.pop("", None)
    return share(result)


def without_quotes(counts: Shares, alphabet: str, other: Shares) -> Shares:
    """Take out what a word list holds of another language.

    Words with letters that only the other language has show how much of it there is (of the Ukrainian subtitles, some
    are Russian). Half as much again, for chance, is taken from the count of each word that the other one has, too;
    words that stand there for no more reason than this go.
    """
    seen = sum(n for word, n in counts.items() if set(word) - set(alphabet) and word in other)
    expected = sum(n for word, n in other.items() if set(word) - set(alphabet))
    rate = 1.5 * seen / expected if expected else 0.0
    return Shares({w: n - rate * other[w] for w, n in counts.items() if n > rate * other[w]})


def without_strangers(shares: dict[str, Shares], own: str, other: str, sure: Shares) -> None:
    """Take out of a list the words that neither its sentences hold nor its spelling explains as well as the other's."""
    known, foreign = Spelling(sure, ALPHABETS[own]), Spelling(shares[other], ALPHABETS[other])
    for word in [word for word in shares[own] if word not in sure]:
        marked = f"^{word}$"
        ratio = sum(
            math.log(foreign.probability(gram) / known.probability(gram))
            for i in range(1, len(marked))
            for gram in [marked[max(0, i - ORDER + 1) : i + 1]]
        )
        if ratio > 3 + 2 * (word not in shares[other]):
            del shares[own][word]


def without_borrowed(shares: dict[str, Shares], pairs: Iterable[tuple[str, str]]) -> None:
    """Take out of a list what stands in it only because people quote, or mistake, the neighbour."""
    for own, other in pairs:
        for word in [w for w, n in shares[own].items() if n < 2e-5 and shares[other][w] > 20 * n]:
            del shares[own][word]


class Spelling:
    """How one language spells: interpolated Witten-Bell over letters, up to ORDER of them, learnt from word types."""

    def __init__(self, shares: Shares, alphabet: Iterable[str]) -> None:
        least = min(shares.values())
        self.counts: dict[str, float] = defaultdict(float)
        self.total: dict[str, float] = defaultdict(float)
        self.kinds: dict[str, int] = defaultdict(int)
        for word, n in sorted(shares.items()):
            weight = (n / least) ** 0.3  # types more than tokens: spelling speaks where the word itself is unknown
            marked = f"^{word}$"
            for i in range(1, len(marked)):
                for start in range(max(0, i - ORDER + 1), i + 1):
                    gram = marked[start : i + 1]
                    if gram not in self.counts:
                        self.kinds[gram[:-1]] += 1
                    self.counts[gram] += weight
                    self.total[gram[:-1]] += weight
        letters = sorted({*alphabet, "$"})
        self.base = {letter: 1 / len(letters) for letter in letters}
        self.seen: dict[str, float] = {}

    def probability(self, gram: str) -> float:
        """P(last letter | the letters before it)."""
        known = self.seen.get(gram)
        if known is None:
            shorter = self.probability(gram[1:]) if len(gram) > 1 else self.base.get(gram, UNSEEN)
            before = gram[:-1]
            total, kinds = self.total.get(before, 0.0), self.kinds.get(before, 0)
            known = (self.counts.get(gram, 0.0) + kinds * shorter) / (total + kinds) if total else shorter
            self.seen[gram] = known
        return known


def steps(probability: float) -> int:
    """A probability as the tables hold it."""
    return min(255, round(-math.log(probability) * STEPS_PER_NAT))


def train(folder: Path, script: str, states: dict[str, tuple[list[str], list[str]]]) -> tuple[Table, Table]:
    """Build the tables of one script: words, and letter sequences."""
    names = list(states)
    shares = {name: word_shares(folder, name, lists, script) for name, lists in states.items() if name != "und"}
    if script == "Cyrl":
        sure = word_shares(folder, "uk", ([], ["Ukrainian"]), script)
        without_strangers(shares, "uk", "ru", sure)
        without_borrowed(shares, [("uk", "ru"), ("be", "ru"), ("be", "uk"), ("kk", "ru"), ("ky", "ru"), ("bg", "ru")])
    else:
        shares["und"] = transliterated(word_shares(folder, "uk", CYRILLIC["uk"], "Cyrl"))
        without_borrowed(shares, [(name, "en") for name in names if name != "en"])
    spellings = {}
    for name in names:
        letters = Shares()
        for word, n in shares[name].items():
            for letter in word:
                letters[letter] += n
        alphabet = ALPHABETS.get(name) or [c for c, n in letters.items() if n > 2e-4]
        spellings[name] = Spelling(shares[name], alphabet)
    # Which grams say something that their shorter forms do not?
    weight = Shares()
    for name in names:
        factor = 1.0 if name in ("uk", "ru", "be", "en", "pl", "bg") else 0.3
        whole = spellings[name].total[""]
        for gram, n in spellings[name].counts.items():
            weight[gram] += factor * n / whole
    gain: list[tuple[float, str]] = []
    for gram, n in weight.items():
        if len(gram) <= 2:
            gain.append((math.inf, gram))
        elif n > 2e-7:
            ratios = [math.log(s.probability(gram) / s.probability(gram[1:])) for s in spellings.values()]
            gain.append((n * (max(ratios) - min(ratios)), gram))
    gain.sort(key=lambda pair: (-pair[0], pair[1]))
    chosen: dict[str, None] = {}
    for _, gram in gain:
        if len(chosen) >= MOST_GRAMS[script]:
            break
        chosen.update(dict.fromkeys(gram[:size] for size in range(1, len(gram) + 1)))  # see cleaners.languages.model
    grams = {gram: bytes(steps(spellings[name].probability(gram)) for name in names) for gram in chosen}
    # Whole words, where counting them says something that their spelling does not.
    unlisted = {name: 0.05 + 0.4 * math.exp(-len(shares[name]) / 10_000) for name in names}
    candidates = {
        word for name in names for word in sorted(shares[name], key=lambda word: -shares[name][word])[:40_000]
    }
    worth: list[tuple[float, str, bytes]] = []
    for word in sorted(candidates):
        marked = f"^{word}$"
        spelt = [
            -sum(
                math.log(spellings[name].probability(marked[max(0, i - ORDER + 1) : i + 1]))
                for i in range(1, len(marked))
            )
            for name in names
        ]
        # A list ends somewhere: a word that it lacks, but that is spelt as its language spells, may just be rare.
        whole_word = [
            -math.log(
                unlisted[name] * math.exp(-cost)
                + (1 - unlisted[name]) * shares[name][word]
                + RARE * math.exp(min(spelt) - cost)
            )
            for name, cost in zip(names, spelt, strict=True)
        ]
        best, best_spelt = min(whole_word), min(spelt)
        change = max(abs((a - best) - (b - best_spelt)) for a, b in zip(whole_word, spelt, strict=True))
        n = sum(shares[name][word] * (1.0 if name in ("uk", "ru", "be", "en", "pl", "bg") else 0.3) for name in names)
        row = bytes(min(WORST, round((a - best) * STEPS_PER_NAT)) for a in whole_word)
        worth.append((n * min(change, 8.0), word, row))
    worth.sort(key=lambda item: (-item[0], item[1]))
    words = {word: row for _, word, row in worth[:MOST_WORDS]}
    extra = tuple(round(-math.log(unlisted[name]) * STEPS_PER_NAT) for name in names)
    return Table(tuple(names), words, extra), Table(tuple(names), grams, extra)


def belarusian_profile(folder: Path) -> str:
    """A profile in langdetect's own format, learnt by langdetect's own code: langdetect brings none for Belarusian."""
    from langdetect.utils.lang_profile import LangProfile

    profile = LangProfile("be")
    shares = word_shares(folder, "be", CYRILLIC["be"], "Cyrl")
    least = min(shares.values())
    for word, n in sorted(shares.items()):
        for _ in range(max(1, round((n / least) ** 0.5))):
            profile.update(f" {word} ")
    profile.omit_less_freq()
    return json.dumps(
        {"freq": dict(sorted(profile.freq.items())), "n_words": profile.n_words, "name": "be"}, ensure_ascii=False,
        separators=(",", ":"),
    )  # fmt: skip


def main() -> None:
    """Train and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    for script, states in (("Cyrl", CYRILLIC), ("Latn", LATIN)):
        words, grams = train(folder, script, states)
        for table, name in ((words, WORDS[script]), (grams, GRAMS[script])):
            data = dump(table)
            (DATA / name).write_bytes(data)
            print(f"{name}: {len(table.rows)} keys in {len(data)} bytes")
    (DATA / "be").write_text(belarusian_profile(folder), encoding="utf-8")


if __name__ == "__main__":
    main()
