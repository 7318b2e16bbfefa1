"""Who wrote it: names, agencies and biographies that stand as lines of their own."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cleaners.document import Drop, Line, Page
from cleaners.rules.titles import words_of
from cleaners.zones import ends_like_sentence, head, tail

_NAME = r"[A-ZА-ЯІЇЄҐ][\w'’ʼ.-]{0,24}"
_NAMES = rf"(?:{_NAME}|van|von|de|der|del|da|al|and|та|і|й|и|&|,|for|для|[/|·•—–-])"
# "By Jane Roe", "By Jane Roe and John Doe, The Associated Press", "By BBC".
_BY = re.compile(
    rf"^\W{{0,3}}(?:[Bb]y|BY)\s{_NAME}(?:,?\s{{1,3}}(?:{_NAMES}|the|The|in|of|at|on|@\w+|staff|writer|reporter|correspondent|editor)){{0,14}}[.,:]?$"
)
# The initials of the editor on duty, alone in the last line: "ol", "mk".
_INITIALS = re.compile(r"^(?:[a-z]{2,3}|[а-яіїєґ]{2,3})$")
_AGENCY = re.compile(
    r"^\W{0,3}(?:with\s)?(?:reuters|afp|ap|associated press|the associated press|dpa|bbc|cnn|bloomberg|interfax(?:-ukraine)?|ukrinform|"
    r"укрінформ|уніан|унн|рбк-україна|інтерфакс-україна|бі-бі-сі|радіо свобода|униан|укринформ|тасс|риа новости|интерфакс)\W{0,3}$",
    re.IGNORECASE,
)
# A biography: "Jane Roe is a fellow at ...", "Jane Roe, a retired colonel, ...".
_BIO = re.compile(
    rf"^\W{{0,3}}(?P<name>{_NAME}(?:\s{_NAME}){{1,3}})(?:,?\s(?:is|was|has|have|covers|writes|reports|served|works)\s|,\s(?:an?|the)\s|\s[—–-]\s)"
)
_HANDLE = re.compile(r"(?<!\w)@\w{2,30}|\b(?:follow|twitter|linkedin)\b", re.IGNORECASE)
_TRADE = re.compile(
    r"\b(?:journalist|reporter|correspondent|columnist|editor|freelance\w*|author of|fellow|contributor|contributing|writer|analyst"
    r"|журналіст\w*|кореспондент\w*|оглядач\w*|редактор\w*|колумніст\w*|аналітик\w*|засновни\w*|автор\w*|блогер\w*|журналист\w*|обозревател\w*)\b",
    re.IGNORECASE,
)


def bylines(page: Page) -> Iterator[Drop]:
    """Drop bylines above and below the article, agency lines, initials and biographies of the authors."""
    above, below = head(page.lines), tail(page.lines)
    authors = {words_of(a) for a in page.metadata.authors} - {""}
    last = page.lines[-1].place if page.lines else -1
    for line in page.lines:
        text = line.text
        edge = line.place in above or line.place in below
        if is_byline(text):
            yield Drop(line.place, "byline", "byline.by", "“By” and names")
        elif edge and words_of(text) in authors:
            yield Drop(line.place, "byline", "byline.author", "the name of the page's author")
        elif edge and _AGENCY.match(text):
            yield Drop(line.place, "byline", "byline.agency", "the name of an agency alone")
        elif line.place == last and len(page.lines) > 2 and _INITIALS.match(text):
            yield Drop(line.place, "byline", "byline.initials", "initials in the last line")
    yield from _biographies(page.lines, authors)


def is_byline(text: str) -> bool:
    """Whether the line is "By" and names."""
    return len(text) <= 160 and bool(_BY.match(text)) and not (text.endswith(".") and len(text) > 60)


def _biographies(lines: tuple[Line, ...], authors: set[str]) -> Iterator[Drop]:
    """From the end upwards, while lines are biographies: of a known author, or with a trade and a handle."""
    for line in reversed(lines[-6:]):
        evidence = biography(line.text, authors)
        if evidence:
            yield Drop(line.place, "byline", "byline.biography", evidence)
        elif ends_like_sentence(line.text) and len(line.text) > 200:
            break


def biography(text: str, authors: set[str]) -> str | None:
    """What shows that the line is about its author: their name is known, or a trade and a handle are given."""
    found = _BIO.match(text)
    if not found or len(text) > 1200:
        return None
    if words_of(found["name"]) in authors:
        return "begins with the author's name"
    if _HANDLE.search(text):
        return "a name with a handle or “follow”"
    return None


def name_of_biography(text: str) -> str | None:
    """The name that a biography begins with."""
    found = _BIO.match(text)
    return found["name"] if found and biography(text, set()) and _TRADE.search(text) else None
