"""The sets of pages that quality is measured on: our demo pages, and the gold that lies beside the repository."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

from cleaners import Document
from flows.common.page_files import page_id
from flows.gold.scoring import Score, score
from flows.pipeline.clean_files import Failure, clean_files, find_pages

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"

NO_DOCUMENT: dict[str, Any] = {"title": None, "authors": [], "published": None, "paragraphs": []}
"""What a page that failed is scored as."""


@dataclass(frozen=True)
class GoldSet:
    """A folder of gold and the folder of its pages.

    `together` cleans the pages as those of one source, with site memory; of `every` n pages one is taken, always the
    same ones.
    """

    name: str
    gold: Path
    pages: Path
    together: bool = False
    every: int = 1

    @property
    def is_there(self) -> bool:
        """Whether the folder is there; only our demo pages ship with the project."""
        return self.gold.is_dir()

    @cached_property
    def golds(self) -> list[dict[str, Any]]:
        """The gold of each page, in the order of the files' names."""
        golds = [json.loads(path.read_text("utf-8")) for path in sorted(self.gold.glob("*.json"))]
        return [gold for gold in golds if int(sha256(gold["id"].encode()).hexdigest(), 16) % self.every == 0]

    @property
    def paths(self) -> list[Path]:
        """The file of each page, in the order of `golds`."""
        files = {page_id(path): path for path in find_pages([self.pages])}
        return [files[gold["id"]] for gold in self.golds]

    def documents(self, jobs: int) -> list[dict[str, Any]]:
        """What `sito clean` prints of each page, in the order of `golds`, by `jobs` processes."""
        answers = clean_files(self.paths, together=self.together, jobs=jobs)
        return [self._document(answer) for answer in answers]

    def _document(self, answer: Document | Failure) -> dict[str, Any]:
        if isinstance(answer, Failure):
            print(f"{self.name}: failed: {answer.path}: {answer.reason}", file=sys.stderr)
            return NO_DOCUMENT
        return answer.to_json()

    def scores(self, documents: list[dict[str, Any]]) -> list[Score]:
        """The score of each document."""
        return [score(gold, document) for gold, document in zip(self.golds, documents, strict=True)]


def _shared(name: str, folder: str, *, together: bool = False, every: int = 1) -> GoldSet:
    return GoldSet(name, SHARED / "gold" / folder, SHARED / "gold" / folder, together, every)


UNSEEN = ("ru", "pl", "el", "en", "world", "readability")
"""Sets of other sites than those that rules were written on."""

SETS = {
    gold_set.name: gold_set
    for gold_set in (
        GoldSet("demo", ROOT / "tests" / "demo" / "gold", ROOT / "raw" / "demo"),
        GoldSet("demo-together", ROOT / "tests" / "demo" / "gold", ROOT / "raw" / "demo", together=True),
        _shared("seeds", "seeds"),
        _shared("texts/lines", "texts/lines"),
        _shared("texts/lines-together", "texts/lines", together=True),
        _shared("texts/flat", "texts/flat"),
        _shared("texts/flat-together", "texts/flat", together=True),
        _shared("pages", "pages"),
        _shared("news", "news"),
        _shared("web", "web"),
        _shared("modern", "modern"),
        *(_shared(name, name) for name in UNSEEN),
        _shared("web-sample", "web", every=16),
    )
}
"""All sets by name; "-together" is the same set with site memory, "-sample" some of its pages."""
