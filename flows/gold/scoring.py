"""How far a cleaned page is from its gold: runs of four words, exact paragraphs, noise, order, languages, metadata.

Gold is a mapping with `paragraphs` ({"text", "language"}) or, for a flat text without paragraphs, `body`; `dropped`,
the noise that must go; `optional`, lines that two careful editors could disagree on; `title`, `authors`, `published`,
null or empty where the page does not state them. A document is what `Document.to_json` gives.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import mean
from typing import Any

Runs = Counter[tuple[str, ...]]

FIGURES = (
    "precision",
    "recall",
    "f1",
    "exact",
    "noise_left",
    "text_lost",
    "order",
    "language",
    "title",
    "authors",
    "published",
)
"""The figures of a set, each 0 to 1. Precision to exact, order and metadata are means over its pages; noise_left is the
share of all its noise lines, text_lost of all its paragraphs, language of all characters of paragraphs kept whole."""

LOWER_IS_BETTER = frozenset({"noise_left", "text_lost"})

RUN = 4
"""Words of a run."""
TELLING = 25
"""Characters beyond which a noise line is known again inside another line."""
OPTIONAL = 0.8
"""A paragraph with more than this share of its runs in an optional line is that line."""
THERE = 0.5
"""A paragraph with at least this share of its runs in the body is not lost."""
QUOTES = str.maketrans("’ʼ`‘′“”„«»", "'''''\"\"\"\"\"")


@dataclass(frozen=True, slots=True)
class Score:
    """The figures of one page; `left` and `lost` list the noise still there and the paragraphs gone, None: not stated.

    `languages` is (characters in the right language, characters) of the paragraphs that are kept as in gold.
    """

    precision: float
    recall: float
    exact: bool
    order: float
    languages: tuple[int, int]
    left: tuple[str, ...]
    noise: int
    lost: tuple[str, ...]
    paragraphs: int
    title: bool | None
    authors: bool | None
    published: bool | None

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        return share(2 * self.precision * self.recall, self.precision + self.recall, 0.0)

    @property
    def language(self) -> float:
        """Share of characters in the right language."""
        return share(*self.languages, 1.0)


def fold(text: str) -> str:
    """Make equal what no reader tells apart: case, runs of white space, shapes of quotes, composed letters."""
    return " ".join(unicodedata.normalize("NFC", text).translate(QUOTES).casefold().split())


def runs(*texts: str) -> Runs:
    """All runs of four words over the joined texts, with their counts; a shorter text is one run."""
    words = re.findall(r"\w+", fold("\n".join(texts)))
    return Counter(tuple(words[at : at + RUN]) for at in range(max(1, len(words) - RUN + 1)) if words)


def share(part: float, whole: float, otherwise: float) -> float:
    """`part` of `whole`, or `otherwise` where there is nothing to have a part of."""
    return part / whole if whole else otherwise


def held(text: str, by: Runs) -> float:
    """Share of the text's runs that are among the others."""
    own = runs(text)
    return share((own & by).total(), own.total(), 1.0)


def score(gold: Mapping[str, Any], document: Mapping[str, Any]) -> Score:
    """Hold a document against the gold of its page. Paragraphs that are optional by the gold are not counted."""
    flat = "body" in gold
    wanted = [gold["body"]] if flat else [p["text"] for p in gold["paragraphs"]]
    optional = [line["text"] for line in gold.get("optional", ())]
    kept = _counted([p["text"] for p in document["paragraphs"]], wanted, optional)
    if flat and kept:
        wanted, kept = [_without(wanted[0], optional)], [_without(" ".join(kept), optional)]
    body, folded = [fold(text) for text in kept], [fold(text) for text in wanted]
    want, have = runs(*wanted), runs(*kept)
    both = (want & have).total()
    noise = [line["text"] for line in gold["dropped"]]
    return Score(
        precision=share(both, have.total(), float(not want)),
        recall=share(both, want.total(), 1.0),
        exact=body == folded,
        order=_order(body, folded),
        languages=(0, 0) if flat else _languages(gold["paragraphs"], document["paragraphs"], frozenset(body)),
        left=tuple(line for line in noise if _stands(fold(line), body, folded, 0 if flat else TELLING)),
        noise=len(noise),
        lost=tuple(text for text in wanted if fold(text) not in body and held(text, have) < THERE),
        paragraphs=len(wanted),
        title=fold(gold["title"]) == fold(document["title"] or "") if gold["title"] else None,
        authors=set(map(fold, gold["authors"])) == set(map(fold, document["authors"])) if gold["authors"] else None,
        published=(document["published"] or "")[:10] == gold["published"][:10] if gold["published"] else None,
    )


def summary(pages: Iterable[Score]) -> dict[str, float | None]:
    """The figures of a set by name, in the order of `FIGURES`; None where no gold states the thing."""
    scores = list(pages)
    figures: dict[str, float | None] = {}
    for name in FIGURES:
        if name == "noise_left":
            figures[name] = share(sum(len(s.left) for s in scores), sum(s.noise for s in scores), 0.0)
        elif name == "text_lost":
            figures[name] = share(sum(len(s.lost) for s in scores), sum(s.paragraphs for s in scores), 0.0)
        elif name == "language":
            figures[name] = share(sum(s.languages[0] for s in scores), sum(s.languages[1] for s in scores), 1.0)
        else:
            stated = [float(value) for s in scores if (value := getattr(s, name)) is not None]
            figures[name] = mean(stated) if stated else None
    return figures


def number(value: float) -> str:
    """A figure for people: `.972`, or `1`, to which nothing else is rounded up."""
    return f"{value:.0f}" if value in (0, 1) else f"{min(value, 0.9994):.3f}".removeprefix("0")


def _counted(texts: Sequence[str], wanted: Sequence[str], optional: Sequence[str]) -> list[str]:
    """Those of the texts that are wanted, or at least not optional."""
    body = {fold(text) for text in wanted}
    free = [(fold(line), runs(line)) for line in optional]
    return [
        text
        for text in texts
        if fold(text) in body or not any(fold(text) == line or held(text, own) > OPTIONAL for line, own in free)
    ]


def _without(text: str, spans: Iterable[str]) -> str:
    text = fold(text)
    for span in spans:
        text = text.replace(fold(span), " ")
    return " ".join(text.split())


def _stands(line: str, body: Sequence[str], gold: Sequence[str], telling: int) -> bool:
    """A noise line stands in the body as a line of its own, or, if long enough to tell, inside another."""
    if body.count(line) > gold.count(line):
        return True
    return len(line) > telling and "\n".join(body).count(line) > "\n".join(gold).count(line)


def _order(body: Sequence[str], gold: Sequence[str]) -> float:
    """The longest row of kept paragraphs in gold's order, as a share of those found."""
    place = {text: at for at, text in enumerate(gold)}
    found = dict.fromkeys(place[text] for text in body if text in place)
    ends: list[int] = []  # ends[n]: the least place at which a row of n + 1 may end
    for at in found:
        spot = bisect_left(ends, at)
        ends[spot : spot + 1] = [at]
    return share(len(ends), len(found), 1.0)


def _languages(
    gold: Iterable[Mapping[str, Any]], paragraphs: Iterable[Mapping[str, Any]], body: frozenset[str]
) -> tuple[int, int]:
    given = {fold(p["text"]): p["language"] for p in paragraphs}
    known = [p for p in gold if p.get("language") and fold(p["text"]) in body]
    right = sum(len(p["text"]) for p in known if given[fold(p["text"])] == p["language"])
    return right, sum(len(p["text"]) for p in known)
