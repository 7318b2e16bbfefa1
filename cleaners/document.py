"""The core types: line, fragment, drop, page, document.

Everything here is immutable data. Offsets are in characters (Unicode code points) of the text they refer to, half open.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from operator import attrgetter
from typing import Any, Literal, Protocol

from cleaners.categories import CATEGORIES as CATEGORIES
from cleaners.categories import Category as Category
from cleaners.training_text import Quotations, TrainingText, training_text

Origin = Literal["jsonld", "meta", "markup", "shown", "address", "script", "listing", "modified"]
"""Where a date was found: stated for machines, shown, in the address, a listing; or it is that of the last change."""

NO_ARTICLE = "no article: "
STOOD_IN = "the text is the listing's: the page has none of its own"
"""What flags begin with: of a list, an error, a form to log in or a stub; of a page whose text a feed gave."""


@dataclass(frozen=True, slots=True)
class Fragment:
    """A longest run of text in one language inside a line; `language` is ISO 639-1 or `und`."""

    start: int
    end: int
    language: str


@dataclass(frozen=True, slots=True)
class Line:
    """One block of extracted text with its tag and position.

    `index` counts the page's lines from 0, those outside the body too, and never changes. `text` is the repaired text
    that is not dropped yet; `original` is the text before repair where repair changed it. `tag` is the HTML tag: p, h1
    to h6, li, blockquote, pre, td, figcaption, tr (a row of a table of data, its cells with " | " between them).
    `attributes` holds class and id of the element and its ancestors, nearest first, lower case, within the bounds of
    `cleaners.read.blocks`; `link_share` is the share of the text's characters inside links, 0 to 1; `links` holds the
    hosts that they lead to, each once, without "www.", "" for addresses of the page's own site. All are empty for plain
    text.
    """

    index: int
    text: str
    tag: str = "p"
    original: str | None = None
    language: str = "und"
    fragments: tuple[Fragment, ...] = ()
    attributes: str = ""
    link_share: float = 0.0
    links: tuple[str, ...] = ()


Stage = Literal["not_chosen", "menu", "hidden", "comments", "teasers", "other_article"]
"""Why a block is not in the body: other text, a menu of short links, styled away, readers' comments,
teasers of other articles, other articles whole."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A block of the page that is not in its body: the rules never saw it. `evidence` says in a few words why.

    Its line is as it stands on the page: not repaired, in no language. Menus are one line for a run of links.
    """

    line: Line
    stage: Stage
    evidence: str = ""

    @property
    def rule(self) -> str:
        """The stage as a stable id, such as `body.not_chosen`."""
        return f"body.{self.stage}"


@dataclass(frozen=True, slots=True)
class Drop:
    """What a cleaner says: drop the line at `index`, or only [start, end) of the text that is left of it.

    `rule` is a stable id such as `uk.subscribe.channel` or `title.repeated`; `evidence` says in a few words why.
    """

    index: int
    category: Category
    rule: str
    evidence: str = ""
    start: int = 0
    end: int | None = None


@dataclass(frozen=True, slots=True)
class Metadata:
    """The page's metadata. Lists may be empty, everything else may be None: not stated.

    `published` is ISO 8601: `YYYY-MM-DD`, or with time `YYYY-MM-DDThh:mm` and zone where stated; `published_by` says
    where it was found, or that it is that of the last change. `language` is what the page declares, lower-case ISO
    639-1. `headlines` are all the forms of the headline that the page gives (title, og:title, h1), for finding copies
    of it in the body; `title` is the best of them without the site's name.
    `section` is the site's name for the page's department, `paywalled` whether the publisher states that the article
    needs a subscription. `agency` is the news agency that the page credits its text to, under its first name in
    `cleaners/vocabulary/agencies.toml`; never the site itself.
    """

    title: str | None = None
    authors: tuple[str, ...] = ()
    published: str | None = None
    site_name: str | None = None
    url: str | None = None
    language: str | None = None
    headlines: tuple[str, ...] = ()
    section: str | None = None
    paywalled: bool | None = None
    agency: str | None = None
    published_by: Origin | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """What a listing (a feed, a sitemap of news) says of a page: it stands in where the page itself says nothing.

    `published` is the day or time in any form that a page may have, ISO 8601 at best. `text` is the article's text or
    summary, as HTML or plain. Everything may be empty: not said.
    """

    title: str | None = None
    authors: tuple[str, ...] = ()
    published: str | None = None
    text: str | None = None


class Sighting(Protocol):
    """Evidence from other pages that a line is the site's: the whole line or the prefix before its colon was there."""

    @property
    def what(self) -> Literal["line", "prefix"]:
        """What was seen."""

    @property
    def evidence(self) -> str:
        """The counts in words, for the ledger."""


