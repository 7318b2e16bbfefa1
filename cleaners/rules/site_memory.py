"""What was seen on the other pages of a source: the lines, and the beginnings of lines up to a colon.

A line that is on many of a source's pages is its chrome, whatever it says. A teaser ("Читайте також: ...") differs
from page to page, but its beginning does not. Running text needs far more pages than a label does: a newsroom repeats
its background paragraphs for weeks. Where the days of the pages are known, it needs more days as well: a story of an
agency runs in many articles, but not for long.
"""

from __future__ import annotations

import hashlib
import json
from array import array
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from math import ceil
from typing import Literal

from cleaners.document import Line, Page
from cleaners.read.fold import fold
from cleaners.read.running_text import ends_like_sentence, is_paragraph

ENOUGH_PAGES = 5
"""Pages of a source below which nothing is concluded from them."""
MANY_PAGES = 50
"""Pages from which a small share will do: a source has several templates, and no line comes by chance so often."""
LABEL_DAYS = 3
"""Days on which a label must have been seen: a story that runs for two days brings its own captions and headings."""
TEXT_DAYS = 5
"""Days on which running text, or a heading, must have been seen: longer than agencies update a story."""
LONGEST = 400
"""Characters of a line that is worth remembering."""
PAGE_LINES = 300
"""Lines of a page that are remembered, the first ones: articles have some forty, a hostile page has a million."""
PREFIX_WORDS = 5
"""Words before a colon that can be a label."""

_LABEL, _PREFIX, _TEXT, _HEADING = 0.2, 0.3, 0.4, 0.6
"""Shares of the pages on which each must have been seen. "What we know so far" heads sections of articles for days."""

Count = tuple[int, int]
"""How many pages a mark was on, and on how many different days."""


@dataclass(frozen=True, slots=True)
class Seen:
    """On how many pages of the source a line, or its beginning, was seen; `since` is the first day looked at."""

    what: Literal["line", "prefix"]
    pages: int
    of: int
    since: date | None = None

    @property
    def evidence(self) -> str:
        """In words: seen on n of m pages since that day."""
        begun = "its beginning was " if self.what == "prefix" else ""
        since = f" since {self.since}" if self.since else ""
        return f"{begun}seen on {self.pages} of {self.of} pages{since}"


@dataclass(frozen=True, slots=True)
class Marks:
    """What is remembered of one page: its lines and prefixes, each once, as 64-bit hashes of their keys."""

    lines: array[int]
    prefixes: array[int]

    @classmethod
    def of(cls, texts: Iterable[str]) -> Marks:
        """The marks of a page with these lines; what is beyond `PAGE_LINES` and `LONGEST` is not remembered."""
        lines: set[int] = set()
        prefixes: set[int] = set()
        for text in islice(texts, PAGE_LINES):
            if len(text) <= LONGEST:
                lines.add(_hash(key(text)))
            if label := prefix(text):
                prefixes.add(_hash(label))
        return cls(array("Q", sorted(lines)), array("Q", sorted(prefixes)))


