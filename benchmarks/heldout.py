"""How well do the phrases do on sites that nobody has looked at? Each site is cleaned without what only it has taught.

A phrase that is met on the pages of a single site, of all sites of all the sets, is taken for learned from that site,
and is taken away while that site's pages are cleaned. That is stricter than life, as some of these phrases were known
before, and laxer, as rules that look at structure stay as they are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.parse import urlsplit

from benchmarks.sets import NO_DOCUMENT, GoldSet
from cleaners.rules import phrased
from cleaners.rules.phrasebook import Found, Phrasebook
from flows.gold.scoring import Score, number, score, summary
from flows.pipeline.clean_file import clean_file
from flows.pipeline.clean_files import Failure

Name = tuple[str, str]
"""A phrase: its rule and its text."""
ShardSummary = Callable[[Phrasebook, str], Iterator[Found]]

FIGURES = ("precision", "recall", "f1", "exact", "noise_left")


def held_out_table(sets: Sequence[GoldSet], jobs: int) -> Iterator[str]:
    """The figures of each set with all phrases, and those that its sites get from what other sites have taught."""
    yield "| set | sites | phrases | " + " | ".join(name.replace("_", " ") for name in FIGURES) + " |"
    yield "|---|--:|---|" + "--:|" * len(FIGURES)
    with ProcessPoolExecutor(jobs) as pool:
        seen = {s.name: list(pool.map(_seen, s.golds, s.paths, chunksize=4)) for s in sets}
        met: dict[str, set[Name]] = {}
        for gold_set in sets:
            for gold, (_, names) in zip(gold_set.golds, seen[gold_set.name], strict=True):
                met.setdefault(site(gold), set()).update(names)
        sites = Counter(name for names in met.values() for name in names)
        taught = {its: frozenset(name for name in names if sites[name] == 1) for its, names in met.items()}
        for gold_set in sets:
            own = [taught[site(gold)] for gold in gold_set.golds]
            held = list(pool.map(_without, gold_set.golds, gold_set.paths, own, chunksize=4))
            count = len({site(gold) for gold in gold_set.golds})
            yield f"| {gold_set.name} | {count} | all |{_cells([found for found, _ in seen[gold_set.name]])}"
            yield f"| | | without {len(frozenset().union(*own))} |{_cells(held)}"


def site(gold: dict[str, Any]) -> str:
    """The host of the page's address, or what its id begins with."""
    host = urlsplit(gold.get("url") or "").hostname
    return host.removeprefix("www.") if host else gold["id"].replace("-", "_").partition("_")[0]


def _cells(scores: Sequence[Score]) -> str:
    figures = summary(scores)
    return "".join(f" {number(figures[name] or 0.0)} |" for name in FIGURES)


def _seen(gold: dict[str, Any], path: Path) -> tuple[Score, frozenset[Name]]:
    """The score of a page, and the phrases that were met on it."""
    met: set[Name] = set()

    def note(name: Name) -> bool:
        met.add(name)
        return True

    return _score(gold, path, note), frozenset(met)


def _without(gold: dict[str, Any], path: Path, phrases: frozenset[Name]) -> Score:
    return _score(gold, path, lambda name: name not in phrases)


def _score(gold: dict[str, Any], path: Path, stays: Callable[[Name], bool]) -> Score:
    phrased._look_up.cache_clear()
    with (
        patch.object(Phrasebook, "whole", _sifted(Phrasebook.whole, stays)),
        patch.object(Phrasebook, "inside", _sifted(Phrasebook.inside, stays)),
    ):
        answer = clean_file(path)
    return score(gold, NO_DOCUMENT if isinstance(answer, Failure) else answer.to_json())


def _sifted(look: ShardSummary, stays: Callable[[Name], bool]) -> ShardSummary:
    def sifted(book: Phrasebook, folded: str) -> Iterator[Found]:
        return (found for found in look(book, folded) if stays((found.phrase.rule, found.phrase.text)))

    return sifted
