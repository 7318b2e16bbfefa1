"""What each rule takes away rightly and wrongly, by the gold of all sets.

    python -m benchmarks.rules [--sets SET ...] [--jobs N] [--half a|b] [--show RULE] [--top N]

Prints a Markdown table of the rules, those that lose most first. A dropped span is wrong where it stands in the text
that gold wants, right where it does not. Where as many copies of it as gold wants are kept elsewhere (or it is the
title), it is a repeat, and no loss. Lines that gold calls optional count for neither; of `segments` only spans
that touch a segment count. `share` is the share of lost words in all that count. `--half` takes the pages of one half
of the sites only, so that rules can be tuned on the other. `--show` prints the wrong spans of a rule (of a group, where
it ends in a star) with the ids of their pages.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from benchmarks.sets import SETS, SHARED, GoldSet
from cleaners.document import Document
from flows.gold.scoring import RUN, Runs, fold, held, runs
from flows.pipeline.clean_file import clean_file
from flows.pipeline.clean_files import Failure

Verdict = Literal["right", "lost", "repeat", "uncounted"]

SEGMENTS = GoldSet("segments", SHARED / "gold" / "segments", SHARED / "gold" / "segments")
MEASURED = {name: gold_set for name, gold_set in SETS.items() if name != "web" and not name.endswith("-together")} | {
    "segments": SEGMENTS
}
"""The sets that are measured: each page once."""

KNOWN_SETS = frozenset({"demo", "seeds", "texts/lines", "texts/flat", "pages"})
"""Sets that the rules were written on; they tell little of pages that nobody has seen."""

THERE = 0.5
"""Share of a span's runs in a text from which the span stands there."""


@dataclass(frozen=True, slots=True)
class Span:
    """A dropped span with what gold says of it."""

    gold_set: str
    page: str
    rule: str
    text: str
    verdict: Verdict

    @property
    def words(self) -> int:
        """Its words."""
        return len(fold(self.text).split())


@dataclass
class Tally:
    """Spans and words of a rule by verdict, and its words by set and verdict."""

    spans: Counter[Verdict] = field(default_factory=Counter)
    words: Counter[Verdict] = field(default_factory=Counter)
    by_set: dict[str, Counter[Verdict]] = field(default_factory=lambda: defaultdict(Counter))

    def add(self, span: Span) -> None:
        """Count one span."""
        self.spans[span.verdict] += 1
        self.words[span.verdict] += span.words
        self.by_set[span.gold_set][span.verdict] += span.words

    @property
    def share(self) -> float:
        """Share of lost words in all that count, 0 to 1."""
        counted = self.words["lost"] + self.words["right"] + self.words["repeat"]
        return self.words["lost"] / counted if counted else 0.0


def site(gold: Mapping[str, Any]) -> str:
    """The host of the page's address, the host in its id, or what its id begins with."""
    host = urlsplit(gold.get("url") or "").hostname
    if host:
        return host.removeprefix("www.")
    parts = str(gold["id"]).split("_")
    return next((part.removeprefix("www.") for part in parts if "." in part), parts[0])


def half(gold: Mapping[str, Any]) -> str:
    """The half of the sites, a or b, that the page's site belongs to."""
    return "ab"[int(sha256(site(gold).encode()).hexdigest(), 16) % 2]


def judged(gold: Mapping[str, Any], document: Document) -> Iterator[tuple[str, str, Verdict]]:
    """Rule, text and verdict of every span that was dropped from the page."""
    verdict = _Segments(gold) if "with" in gold else _Paragraphs(gold)
    verdict.kept(*(p.text for p in document.paragraphs), document.metadata.title or "")
    for entry in document.ledger:
        for cut in entry.cuts:
            text = entry.line.text[cut.start : cut.end].strip()
            yield cut.rule, text, verdict.of(text, whole=entry.kept is None and len(entry.cuts) == 1)


def _stands(text: str, there: Runs) -> bool:
    """Whether most of the text's runs are among the others."""
    return held(text, there) >= THERE


class _Paragraphs:
    """Gold that has the text of the whole article."""

    def __init__(self, gold: Mapping[str, Any]) -> None:
        self._flat = "body" in gold
        wanted = [gold["body"]] if self._flat else [p["text"] for p in gold["paragraphs"]]
        self._wanted, self._optional = runs(*wanted), runs(*(line["text"] for line in gold.get("optional", ())))
        self._short = Counter(map(fold, wanted))

    def kept(self, *texts: str) -> None:
        """What is left of the page."""
        self._missing = self._wanted - runs(*texts)
        self._there = Counter(map(fold, texts))

    def of(self, text: str, *, whole: bool) -> Verdict:
        """What gold says of a span that was dropped; `whole` where it was a line."""
        if self._optional and _stands(text, self._optional):
            return "uncounted"
        folded = fold(text)
        if len(folded.split()) >= RUN:
            if not _stands(text, self._wanted):
                return "right"
            return "lost" if _stands(text, self._missing) else "repeat"
        if not any(map(str.isalnum, folded)):
            return "uncounted"
        # A word or two are in many a sentence: lost are those that stand alone, or that a paragraph has at its end.
        if self._short[folded]:
            return "lost" if self._short[folded] > self._there[folded] else "repeat"
        cut = not whole and any(one.endswith(folded) or one.startswith(folded) for one in self._short)
        return "lost" if cut else "right"


