"""What was seen on the other pages of a source: the lines, and the beginnings of lines up to a colon.

A line that stands on many of a source's pages is its chrome, whatever it says. A teaser ("Читайте також: ...") differs
from page to page, but its beginning does not. Running text needs far more pages than a label does: a newsroom repeats
its background paragraphs for weeks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import ceil
from typing import Literal

from cleaners.document import Line, Page
from cleaners.phrasebook import fold
from cleaners.zones import ends_like_sentence, is_paragraph

ENOUGH_PAGES = 5
"""Pages of a source below which nothing is concluded from them."""
MANY_PAGES = 50
"""Pages from which a small share will do: a source has several templates, and no line comes by chance so often."""
LONGEST = 400
"""Characters of a line that is worth remembering."""
PREFIX_WORDS = 5
"""Words before a colon that can be a label."""


@dataclass(frozen=True, slots=True)
class Seen:
    """On how many pages of the source a line, or its beginning, was seen."""

    what: Literal["line", "prefix"]
    pages: int
    of: int

    @property
    def evidence(self) -> str:
        """In words: seen on n of m pages."""
        return f"{'its beginning was ' if self.what == 'prefix' else ''}seen on {self.pages} of {self.of} pages"


@dataclass(frozen=True)
class SiteMemory:
    """Pages counted by line and by prefix. Picklable; the same whatever the order of the pages."""

    pages: int
    lines: Mapping[str, int] = field(default_factory=dict)
    prefixes: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, pages: Iterable[Page]) -> SiteMemory:
        """Remember the lines of `pages`, each once a page, however often it stands there."""
        count = 0
        lines: Counter[str] = Counter()
        prefixes: Counter[str] = Counter()
        for page in pages:
            count += 1
            lines.update({key(line.text) for line in page.lines if len(line.text) <= LONGEST})
            prefixes.update({found for line in page.lines if (found := prefix(line.text))})
        return cls(count, dict(lines), dict(prefixes))

    def merged(self, other: SiteMemory) -> SiteMemory:
        """The memory of the pages of both, which must be different pages."""
        return SiteMemory(
            self.pages + other.pages,
            dict(Counter(self.lines) + Counter(other.lines)),
            dict(Counter(self.prefixes) + Counter(other.prefixes)),
        )

    def seen(self, line: Line) -> Seen | None:
        """What speaks for the line being the source's chrome, or None where it is too little."""
        if self.pages < ENOUGH_PAGES or len(line.text) > LONGEST:
            return None
        pages = self.lines.get(key(line.text), 0)
        if pages >= self._enough(line):
            return Seen("line", pages, self.pages)
        label = prefix(line.text)
        # A paragraph that begins with a label is running text: "Washington: The United States on Sunday ...".
        if label and not is_paragraph(line) and not line.tag.startswith("h"):
            pages = self.prefixes.get(label, 0)
            if pages >= self._share(0.3):
                return Seen("prefix", pages, self.pages)
        return None

    def _enough(self, line: Line) -> int:
        if line.tag.startswith("h"):
            return self._share(0.6)  # "What we know so far" heads true sections, day after day
        if ends_like_sentence(line.text):
            return max(ENOUGH_PAGES, self._share(0.4))
        return self._share(0.2)

    def _share(self, share: float) -> int:
        if self.pages < MANY_PAGES:
            return max(3, ceil(share * self.pages))
        return max(ceil(share * MANY_PAGES), ceil(share / 4 * self.pages))


def key(text: str) -> str:
    """What two copies of a line have in common: folded, white space evened, numbers as one (counters and dates)."""
    return " ".join("#" if word.isdigit() else word for word in fold(text).split())


def prefix(text: str) -> str | None:
    """The label before a colon near the beginning, folded; None where there is none or nothing follows it."""
    label, colon, rest = text[:80].partition(":")
    if not colon or not rest.strip() or not 1 <= len(label.split()) <= PREFIX_WORDS:
        return None
    return key(label) if any(map(str.isalpha, label)) else None
