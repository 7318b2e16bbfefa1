"""A rule that is written as code: declared once in its module, and used there to drop lines."""

from __future__ import annotations

from dataclasses import dataclass

from cleaners.document import Category, Drop, Line

__all__ = ["Rule"]


@dataclass(frozen=True, slots=True)
class Rule:
    """What the ledger names as the reason for a drop, and what `sito rules` says about it.

    `id` is stable: `topic.name`. `summary` is one sentence on what the rule looks for and why. `example` is an invented
    line that it drops, in the place or markup that the summary names; `counterexample` is one that it leaves alone.
    """

    id: str
    category: Category
    summary: str
    example: str
    counterexample: str

    def drop(
        self, line: Line, evidence: str, start: int = 0, end: int | None = None, *, category: Category | None = None
    ) -> Drop:
        """Drop the line, or only [start, end) of its text; `category` replaces the rule's own."""
        return Drop(line.index, category or self.category, self.id, evidence, start, end)
