"""What each stage of cleaning costs a page, and all of them beside bare trafilatura with metadata.

    python -m benchmarks.stages [SET ...] [--rounds N] [--every N]

SET are folders of the gold beside the project (default: pages, news and web; where it is absent, the demo pages); one
of `--every` N pages is taken. The sides, `cleaners.clean_html` and `trafilatura.bare_extraction(include_comments=False,
with_metadata=True)`, take each page in turn, and begin in turn, so that a machine that slows down slows both. Each
round is a new process, forked from one that has cleaned the demo pages and done what cleaning processes do before they
are forked: tables are loaded, but nothing of the measured pages is in any cache.

Prints CPU milliseconds a page (user and system, median of the rounds) and the ratio of the sides for each set, then
each stage's own time: without that of the stages that it calls. `rest` is what is in none of them.
"""

from __future__ import annotations

import argparse
import gc
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial, wraps
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import trafilatura

from benchmarks.pages import DEMO, GOLD, read
from cleaners import clean_html
from flows.pipeline import warm_up

STAGES = {
    "decoding": "read.decode.decode",
    "parsing": "read.tree.parse",
    "blocks": "read.blocks.read_blocks",
    "others' text": "extract.prune.prune",
    "head": "metadata.head.read_head",
    "trafilatura": "extract.found_text.found_text",
    "alignment": "extract.alignment.align",
    "clues": "extract.body.gather_clues",
    "features": "extract.features.feature_rows",
    "features of choice": "extract.choice_features.choice_rows",
    "trees": "extract.tree_ensemble.TreeEnsemble.log_odds",
    "choice of body": "extract.body.choose_body",
    "metadata": "metadata.reader.read_metadata",
    "no article": "extract.page_kind.no_article",
    "left out": "extract.account.left_out",
    "lines": "extract.article.extract",
    "repair": "read.repair.repair",
    "languages": "languages.separation.separate",
    "phrases": "rules.phrased.phrased_among",
    "rules": "judgement.judge",
}
"""Each stage with the function that it is, below `cleaners`."""

Seconds = Mapping[str, float]
CLEAN, BARE = "clean_html", "bare trafilatura"


class Stages:
    """Takes the CPU time of each stage, less that of those inside it."""

    def __init__(self) -> None:
        self.own: dict[str, int] = defaultdict(int)
        self._inside = [0]

    def install(self) -> None:
        """Put a clock around each stage, wherever its function has been imported."""
        for stage, name in STAGES.items():
            path, _, attribute = f"cleaners.{name}".rpartition(".")
            owner = self._owner(path)
            function = getattr(owner, attribute)
            timed = self._timed(stage, function)
            for module in [owner, *list(sys.modules.values())]:
                for key in [k for k, value in vars(module).items() if value is function]:
                    setattr(module, key, timed)

    @staticmethod
    def _owner(path: str) -> Any:
        """The module of this path, or the class in a module."""
        try:
            return import_module(path)
        except ModuleNotFoundError:
            module, _, name = path.rpartition(".")
            return getattr(import_module(module), name)

    def _timed(self, stage: str, function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def timed(*args: Any, **kwargs: Any) -> Any:
            start = time.process_time_ns()
            self._inside.append(0)
            try:
                result = function(*args, **kwargs)
                # a stage that gives its results one by one works when it is asked for them
                return list(result) if isinstance(result, Iterable) and hasattr(result, "__next__") else result
            finally:
                used = time.process_time_ns() - start
                self.own[stage] += used - self._inside.pop()
                self._inside[-1] += used

        return timed


def one_round(payloads: Sequence[bytes], first: int) -> Seconds:
    """CPU seconds of both sides and of all stages, over all pages; `first` says who begins."""
    stages = Stages()
    stages.install()
    sides: dict[str, Callable[[bytes], object]] = {
        CLEAN: clean_html,
        BARE: partial(trafilatura.bare_extraction, include_comments=False, with_metadata=True),
    }
    used: dict[str, int] = dict.fromkeys(sides, 0)
    for number, payload in enumerate(payloads):
        for side in list(sides)[:: 1 if (number + first) % 2 else -1]:
            start = time.process_time_ns()
            sides[side](payload)
            used[side] += time.process_time_ns() - start
    own = dict(stages.own)
    own["rest"] = used[CLEAN] - sum(own.values())
    return {name: value / 1e9 for name, value in (used | own).items()}


def measured(payloads: Sequence[bytes], rounds: int) -> Seconds:
    """The medians of so many rounds, each in a new process."""
    found = []
    for number in range(rounds):
        with ProcessPoolExecutor(1, mp_context=get_context("fork")) as pool:
            found.append(pool.submit(one_round, payloads, number).result())
    stages = {name for figures in found for name in figures}
    return {name: statistics.median(figures.get(name, 0.0) for figures in found) for name in stages}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="*")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--every", type=int, default=1)
    arguments = parser.parse_args()
    gold = GOLD[0].parent
    names = arguments.sets or [*(folder.name for folder in GOLD), "web"]
    folders: dict[str, Path] = {name: gold / name for name in names} if gold.is_dir() else {"demo": DEMO}
    for payload in read([DEMO]):
        clean_html(payload)
        trafilatura.bare_extraction(payload, include_comments=False, with_metadata=True)
    warm_up.html()
    gc.freeze()  # what is loaded by now is no work for the collectors of the forked processes
    sets = {name: read([folder])[:: arguments.every] for name, folder in folders.items()}
    figures = {name: measured(payloads, arguments.rounds) for name, payloads in sets.items()}
    pages = {name: len(payloads) for name, payloads in sets.items()}
    pages["all"] = sum(pages.values())
    stages = {name for one in figures.values() for name in one}  # some are not met in every set
    figures = {of: {name: one.get(name, 0.0) for name in stages} for of, one in figures.items()}
    figures["all"] = {name: sum(one[name] for one in figures.values()) for name in stages}
    print(table(figures, pages))


def table(figures: Mapping[str, Seconds], pages: Mapping[str, int]) -> str:
    """Milliseconds a page of each side, their ratio, and the stages, most first; a column for each set."""
    stages = sorted(figures["all"].keys() - {CLEAN, BARE}, key=lambda name: -figures["all"][name])

    def row(name: str, cells: Iterable[str]) -> str:
        return f"{name:18}" + "".join(f"{cell:>12}" for cell in cells)

    lines = [row("", (f"{name} ({pages[name]})" for name in figures))]
    for name in (BARE, CLEAN):
        lines.append(row(name, (f"{1000 * one[name] / pages[of]:.1f}" for of, one in figures.items())))
    lines.append(row("ratio", (f"{one[CLEAN] / one[BARE]:.3f}" for one in figures.values())))
    lines.append("")
    for name in stages:
        lines.append(row(name, (f"{1000 * one[name] / pages[of]:.2f}" for of, one in figures.items())))
    return "\n".join(lines)


if __name__ == "__main__":
    main()