class _Segments:
    """Gold that has some segments which the text must hold, and some which it must not."""

    def __init__(self, gold: Mapping[str, Any]) -> None:
        self._with, self._without = [*map(fold, gold["with"])], [*map(fold, gold["without"])]

    def kept(self, *texts: str) -> None:
        """What is left of the page."""
        self._there = fold(" ".join(texts))

    def of(self, text: str, *, whole: bool) -> Verdict:
        """What gold says of a span that was dropped."""
        folded = fold(text)
        wanted = [one for one in self._with if _touches(folded, one)]
        if wanted:
            return "repeat" if all(one in self._there for one in wanted) else "lost"
        return "right" if any(_touches(folded, one) for one in self._without) else "uncounted"


def _touches(text: str, segment: str) -> bool:
    return segment in text or (len(text.split()) >= RUN and text in segment)


def spans(sets: Iterable[GoldSet], jobs: int, wanted: str | None = None) -> Iterator[Span]:
    """Every dropped span of the pages of the sets, or of one half of their sites."""
    pages = [
        (gold_set.name, gold, path)
        for gold_set in sets
        for gold, path in zip(gold_set.golds, gold_set.paths, strict=True)
        if wanted in (None, half(gold))
    ]
    if jobs == 1:
        found: Iterable[list[Span]] = map(_page, *zip(*pages, strict=True)) if pages else ()
        yield from (span for page in found for span in page)
        return
    with ProcessPoolExecutor(jobs) as pool:
        for page in pool.map(_page, *zip(*pages, strict=True), chunksize=8) if pages else ():
            yield from page


def _page(name: str, gold: dict[str, Any], path: Path) -> list[Span]:
    answer = clean_file(path)
    if isinstance(answer, Failure):
        print(f"{name}: failed: {answer.path}: {answer.reason}", file=sys.stderr)
        return []
    return [Span(name, gold["id"], rule, text, verdict) for rule, text, verdict in judged(gold, answer)]


def table(found: Iterable[Span], top: int | None = None) -> Iterator[str]:
    """The lines of the table."""
    tallies: dict[str, Tally] = defaultdict(Tally)
    for span in found:
        tallies[span.rule].add(span)
        tallies["all"].add(span)
    yield "| rule | spans right | lost | repeats | words right | lost | repeats | share | words lost/right by set |"
    yield "|---|--:|--:|--:|--:|--:|--:|--:|---|"
    rows = sorted(tallies.items(), key=lambda row: (-row[1].words["lost"], -row[1].words["right"], row[0]))
    for rule, tally in rows[:top]:
        cells = [tally.spans[v] for v in ("right", "lost", "repeat")] + [
            tally.words[v] for v in ("right", "lost", "repeat")
        ]
        sets = ", ".join(f"{name} {words['lost']}/{words['right']}" for name, words in sorted(tally.by_set.items()))
        yield f"| {rule} | " + " | ".join(map(str, cells)) + f" | {tally.share:.3f} | {sets} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sets", nargs="+", choices=MEASURED, metavar="SET", help="of " + ", ".join(MEASURED))
    parser.add_argument("--unseen", action="store_true", help="all sets but those that the rules were written on")
    parser.add_argument("--jobs", type=int, default=4)
    parser.add_argument("--half", choices=("a", "b"), help="the pages of one half of the sites")
    parser.add_argument("--show", metavar="RULE", help="print the wrong spans of this rule, or of a group: structure.*")
    parser.add_argument("--top", type=int, help="rows of the table")
    arguments = parser.parse_args()
    usual = [name for name in MEASURED if not (arguments.unseen and name in KNOWN_SETS)]
    sets = [MEASURED[name] for name in arguments.sets or usual if MEASURED[name].is_there]
    found = spans(sets, arguments.jobs, arguments.half)
    if arguments.show:
        for span in found:
            if fnmatchcase(span.rule, arguments.show) and span.verdict in ("lost", "repeat"):
                print(f"{span.verdict:6} {span.rule}  {span.gold_set}: {span.page}: {span.text[:200]}", flush=True)
        return
    for line in table(found, arguments.top):
        print(line)


if __name__ == "__main__":
    main()
