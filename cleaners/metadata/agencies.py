"""News agencies: their names in `cleaners/vocabulary/agencies.toml`, and where a page credits one."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from cleaners.vocabulary import alternatives, markup_alternatives, words

if TYPE_CHECKING:  # plain text has agencies too, and needs no lxml
    from cleaners.metadata.head import PageHead
    from cleaners.read.blocks import Block

__all__ = ["agency_named", "agency_of", "credited_agency"]

MAX_CREDIT = 200
"""Characters of a credit line; also how far into the first paragraph a dateline reaches."""

MAX_NAME_WORDS = 6
"""Words of the longest name, with "the" and "news agency" around it."""

MAX_LABEL = 40
"""Characters of a label that has its agency on the next line."""

MIN_UNIQUE = 5
"""Letters from which a common beginning of two names is no coincidence: "unian.example", not "apartments.example"."""

MAX_NAMES = 4
"""Names in a credit line; a line with more is a menu."""

MIN_STANDFIRST = 100
"""Characters from which a block below the headline says something of the article."""

_PICTURE_CLASS = re.compile(markup_alternatives("class.picture"))
_WORD = re.compile(r"\w+")
_GENERIC = frozenset(words("agency.generic"))
"""Words of a name that are left out of comparisons."""
_ENDING = re.compile(rf"(?:{alternatives('agency.ending')})$")
_LABEL = re.compile(rf"^\W{{0,3}}(?:{alternatives('agency.label')})(?!\w)\s{{0,2}}[:—–-]?\s{{0,2}}", re.IGNORECASE)
"""A label that credits the text to the name after it."""
_PICTURE = re.compile(rf"(?<!\w)(?:{alternatives('agency.picture')})", re.IGNORECASE)
"""The credit of a picture, which says nothing of the text."""
_BETWEEN = re.compile(
    r"\s?[/|;•·,()]\s?|\s[—–-]\s"
    rf"|\s(?:{alternatives('conjunction.and')}|{alternatives('agency.between')})\s|\.\s",
    re.IGNORECASE,
)
_FOR = re.compile(rf"^(?:{alternatives('agency.for')})\s", re.IGNORECASE)
_RIGHTS = re.compile(rf"[.,]?\s(?:{alternatives('agency.rights')}).{{0,100}}$", re.IGNORECASE)
_NAME = re.compile(r"[^\W\d_a-zа-яіїєґ][\w’'ʼ.-]{0,24}(?:\s[^\W\d_a-zа-яіїєґ][\w’'ʼ.-]{0,24}){0,4}")
_PLACE = re.compile(r"\((?P<name>[^()]{2,40})\)\s{0,2}(?:[—–-]|:)|^\((?P<alone>[^()]{2,40})\)")
_SIGNED = re.compile(r"(?:\s[—–-]{1,2}\s?|\((?:with\s|source:\s)?)(?P<name>[^()—–]{2,40})\)?[.\s]{0,3}$", re.IGNORECASE)


def agency_named(text: str) -> str | None:
    """The agency that `text` names in any spelling and case, under its first name in `agencies.toml`; else None."""
    key = _key(text)
    return _agencies().get(key) if key else None


def agency_of(
    head: PageHead,
    lead: Sequence[Block],
    blocks: Sequence[Block],
    body: range,
    site: Sequence[str],
) -> str | None:
    """The agency credited as author, right above or below the body, or in its first or last line."""
    authors = [*head.jsonld.people, *head.jsonld.organisations, *head.author_metas]
    text = next((i for i, b in enumerate(lead) if b.tag == "p" and len(b.text) > MIN_STANDFIRST), len(lead))
    # Below the standfirst, list items belong to the article.
    above = [b.text for i, b in enumerate(lead) if (i < text or b.tag != "li") and _may_credit(b)]
    below = [b.text for b in blocks[max(body.start + 1, body.stop - 4) : body.stop + 4] if _may_credit(b)]
    long = [b.text for b in blocks[body.start : body.stop] if len(b.text) > 60]
    return credited_agency(authors, above, below, [*long[:1], *long[-1:]], site)


def _may_credit(block: Block) -> bool:
    return len(block.text) <= 120 and block.tag != "figcaption" and not _PICTURE_CLASS.search(block.attributes[:200])


def credited_agency(
    authors: Iterable[str], above: Iterable[str], below: Iterable[str], body: Sequence[str], site: Iterable[str] = ()
) -> str | None:
    """The agency that the page credits its text to, or None.

    Looked for among the stated `authors`, in the lines `above` the article ("BBC", "Jane Roe, Reuters") and `below` it
    ("Джерело: Укрінформ"; a name alone may be a tag there), in the dateline of the first paragraph of `body` ("KYIV
    (AP) —") and at the end of the last. An agency quoted inside a sentence is not credited, nor is that
    of a picture. Never the site itself: `site` are the names that it goes by.
    """
    own = [name for name in site if name.strip()]
    found: list[str | None] = [agency_named(author) for author in authors]
    found += map(_of_line, above)
    found += (_of_line(line) for line in _joined(below) if _LABEL.match(line))
    found += map(_of_dateline, body[:1])
    found += map(_of_signature, body[-1:])
    return next((name for name in found if name and not _is_own(name, own)), None)


def _joined(lines: Iterable[str]) -> Iterator[str]:
    """The lines, one that ends in a colon together with the next: "Джерело:", "УНІАН"."""
    label = ""
    for line in lines:
        yield label + line
        label = f"{line} " if len(line) <= MAX_LABEL and line.rstrip().endswith(":") else ""


def _of_line(text: str) -> str | None:
    if len(text) > MAX_CREDIT or _PICTURE.search(text):
        return None
    label = _LABEL.match(text)
    rest = text[label.end() :] if label else text
    parts = [_FOR.sub("", part.strip(' \t.,:"«»“”()[]—–-')) for part in _BETWEEN.split(_RIGHTS.sub("", rest))]
    parts = [part for part in parts if part]
    if len(parts) > MAX_NAMES or not all(_NAME.fullmatch(part) or agency_named(part) for part in parts):
        return None  # a sentence, a menu, a row of tags
    return next((name for part in parts if (name := agency_named(part))), None)


def _of_dateline(text: str) -> str | None:
    """The agency of "KYIV, Oct. 12 (AP) —", "(Reuters) -" and "Київ. 12 жовтня. УНН." at the beginning."""
    found = _PLACE.search(text[:MAX_CREDIT])
    if found and len(text[: found.start()].split()) <= 8:
        for part in re.split(r"[/,]", found["name"] or found["alone"]):
            if name := agency_named(part):
                return name
    parts = text[:MAX_CREDIT].split(". ")[:4]
    for index, part in enumerate(parts[1:], 1):
        if (name := agency_named(part)) and all(len(before.split()) <= 3 for before in parts[:index]):
            return name
    return None


def _of_signature(text: str) -> str | None:
    """The end of the last paragraph: "... tomorrow. — AFP", "... завтра. (Укрінформ)"."""
    found = _SIGNED.search(text[-60:])
    if not found or not text[: len(text) - len(found[0])].rstrip().endswith((".", "!", "?", "”", "»", '"')):
        return None
    return next((name for part in re.split(r"[/,]", found["name"]) if (name := agency_named(part))), None)


def _is_own(agency: str, site: Iterable[str]) -> bool:
    """Whether one of the site's names is a spelling of the agency's, or begins with one as a word or a long one."""
    spellings = [key for key, head in _agencies().items() if head == agency]
    return any(
        key in (_key(name), _key(name.split()[0])) or (len(key) >= MIN_UNIQUE and _key(name).startswith(key))
        for key in spellings
        for name in site
    )


def _key(text: str) -> str:
    """A name for comparison: its words joined, without case, endings and generic words."""
    parts = _WORD.findall(text.casefold()[:100])
    if not 1 <= len(parts) <= MAX_NAME_WORDS:
        return ""
    kept = [part for part in parts if part not in _GENERIC]
    return "".join(_ENDING.sub("", word) if len(word) > 4 and "а" <= word[0] <= "ґ" else word for word in kept)


@cache
def _agencies() -> dict[str, str]:
    """The names that agencies.toml lists first, by the key of each spelling."""
    data = tomllib.loads((files("cleaners") / "vocabulary" / "agencies.toml").read_text("utf-8"))
    return {_key(name): head for head, others in data.items() for name in (head, *others)}