class Memory(Protocol):
    """What is known of a source's other pages; `cleaners.rules.site_memory` holds the implementation."""

    def seen(self, line: Line) -> Sighting | None:
        """The evidence that the line is the site's, or None where there is too little."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page on its way through the cleaners: the lines that are not dropped yet, and what is known around them.

    `left_out` are the blocks outside the body; no cleaner looks at them.
    """

    id: str
    lines: tuple[Line, ...]
    metadata: Metadata = field(default_factory=Metadata)
    url: str | None = None
    fetched_at: datetime | None = None
    encoding: str | None = None
    memory: Memory | None = None
    left_out: tuple[LeftOut, ...] = ()
    flags: tuple[str, ...] = ()


Cleaner = Callable[[Page], Iterable[Drop]]
"""One signature for all: look at the page, say what to drop. A cleaner never changes the page and keeps no state."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A dropped span [start, end) of a ledger line's text, by the cleaners' call `step`; None: the loss guard's."""

    start: int
    end: int
    category: Category
    rule: str
    evidence: str
    step: int | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Kept:
    """Why a line that would have gone is kept: a correction of its source; see `cleaners.corrections`."""

    rule: str
    evidence: str


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One block of the page with its verdict.

    `line` is the line as it came to the cleaners, `kept` the text that remains (None: nothing), `cuts` the dropped
    spans in order. The characters of `line.text` outside the cuts are those of `kept`: nothing is lost silently.
    `left_out` says why the block never came to the cleaners; nothing of it is kept, and there are no cuts.
    `kept_by` is the correction without which it would not be kept, or not whole.
    """

    line: Line
    kept: str | None
    cuts: tuple[Cut, ...] = ()
    left_out: LeftOut | None = None
    kept_by: Kept | None = None

    @property
    def verdict(self) -> Literal["kept", "cut", "dropped", "left out"]:
        """`kept` whole, `cut` (a span is dropped), `dropped` whole by rules, or `left out` of the body."""
        if self.left_out is not None:
            return "left out"
        if self.kept is None:
            return "dropped"
        return "cut" if self.cuts else "kept"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A kept line of the document; fragment offsets are in `text`."""

    text: str
    language: str
    tag: str
    fragments: tuple[Fragment, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """The cleaned article and the ledger that explains it: every block of the page once, in the page's order.

    `language` is that of most letters outside quotations, which is the author's; `languages` counts all letters by
    language, most first. `flags` says in words what a person should look at, empty for most documents.
    """

    id: str
    url: str | None
    metadata: Metadata
    language: str
    languages: dict[str, int]
    paragraphs: tuple[Paragraph, ...]
    ledger: tuple[LedgerLine, ...]
    encoding: str | None = None
    flags: tuple[str, ...] = ()

    @property
    def has_lines(self) -> bool:
        """Whether anything of the page came to the cleaners."""
        return any(entry.left_out is None for entry in self.ledger)

    title = property(attrgetter("metadata.title"), doc="The headline, without the site's name, or None.")
    authors = property(attrgetter("metadata.authors"), doc="A tuple of names, as the page gives them.")
    published = property(attrgetter("metadata.published"), doc="ISO 8601: a day, or with time and zone, or None.")
    site_name = property(attrgetter("metadata.site_name"), doc="As the page states it, or None.")

    @property
    def text(self) -> str:
        """The paragraphs, one a line."""
        return "\n".join(p.text for p in self.paragraphs)

    def text_in(self, language: str, quotations: Quotations = "keep") -> TrainingText:
        """What is in one language: whole paragraphs, and long runs of sentences; `quotations` stay, named, or go."""
        return training_text(self.paragraphs, language, quotations)

    def to_json(self, quotations: Quotations = "keep") -> dict[str, Any]:
        """The document as `sito clean` prints it; `quotations` is that of `text_in`, for `texts`."""
        texts = ((name, self.text_in(name, quotations).text) for name in self.languages if name != "und")
        return {
            "id": self.id,
            "url": self.url,
            "title": self.metadata.title,
            "authors": list(self.metadata.authors),
            "published": self.metadata.published,
            "published_by": self.metadata.published_by,
            "language": self.language,
            "languages": self.languages,
            "flags": list(self.flags),
            "texts": {name: text for name, text in texts if text},
            "paragraphs": [
                {"text": p.text, "language": p.language, "tag": p.tag, "fragments": [asdict(f) for f in p.fragments]}
                for p in self.paragraphs
            ],
            "dropped": [
                {
                    "text": entry.line.text[cut.start : cut.end].strip(),
                    "category": cut.category,
                    "rule": cut.rule,
                    "language": entry.line.language,
                }
                for entry in self.ledger
                for cut in entry.cuts
            ],
        }
