"""What a page states for machines, read once: metas, JSON-LD and its own address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from lxml.html import HtmlElement

from cleaners.metadata.jsonld import JsonLd, read_jsonld
from cleaners.vocabulary import markup

__all__ = ["PageHead", "read_head", "squeeze"]

META_KEYS = ("property", "name", "itemprop")
"""Attributes that hold a meta's name."""

MAX_META = 1000
"""Characters of a meta's content that are kept."""

_AUTHORS = markup("meta.author")
_DESCRIPTIONS = ("og:description", "description", "twitter:description")


@dataclass(frozen=True, slots=True)
class PageHead:
    """The metas by lower-case property, name or itemprop, the article's JSON-LD, and the page's own address."""

    metas: Mapping[str, str] = field(default_factory=dict)
    jsonld: JsonLd = field(default_factory=JsonLd)
    address: str | None = None

    @property
    def author_metas(self) -> list[str]:
        """What the metas for authors hold: names, but also imprints and addresses of profiles."""
        return [self.metas[key] for key in _AUTHORS if key in self.metas]

    @property
    def description(self) -> str:
        """The page's own summary of its article, as its metas state it; empty where there is none."""
        return next((self.metas[key] for key in _DESCRIPTIONS if key in self.metas), "")


def read_head(tree: HtmlElement, address: str | None) -> PageHead:
    """The head of the page at `address`, which `cleaners.metadata.publisher.address_of` gives.

    Microdata inside the body counts as metas too, so teasers of other articles should have left the tree before.
    """
    return PageHead(_metas(tree), read_jsonld(tree), address)


def _metas(tree: HtmlElement) -> dict[str, str]:
    """The contents of the metas; of several with one name, the first."""
    found: dict[str, str] = {}
    for meta in tree.iter("meta"):
        content = squeeze((meta.get("content") or "")[:MAX_META])
        for key in META_KEYS:
            if content and (name := (meta.get(key) or "").strip().lower()):
                found.setdefault(name, content)
    return found


def squeeze(text: str) -> str:
    """The text with every run of white space as one space, and none at its ends."""
    return " ".join(text.split())
