"""How right and how fast are the languages? Beside other detectors (`benchmarks.judges`), in one run on one core.

    python -m benchmarks.languages [--shared DIR] [--only speed|windows|lines|pages]

Reads SHARED/language (mixed pages, and the sentences that training holds back). Prints four tables: speed on the mixed
pages, accuracy on windows of the held-back sentences by length and language, on hand-made lines by their kind, and the
figures of the scorer on mixed pages made of held-back sentences. Other detectors are left out, saying so, where they
are not installed (`uv sync --group benchmarks`).
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.judges import JUDGES, installed
from cleaners.languages import label, table
from cleaners.languages.words import WORD
from tools.language_sources import held_back, read_lines

LANGUAGES = ("uk", "en", "ru", "be", "pl", "bg")
ROUNDS = 5
LENGTHS = {"1-2": (1, 2), "3-5": (3, 5), "6-10": (6, 10), "11-20": (11, 20)}


def timed(name: str, pages: list[dict[str, Any]]) -> tuple[float, float, float]:
    """Seconds of one core for loading, for all pages then, and for all of them once more; call it in a new process."""
    clock = time.process_time  # what others do on the machine does not count
    start = clock()
    if name == "sito":
        for script in ("Cyrl", "Latn"):
            table.words(script)
            table.grams(script)
    else:
        judge = JUDGES[name]()
        judge("Loading is done at the first call, by some.")
    loaded = clock()
    seconds = []
    for _ in range(2):
        before = clock()
        for page in pages:
            if name == "sito":
                label(page)
            else:
                for text in page["paragraphs"]:
                    judge(text)
        seconds.append(clock() - before)
    return loaded - start, seconds[0], seconds[1]


def speed(pages: list[dict[str, Any]]) -> None:
    """Paragraphs a second on the mixed pages, each judge alone in a new process, imports excluded.

    Cold: the first time, nothing remembered; with the loading of tables and profiles, and without. Warm: once more.
    All judges run in turn, ROUNDS times over; the figures are medians, those beside langdetect of the rounds' ratios.
    """
    count = sum(len(page["paragraphs"]) for page in pages)
    names = [name for name in JUDGES if installed(name)]
    rounds: list[dict[str, tuple[float, float, float]]] = []
    for _ in range(ROUNDS):
        rows: dict[str, tuple[float, float, float]] = {}
        for name in names:
            with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as alone:
                load, first, second = alone.submit(timed, name, pages).result()
            rows[name] = (load + first, first, second)
        rounds.append(rows)
    print(f"\n{count} paragraphs: a second of one core, and times langdetect")
    print(f"{'':16}{'cold, loading included':>26}{'cold, loading excluded':>26}{'warm':>26}")
    for name in names:
        cells = []
        for i in range(3):
            rate = median(count / rows[name][i] for rows in rounds)
            ratio = median(rows["langdetect"][i] / rows[name][i] for rows in rounds)
            cells.append(f"{rate:17.0f} {ratio:7.1f}x")
        print(f"{name:16}" + "".join(cells))


def windows(shared: Path) -> Iterator[tuple[str, str, str]]:
    """(length, language, text): held-back sentences cut into windows of words, the same in every run."""
    for language in LANGUAGES:
        lines = dict.fromkeys(read_lines(shared / "language" / "train" / f"{language}.sentences.txt.gz"))
        sentences = [line for line in lines if line and held_back(line)][:1500]
        for length, (least, most) in LENGTHS.items():
            chance = random.Random(0)
            for sentence in sentences:
                words = [match.span() for match in WORD.finditer(sentence)]
                if len(words) >= least:
                    size = chance.randint(least, min(most, len(words)))
                    at = chance.randint(0, len(words) - size)
                    yield length, language, sentence[words[at][0] : words[at + size - 1][1]]


def accuracy(shared: Path) -> None:
    """The share of windows that are labelled right."""
    samples = list(windows(shared))
    table: dict[tuple[str, str, str], list[bool]] = defaultdict(list)
    names = {name: make() for name, make in JUDGES.items() if installed(name)}
    for name, judge in names.items():
        for length, language, text in samples:
            right = judge(text) == language
            for key in (language, "all"):
                table[name, length, key].append(right)
    print("\nwords  judge           " + "".join(f"{language:>8}" for language in (*LANGUAGES, "all")))
    for length in LENGTHS:
        for name in names:
            cells = [table[name, length, key] for key in (*LANGUAGES, "all")]
            print(f"{length:6} {name:16}" + "".join(f"{sum(c) / len(c):8.3f}" if c else f"{'-':>8}" for c in cells))
    print("       windows         " + "".join(f"{len(table['sito', '1-2', key]):8}" for key in (*LANGUAGES, "all")))


KINDS = {
    "short": "buttons names names_alone units football addresses capitals legal no_letters hashtags urls slash",
    "uk as people write it": "surzhyk ru_keyboard old_spelling orth2019 homoglyphs no_spaces",
    "be": "be_official be_tarask",
    "other": "crh_latin crh_cyrl rusyn sr mk kk ky tt cv_ba cs sk ro hu tr latin_uk be_latin",
    "en": "en_names",
}
"""Kinds of hand-made lines, by their classes; only lines in one language are asked for."""


def lines(shared: Path) -> None:
    """The share of hand-made lines in one language, each alone, whose language is right: any that the gold accepts."""
    samples: list[tuple[str, list[str], str]] = []
    for name in ("fresh", "families"):
        for line in (shared / "language" / f"{name}.jsonl").read_text("utf-8").split("\n"):
            gold = json.loads(line) if line else {"paragraphs": []}
            kind = next((k for k, classes in KINDS.items() if gold.get("class") in classes.split()), None)
            for spans in gold["paragraphs"] if kind else ():
                named = [span["language"] for span in spans if span["language"]]
                if kind and len(set(named)) == 1:
                    samples.append((kind, named[0].split("/"), "".join(span["text"] for span in spans)))
    names = {name: make() for name, make in JUDGES.items() if installed(name)}
    print("\n" + f"{'':16}" + "".join(f"{kind:>23}" for kind in KINDS))
    print(f"{'lines':16}" + "".join(f"{sum(s[0] == kind for s in samples):23}" for kind in KINDS))
    for name, judge in names.items():
        cells = [[judge(text) in accepted for k, accepted, text in samples if k == kind] for kind in KINDS]
        print(f"{name:16}" + "".join(f"{sum(c) / len(c):23.3f}" for c in cells))


def made_pages(shared: Path) -> list[dict[str, Any]]:
    """Mixed pages of held-back sentences: paragraphs of two languages in turn, and quotations inside sentences."""
    chance = random.Random(1)
    pools = {
        language: [
            line.strip('"“”- ')
            for line in dict.fromkeys(read_lines(shared / "language" / "train" / f"{language}.sentences.txt.gz"))
            if held_back(line) and len(WORD.findall(line)) > 2
        ]
        for language in LANGUAGES
    }
    pages: list[dict[str, Any]] = []
    pairs = [
        ("uk", "ru"),
        ("uk", "en"),
        ("be", "ru"),
        ("uk", "be"),
        ("en", "pl"),
        ("ru", "uk"),
        ("en", "uk"),
        ("bg", "ru"),
    ]
    for number in range(160):
        main, other = pairs[number % len(pairs)]
        paragraphs: list[list[dict[str, str | None]]] = []
        for _ in range(12):
            kind = chance.random()
            if kind < 0.25:  # a quotation
                host = chance.choice([s for s in pools[main] if len(WORD.findall(s)) >= 6] or pools[main])
                words = host.split(" ")
                at = chance.randint(2, max(2, len(words) - 2))
                quote = chance.choice([s for s in pools[other] if len(WORD.findall(s)) >= 4])
                opening, closing = chance.choice([("«", "»"), ('"', '"'), ("“", "”"), ("(", ")")])
                paragraphs.append(
                    [
                        {"text": " ".join(words[:at]) + f", {opening}", "language": main},
                        {"text": quote, "language": other},
                        {"text": f"{closing} " + " ".join(words[at:]), "language": main},
                    ]
                )
                continue
            language = main if kind < 0.75 else other
            text = " ".join(chance.sample(pools[language], chance.randint(1, 3)))
            paragraphs.append([{"text": text, "language": language}])
        pages.append({"id": f"p{number}", "pattern": f"{main}+{other}", "paragraphs": paragraphs})
    return pages


def pages_table(shared: Path) -> None:
    """Let the scorer print its figures on the pages made here."""
    gold = made_pages(shared)
    with tempfile.TemporaryDirectory() as folder:
        files = Path(folder, "gold.jsonl"), Path(folder, "predictions.jsonl")
        with files[0].open("w", encoding="utf-8") as golden, files[1].open("w", encoding="utf-8") as predicted:
            for page in gold:
                golden.write(json.dumps(page, ensure_ascii=False) + "\n")
                texts = ["".join(span["text"] for span in spans) for spans in page["paragraphs"]]
                predicted.write(json.dumps(label({"id": page["id"], "paragraphs": texts}), ensure_ascii=False) + "\n")
        print("\nmixed pages of held-back sentences")
        subprocess.run([sys.executable, str(shared / "language" / "score_language.py"), *map(str, files)], check=True)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path(__file__).parents[2] / "shared")
    parser.add_argument("--only", choices=("speed", "windows", "lines", "pages"))
    args = parser.parse_args()
    if not args.shared.is_dir():
        parser.error(f"{args.shared} is not there; name the folder with --shared")
    if args.only in (None, "speed"):
        mixed = (args.shared / "language" / "mixed.jsonl").read_text("utf-8").split("\n")
        golds = [json.loads(line) for line in mixed if line]
        speed([{"id": g["id"], "paragraphs": ["".join(s["text"] for s in p) for p in g["paragraphs"]]} for g in golds])
    if args.only in (None, "windows"):
        accuracy(args.shared)
    if args.only in (None, "lines"):
        lines(args.shared)
    if args.only in (None, "pages"):
        pages_table(args.shared)


if __name__ == "__main__":
    main()
