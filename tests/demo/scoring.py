"""How far a cleaned page is from its gold: shares of 4-word runs, exact paragraphs, noise left, metadata."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

RUN = 4
QUOTES = str.maketrans("’ʼ`‘“”„«»", '\'\'\'\'"""""')


@dataclass(frozen=True, slots=True)
class Score:
    """Figures of one page, 0 to 1; `left` lists the noise that is still in the body, None means not stated in gold."""

    precision: float
    recall: float
    exact: bool
    language: float
    left: tuple[str, ...]
    noise: int
    title: bool | None
    authors: bool | None
    published: bool | None


def fold(text: str) -> str:
    """Make equal what no reader tells apart: case, runs of white space, shapes of quotes, composed letters."""
    return " ".join(unicodedata.normalize("NFC", text).translate(QUOTES).lower().split())


def words(text: str) -> list[str]:
    return re.findall(r"\w+", fold(text))


def runs(texts: Iterable[str]) -> Counter[tuple[str, ...]]:
    """All runs of four words over the joined texts, with their counts; a shorter text is one run."""
    sequence = words("\n".join(texts))
    return Counter(tuple(sequence[at : at + RUN]) for at in range(max(1, len(sequence) - RUN + 1)) if sequence)


def share(part: int, whole: int, otherwise: float) -> float:
    return part / whole if whole else otherwise


def still_there(noise: str, body: list[str], gold: list[str]) -> bool:
    """A noise line stands in the body as a line of its own, or, if long enough to tell, inside another."""
    line = fold(noise)
    if body.count(line) > gold.count(line):
        return True
    return len(line) > 25 and "\n".join(body).count(line) > "\n".join(gold).count(line)


def score(gold: Mapping[str, Any], document: Mapping[str, Any]) -> Score:
    """Hold a document, as `Document.to_json` gives it, against the gold of its page.

    Paragraphs made only of words from gold's `optional` lines (table cells, embedded posts) are not counted.
    """
    wanted = [p["text"] for p in gold["paragraphs"]]
    body = {fold(text) for text in wanted}
    free = {word for line in gold["optional"] for word in words(line["text"])}
    kept = [p for p in document["paragraphs"] if fold(p["text"]) in body or not set(words(p["text"])) <= free]
    want, have = runs(wanted), runs(p["text"] for p in kept)
    both = (want & have).total()
    languages = {fold(p["text"]): p["language"] for p in kept}
    matched = [p["language"] == languages[fold(p["text"])] for p in gold["paragraphs"] if fold(p["text"]) in languages]
    folded_body, folded_gold = [fold(p["text"]) for p in kept], [fold(text) for text in wanted]
    left = tuple(line["text"] for line in gold["dropped"] if still_there(line["text"], folded_body, folded_gold))
    return Score(
        precision=share(both, have.total(), float(not want)),
        recall=share(both, want.total(), 1.0),
        exact=folded_body == folded_gold,
        language=share(sum(matched), len(matched), 1.0),
        left=left,
        noise=len(gold["dropped"]),
        title=fold(gold["title"]) == fold(document["title"] or "") if gold["title"] else None,
        authors=(
            {fold(name) for name in gold["authors"]} == {fold(name) for name in document["authors"]}
            if gold["authors"]
            else None
        ),
        published=(document["published"] or "")[:10] == gold["published"][:10] if gold["published"] else None,
    )
