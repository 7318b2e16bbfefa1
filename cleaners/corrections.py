"""What a person says of a source, as a value: lines to keep and to drop, rules to switch off, where the article is.

Reading and judging take it as an argument, like site memory: nothing here reads a file or looks at a clock. Each
correction has a stable name, `source.<action>.<six digits>`, which stands in the ledger with its note as evidence.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, get_args

from cleaners.document import Category, Line
from cleaners.read.fold import fold
from cleaners.read.patterns import matcher

__all__ = ["ACTIONS", "BY", "NO_CORRECTIONS", "PREFIX", "RECALLED", "Action", "By", "Correction", "Corrections"]

Action = Literal["keep", "drop", "off", "body", "title", "author", "date", "article", "no_article"]
ACTIONS: tuple[Action, ...] = get_args(Action)
By = Literal["text", "prefix", "pattern", "selector", "rule", "address"]

BY: dict[Action, tuple[By, ...]] = {
    "keep": ("text", "prefix", "pattern", "selector", "rule"),
    "drop": ("text", "prefix", "pattern", "selector"),
    "off": ("rule",),
    "body": ("selector",),
    "title": ("selector",),
    "author": ("selector",),
    "date": ("selector",),
    "article": ("address",),
    "no_article": ("address",),
}
"""By what each action may be said."""

PREFIX = "source."
"""With which the names of all corrections begin."""
RECALLED = "from-outside"
"""A name among the attributes of a line that stands in the body only because a correction keeps it."""

_RANKS: tuple[By, ...] = ("rule", "selector", "pattern", "prefix", "text")
"""Of a correction that keeps a line and one that drops it, the later here counts; of equals, that which keeps."""
_READING = ("body", "title", "author", "date", "article")


@dataclass(frozen=True, slots=True)
class Correction:
    """One thing that a person says: `action`, by what (`by`, `value`), and why (`note`).

    `category` is that of the lines which it drops. `on` limits it to pages: an address, or the beginning of addresses
    with a `*` behind it; empty: all. The same for a `value` that is an address. A `value` that is a rule may be
    `topic.*`: all rules that begin so.
    """

    action: Action
    by: By
    value: str
    note: str = ""
    category: Category = "chrome"
    on: str = ""

    @property
    def name(self) -> str:
        """Its stable name in the ledger; a changed note or category leaves it."""
        action = self.action.replace("_", "-")
        return f"{PREFIX}{action}.{_digest([(self.action, self.by, self.value, self.on)])[:6]}"

    @property
    def rank(self) -> int:
        """How exactly it says what it means, higher for more."""
        return _RANKS.index(self.by)

    @property
    def is_read(self) -> bool:
        """Whether it acts when a page is read, so that lines which were read without it do not show it."""
        return self.action in _READING or self.by == "selector" or (self.action == "keep" and self.by != "rule")

    def is_for(self, *addresses: str | None) -> bool:
        """Whether it is about the page with one of these addresses."""
        wanted = self.value if self.by == "address" else self.on
        return not wanted or any(_is_at(wanted, address) for address in addresses if address)

    def means(self, line: Line) -> bool:
        """Whether it is about this line: by its text, or by its name that reading left among the attributes."""
        return self.name in line.attributes.split() or self.says(line.text)

    def says(self, text: str) -> bool:
        """Whether it means a line of this text; never by selector, rule or address."""
        match self.by:
            case "text":
                return _plain(text) == _plain(self.value)
            case "prefix":
                return _plain(text).startswith(_plain(self.value))
            case "pattern":
                return matcher(self.value)(text)
            case _:
                return False

    def names_rule(self, rule: str) -> bool:
        """Whether it means this rule."""
        if self.by != "rule":
            return False
        return rule.startswith(self.value[:-1]) if self.value.endswith(".*") else rule == self.value


def _is_at(wanted: str, address: str) -> bool:
    return address.startswith(wanted[:-1]) if wanted.endswith("*") else address == wanted


def _plain(text: str) -> str:
    return " ".join(fold(text).split())


@dataclass(frozen=True)
class Corrections:
    """Those of one source, in the order of their file. Picklable."""

    all: tuple[Correction, ...] = ()

    @cached_property
    def digest(self) -> str | None:
        """Names exactly these: `<those that act on reading>.<all>`; None where there are none."""
        if not self.all:
            return None
        return f"{self.reading}.{_digest(_parts(self.all))[:12]}"

    @cached_property
    def reading(self) -> str:
        """The first part of the digest: the same where pages are read alike; `-` where none acts on reading."""
        return _digest(_parts(of_reading))[:12] if (of_reading := [c for c in self.all if c.is_read]) else "-"

    @staticmethod
    def reading_of(digest: str | None) -> str:
        """The first part of a digest."""
        return digest.partition(".")[0] if digest else "-"

    def of(self, *actions: Action, page: Iterable[str | None] = ()) -> list[Correction]:
        """Those with one of these actions, about the page with these addresses."""
        addresses = tuple(page)
        return [each for each in self.all if each.action in actions and each.is_for(*addresses)]


NO_CORRECTIONS = Corrections()


def _parts(corrections: Iterable[Correction]) -> list[tuple[str, ...]]:
    return [(c.action, c.by, c.value, c.note, c.category, c.on) for c in corrections]


def _digest(parts: list[tuple[str, ...]]) -> str:
    return hashlib.blake2b(repr(parts).encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
