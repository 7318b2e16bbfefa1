"""What is asked of an export: which documents, and what of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from pathlib import Path

    from flows.export.split import Split

__all__ = ["Export", "Question", "Stories", "Versions"]

Stories = Literal["all", "representative"]
Versions = Literal["last", "all"]


@dataclass(frozen=True, slots=True)
class Question:
    """Which documents are wanted; nothing set: the last version of every page with text that may be used.

    `since` and `until` are days, both included: of publication, else of the capture. `languages` are those of
    documents. With `only`, a text is its whole paragraphs in that language, and a document without any is left out.
    `unflagged` leaves out documents with any quality flag; `reserved` takes those whose use is reserved, too.
    """

    sources: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    languages: tuple[str, ...] = ()
    only: str | None = None
    min_words: int = 0
    unflagged: bool = False
    reserved: bool = False
    stories: Stories = "all"
    versions: Versions = "last"

    def describe(self) -> list[str]:
        """The filters in words, a line each."""
        said = [
            f"sources: {', '.join(self.sources) or 'all'}",
            f"versions of a page: {self.versions}",
            f"stories: {'one document of each' if self.stories == 'representative' else 'all documents'}",
            f"documents whose use is reserved (noindex, TDM): {'taken too' if self.reserved else 'left out'}",
        ]
        if self.since or self.until:
            said.append(f"days: {self.since or 'the first'} to {self.until or 'the last'}")
        if self.languages:
            said.append(f"languages of documents: {', '.join(self.languages)}")
        if self.only:
            said.append(f"paragraphs: only whole ones in the language {self.only}")
        if self.min_words:
            said.append(f"words: at least {self.min_words:,}")
        if self.unflagged:
            said.append("documents with quality flags: left out")
        return said


@dataclass(frozen=True, slots=True)
class Export:
    """How and where the answer to a question is written.

    `columns` in their order, none: all. `mask` replaces e-mail addresses and phone numbers. `card` is a place for the
    dataset card beside the one that a dataset folder always has. `licences` are the terms of sources, where known.
    """

    question: Question
    form: str
    output: Path
    split: Split
    columns: tuple[str, ...] = ()
    mask: bool = False
    force: bool = False
    card: Path | None = None
    licences: Mapping[str, str] | None = None
