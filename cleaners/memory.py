"""What was seen on the other pages of a source: the lines, and the beginnings of lines up to a colon.

A line that stands on many of a source's pages is its chrome, whatever it says. A teaser ("Читайте також: ...") differs
from page to page, but its beginning does not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from cleaners.document import Category, Line, Page
from cleaners.rules.titles import words_of
from cleaners.zones import is_paragraph

ENOUGH_PAGES = 5
"""Pages of a source below which nothing is concluded from them."""
ENOUGH_SEEN = 3
SHARE = 0.25
"""Share of the pages on which a line must have stood: below, it may be a phrase of the newsroom's."""
PREFIX_SHARE = 0.3
_LONGEST = 400
_PREFIX_WORDS = 5


@dataclass(frozen=True, slots=True)
class Seen:
    """What memory says of a line."""

    category: Category
    rule: str
    evidence: str


@dataclass(frozen=True)
class SiteMemory:
    """Counts of pages by line and by prefix. Immutable, picklable, and the same whatever the order of the pages."""

    pages: int
    lines: Mapping[str, int] = field(default_factory=dict)
    prefixes: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, pages: Iterable[Page]) -> SiteMemory:
        """Remember the lines of `pages`, each page once."""
        count = 0
        lines: Counter[str] = Counter()
        prefixes: Counter[str] = Counter()
        for page in pages:
            count += 1
            lines.update({key(line.text) for line in page.lines if len(line.text) <= _LONGEST})
            prefixes.update({p for p in map(prefix, (line.text for line in page.lines)) if p})
        return cls(count, dict(lines), dict(prefixes))

    def merged(self, other: SiteMemory) -> SiteMemory:
        """The memory of the pages of both, which must be different pages."""
        return SiteMemory(
            self.pages + other.pages,
            dict(Counter(self.lines) + Counter(other.lines)),
            dict(Counter(self.prefixes) + Counter(other.prefixes)),
        )

    def seen(self, line: Line) -> Seen | None:
        """What is known of a line, if that is enough to call it the source's chrome."""
        return None
