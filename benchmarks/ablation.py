"""What each part of the cleaners brings: every set is cleaned again with one part switched off at a time.

The product has no switches: parts are replaced from outside, for the length of one page, in the modules that use them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path
from typing import Any
from unittest.mock import patch

from benchmarks.sets import NO_DOCUMENT, SETS, GoldSet
from cleaners import CLEANERS, Page
from cleaners.metadata.jsonld import JsonLd
from cleaners.rules.registry import SURE
from flows.common.page_files import content_type
from flows.gold.scoring import Score, number, score, summary
from flows.pipeline.clean_file import judge_page, read_page
from flows.pipeline.clean_files import Failure

Figures = dict[str, float | None]

NONE = "–"
"""A cell of a part that changes nothing on a set."""
LEAST = 0.0005
BODY_FIGURES = ("f1", "noise_left")


@dataclass(frozen=True)
class Part:
    """A part, and what is put in its place, by dotted name, to switch it off; `reads` if it works before judgement."""

    name: str
    instead: Mapping[str, Any]
    reads: bool = False

    def off(self) -> ExitStack:
        """A context in which this process works without the part."""
        stack = ExitStack()
        for name, value in self.instead.items():
            stack.enter_context(patch(name, value))
        return stack

    def score(self, gold: dict[str, Any], path: Path, page: Page | Failure) -> Score:
        """The score of the page at `path` without this part; `page` is what was read of it with all."""
        with self.off():
            answer = judge_page(path, read_page(path) if self.reads else page)
        return score(gold, NO_DOCUMENT if isinstance(answer, Failure) else answer.to_json())


def _cleaners(name: str, *without: str) -> Part:
    return Part(
        name,
        {
            "cleaners.judgement.CLEANERS": tuple(c for c in CLEANERS if c.__name__ not in without),
            "cleaners.judgement.SURE": tuple(c for c in SURE if c.__name__ not in without),
        },
    )


def _recovery(name: str, *steps: str) -> Part:
    return Part(name, {f"cleaners.extract.forgotten.{step}": lambda page, chosen: set() for step in steps}, reads=True)


EVERYTHING = Part("everything on", {})

BODY = (
    EVERYTHING,
    _cleaners("all cleaners", *(c.__name__ for c in CLEANERS)),
    *(_cleaners(f"cleaner `{c.__name__}`", c.__name__) for c in CLEANERS if c.__name__ != "remembered"),
    Part("guard over losses", {"cleaners.judgement.LOSS": 2.0}),
    Part("trafilatura's choice", {"cleaners.extract.body.found_text": lambda tree, url: ""}, reads=True),
    _recovery("all recovery of the body", "_denser", "_beside", "_between", "lead_above"),
    _recovery("recovery: densest element", "_denser"),
    _recovery("recovery: beside paragraphs", "_beside"),
    _recovery("recovery: between paragraphs", "_between"),
    _recovery("recovery: lead", "lead_above"),
    Part(
        "block classifier",
        {"cleaners.extract.body.classify_blocks": lambda blocks, chosen, likely: set(chosen)},
        reads=True,
    ),
    Part("repair of text", {"cleaners.pipeline.repair": lambda line: line}, reads=True),
)
"""Parts that choose or clean the body. `remembered` acts with site memory only, which is a row of its own."""

METADATA = (
    EVERYTHING,
    Part("JSON-LD", {"cleaners.metadata.head.read_jsonld": lambda tree: JsonLd()}, reads=True),
    Part("metas", {"cleaners.metadata.head._metas": lambda tree: {}}, reads=True),
    Part("lines around the headline", {"cleaners.metadata.reader._near": lambda blocks, body, title: []}, reads=True),
)
"""Where the title, authors and date of a page are read."""


def body_table(sets: Sequence[GoldSet], jobs: int) -> Iterator[str]:
    """What the parts bring to f1 and noise left, a column a set."""
    yield from _table(sets, jobs, BODY, BODY_FIGURES)
    strangers = _cleaners("", "phrased")
    for name, part in (("site memory, added", EVERYTHING), ("the same without `phrased`", strangers)):
        yield f"| {name} | {' | '.join(_memory(gold_set, part) for gold_set in sets)} |"


def metadata_table(sets: Sequence[GoldSet], jobs: int) -> Iterator[str]:
    """What the sources of metadata bring to the title, authors and date, a column a set."""
    html = [s for s in sets if any(content_type(path) != "text/plain" for path in s.paths)]
    yield from _table(html, jobs, METADATA, ("title", "authors", "published"))


def _table(sets: Sequence[GoldSet], jobs: int, parts: Sequence[Part], figures: Sequence[str]) -> Iterator[str]:
    columns = [_without_each(gold_set, jobs, parts) for gold_set in sets]
    yield f"| part | {' | '.join(gold_set.name for gold_set in sets)} |"
    yield "|---|" + "--:|" * len(sets)
    all_on = [
        " ".join(NONE if (value := column[EVERYTHING.name][name]) is None else number(value) for name in figures)
        for column in columns
    ]
    yield f"| {EVERYTHING.name} | {' | '.join(all_on)} |"
    for part in parts:
        if part is not EVERYTHING:
            cells = [_gain(column[EVERYTHING.name], column[part.name], figures) for column in columns]
            yield f"| {part.name} | {' | '.join(cells)} |"


def _memory(gold_set: GoldSet, part: Part) -> str:
    """What site memory brings to a set of one source, with a part switched off."""
    together = SETS.get(f"{gold_set.name}-together")
    if together is None:
        return NONE
    with part.off():
        alone, remembering = (summary(s.scores(s.documents(jobs=1))) for s in (gold_set, together))
    return _gain(remembering, alone, BODY_FIGURES)


def _without_each(gold_set: GoldSet, jobs: int, parts: Sequence[Part]) -> dict[str, Figures]:
    """The figures of the set by the name of the part that was switched off."""
    kind = "body" if parts is BODY else "metadata"
    with ProcessPoolExecutor(jobs) as pool:
        pages = list(pool.map(_page, repeat(kind), gold_set.golds, gold_set.paths, chunksize=4))
    return {part.name: summary(scores[place] for scores in pages) for place, part in enumerate(parts)}


def _page(kind: str, gold: dict[str, Any], path: Path) -> list[Score]:
    """The scores of one page, part after part. A kind goes to the process, since what replaces a part cannot."""
    page = read_page(path)
    return [part.score(gold, path, page) for part in (BODY if kind == "body" else METADATA)]


def _gain(on: Figures, off: Figures, figures: Sequence[str]) -> str:
    """What a part brings to each figure, as `+.012 -.100`."""
    gains = [(on[name] or 0.0) - (off[name] or 0.0) for name in figures]
    if all(abs(gain) < LEAST for gain in gains):
        return NONE
    return " ".join("0" if abs(gain) < LEAST else f"{gain:+.3f}".replace("0.", ".") for gain in gains)
