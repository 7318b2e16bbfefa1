"""Learn the pairs of letters that tell the members of a group apart; the sources are those of the language tables.

    python -m tools.train_members PACKAGES

Writes cleaners/languages/data/members.json: by script and language, the cost of the second letter of a pair after the
first, in steps of 1/12 nat. The same input gives the same bytes.
"""

from __future__ import annotations

import argparse
import json
import math
from collections import Counter
from importlib import resources
from pathlib import Path

from cleaners.languages.members import MEMBERS, PAIRS, UNSEEN
from cleaners.languages.table import STEPS_PER_NAT
from cleaners.languages.words import WORD, plain, script_of
from tools.language_sources import Packages
from tools.transliteration import crimean_tatar_in_cyrillic
from tools.web_words import WEB_WORDS

# Language -> (translations of the declaration, locales, justext lists)
_SOURCES = {
    "Cyrl": {
        "kk": (["kaz"], ["kk"], ["Kazakh"]), "ky": (["kir"], ["ky"], ["Kyrgyz"]), "tt": (["tat"], ["tt"], []),
        "ba": ([], ["ba"], []), "crh": ([], [], []), "uz": (["uzn_cyrl"], ["uz_Cyrl"], []),
        "cv": (["chv"], ["cv"], ["Chuvash"]), "mn": (["khk"], ["mn"], []), "tg": (["tgk"], ["tg"], []),
    },
    "Latn": {
        "tr": (["tur"], ["tr"], ["Turkish"]), "az": (["azj_latn"], ["az"], ["Azerbaijani"]), "crh": (["crh"], [], []),
        "uz": (["uzn_latn"], ["uz"], ["Uzbek"]),
    },
}  # fmt: skip
_SMOOTHING = 0.5


def _words(packages: Packages, script: str, name: str) -> Counter[str]:
    declared, named, listed = _SOURCES[script][name]
    found = Counter[str]()
    for part in [packages.declared(each) for each in declared] + [packages.named(each) for each in named]:
        found += part
    for each in listed:
        text = resources.files("justext").joinpath("stoplists", f"{each}.txt").read_text("utf-8")
        found += Counter({plain(token) for token in WORD.findall(text)})
    own = Counter(plain(token) for token in WORD.findall(WEB_WORDS.get(name, "")))
    if name == "crh" and script == "Cyrl":
        latin = packages.declared("crh") + own
        return Counter({crimean_tatar_in_cyrillic(word): n for word, n in latin.items()})
    return found + own


def pairs(words: Counter[str], script: str) -> dict[str, int]:
    """What the second letter of each pair costs after the first; rare words count nearly as much as frequent ones."""
    seen, before = Counter[str](), Counter[str]()
    for word, n in words.items():
        if all(script_of(letter) == script or letter == "'" for letter in word):
            marked = f"^{word}$"
            weight = 1 + math.log(n)
            for at in range(len(marked) - 1):
                seen[marked[at : at + 2]] += weight  # type: ignore[assignment]
                before[marked[at]] += weight  # type: ignore[assignment]
    letters = len(before)
    return {
        pair: min(UNSEEN, round(-math.log((n + _SMOOTHING) / (before[pair[0]] + _SMOOTHING * letters)) * STEPS_PER_NAT))
        for pair, n in sorted(seen.items())
    }


def main() -> None:
    """Learn and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("packages", type=Path)
    packages = Packages(parser.parse_args().packages)
    table = {
        script: {name: pairs(_words(packages, script, name), script) for name in names}
        for script, names in MEMBERS.items()
    }
    PAIRS.write_text(json.dumps(table, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")


if __name__ == "__main__":
    main()