@dataclass(frozen=True)
class SiteMemory:
    """Pages counted by line and by prefix. Picklable; the order of the pages does not matter.

    `lines` and `prefixes` hold, by hash, only what was seen often enough for any verdict: a few hundred at most.
    `since` is the first of the pages' days; None: the days are not known, and none are required.
    """

    pages: int
    since: date | None = None
    lines: Mapping[int, Count] = field(default_factory=dict)
    prefixes: Mapping[int, Count] = field(default_factory=dict)

    @classmethod
    def of(cls, pages: Iterable[Page]) -> SiteMemory:
        """Remember the lines of `pages`, each once a page, however often it is there; days are not looked at."""
        return cls._counted([(Marks.of(line.text for line in page.lines) for page in pages)], None)

    @classmethod
    def of_days(cls, days: Mapping[date, Iterable[Marks]]) -> SiteMemory:
        """Remember the marks of different pages by the day that each page is of."""
        return cls._counted(days.values(), min(days, default=None))

    @classmethod
    def _counted(cls, pages_by_day: Iterable[Iterable[Marks]], since: date | None) -> SiteMemory:
        count = 0
        totals = Counter[int](), Counter[int]()
        on_days = Counter[int](), Counter[int]()
        for pages in pages_by_day:
            today = Counter[int](), Counter[int]()
            for marks in pages:
                count += 1
                today[0].update(marks.lines)
                today[1].update(marks.prefixes)
            for total, on, now in zip(totals, on_days, today, strict=True):
                total.update(now)
                on.update(now.keys())
        least = 1 if since is None else LABEL_DAYS
        lines, prefixes = (
            {
                mark: (n, on[mark])
                for mark, n in sorted(total.items())
                if n >= _share(share, count) and on[mark] >= least
            }
            for total, on, share in zip(totals, on_days, (_LABEL, _PREFIX), strict=True)
        )
        return cls(count, since, lines, prefixes)

    def seen(self, line: Line) -> Seen | None:
        """The evidence that the line is the source's chrome, or None where there is too little."""
        if self.pages < ENOUGH_PAGES or len(line.text) > LONGEST:
            return None
        pages, days = self.lines.get(_hash(key(line.text)), (0, 0)) if self.lines else (0, 0)
        if pages and self._is_enough(line, pages, days):
            return Seen("line", pages, self.pages, self.since)
        # A paragraph that begins with a label is running text: "Washington: The United States on Sunday ...".
        if not self.prefixes or is_paragraph(line) or line.tag.startswith("h") or not (label := prefix(line.text)):
            return None
        pages, _ = self.prefixes.get(_hash(label), (0, 0))
        return Seen("prefix", pages, self.pages, self.since) if pages else None

    def _is_enough(self, line: Line, pages: int, days: int) -> bool:
        if line.tag.startswith("h"):
            share, least = _HEADING, TEXT_DAYS
        elif ends_like_sentence(line.text):
            share, least = _TEXT, TEXT_DAYS
        else:
            return True  # the memory holds only lines that were seen often enough for a label
        needed = max(_share(share, self.pages), ENOUGH_PAGES if share == _TEXT else 0)
        return pages >= needed and (self.since is None or days >= least)

    def to_json(self) -> str:
        """The memory in a line; numbers of 64 bits as hexadecimal digits."""
        tables = {
            name: {f"{mark:016x}": count for mark, count in table.items()}
            for name, table in (("lines", self.lines), ("prefixes", self.prefixes))
        }
        since = self.since and self.since.isoformat()
        return json.dumps({"pages": self.pages, "since": since, **tables})

    @classmethod
    def from_json(cls, text: str) -> SiteMemory:
        """The memory that `to_json` wrote. Raises ValueError, KeyError or TypeError for anything else."""
        found = json.loads(text)
        lines, prefixes = (
            {int(mark, 16): (int(pages), int(days)) for mark, (pages, days) in found[name].items()}
            for name in ("lines", "prefixes")
        )
        since = found["since"] and date.fromisoformat(found["since"])
        return cls(int(found["pages"]), since, lines, prefixes)


def _share(share: float, pages: int) -> int:
    """The number of pages that a share is; from `MANY_PAGES` on it grows only by a quarter of the share."""
    if pages < MANY_PAGES:
        return max(3, ceil(share * pages))
    return max(ceil(share * MANY_PAGES), ceil(share / 4 * pages))


def _hash(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest())


def key(text: str) -> str:
    """What two copies of a line have in common: folded, single spaces, every number as # (counters and dates)."""
    words = fold(text).split()
    if any(map(str.isdigit, words)):  # most lines have none, and this runs for every line of a source
        words = ["#" if word.isdigit() else word for word in words]
    return " ".join(words)


def prefix(text: str) -> str | None:
    """The label before a colon near the beginning, folded; None where there is none or nothing follows it."""
    label, colon, rest = text[:80].partition(":")
    if not colon or not rest.strip() or not 1 <= len(label.split()) <= PREFIX_WORDS:
        return None
    return key(label) if any(map(str.isalpha, label)) else None
