"""Bylines to names: labels, roles, addresses and dates removed, several authors separated."""

from __future__ import annotations

import re
from collections.abc import Iterable

from cleaners.metadata.agencies import agency_named
from cleaners.read.letters import count_letters
from cleaners.vocabulary import alternatives, words

__all__ = ["handle_in", "is_desk", "is_name", "names", "strip_label"]

MAX_BYLINE = 300
"""Characters of a byline that are looked at."""

MIN_HANDLE = 3
"""Letters of a nickname; shorter ones are the sign of an editor or of an agency."""

_AND = alternatives("conjunction.and")
_ABROAD = alternatives("conjunction.and_abroad")
_LABELS = (
    rf"(?:{alternatives('author_label.author')})(?:\s(?:{alternatives('author_label.work')}))?"
    rf"|{alternatives('author_label.label')}"
)
_LABEL = re.compile(
    rf"^\W{{0,3}}(?:{_LABELS})"
    rf"(?:(?:\s?[/,]\s?|\s(?:{_AND})\s)(?:{alternatives('author_label.picture')}|{_LABELS}))?"
    r"(?:\s?[:：|\-–—]{1,2}\s{0,3}|\s{1,3})(?=\S)",
    re.IGNORECASE,
)
_ONLY_LABEL = re.compile(rf"(?:{_LABELS})\W{{0,3}}", re.IGNORECASE)
_CREDIT = re.compile(
    r"(?:^|[,;.|/·•(]\s?|\s)(?:"
    rf"(?:{alternatives('byline_part.credit')})(?:\s(?:{alternatives('byline_part.credit_by')}))?\s?:?\s"
    rf"|(?:{alternatives('byline_part.credit_colon')})(?:\s?:|\sby)\s)"
    r".{0,300}$",
    re.IGNORECASE,
)
"""A credit for something other than the text, and all that follows it in the byline."""
_NOISE = re.compile(
    r"https?://\S{1,200}|www\.\S{1,200}|\S{1,64}@\S{1,64}|@\w{2,40}|\(?[+]?\d[\d\s()-]{7,20}"
    rf"|(?:last\s)?(?:{alternatives('byline_part.dated')})\b.{{0,200}}$"
    rf"|\b(?:\d{{1,2}}|an?)\s?(?:{alternatives('byline_part.unit')})[^\W\d_]{{0,6}}\.?\s"
    rf"(?:{alternatives('byline_part.ago')}).{{0,40}}$"
    r"|\b\d{1,2}[:.]\d\d\b.{0,40}$|\b\d{1,2}\s[^\W\d_]{3,10}\.?,?\s(?:19|20)\d\d.{0,60}$"
    r"|\b[^\W\d_]{3,9}\.?\s\d{1,2},?\s(?:19|20)\d\d.{0,60}$|\b\d{1,2}[./-]\d{1,2}[./-](?:19|20)?\d\d.{0,60}$",
    re.IGNORECASE,
)
"""Addresses, handles, numbers and dates: "2 hours ago", "14:30", "12 жовтня 2024"."""
_BETWEEN = re.compile(
    rf"\s?[;|•·/\n]\s?|,\s?(?:{_AND})\s|,\s?|\s(?:{_AND})\s|\s?&\s?|\s[–—-]\s"
    # In "Ramón y Cajal" it is a part of the name: both sides must be full names.
    rf"|(?<=\w)\s(?:{_ABROAD})\s(?=[^\W\d_][\w.'’-]{{0,30}}\s[^\W\d_])",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"«[^»]*»|“[^”]*”|„[^“”]*[“”]|\"[^\"]*\"")
_FOR = re.compile(rf",?\s(?:{alternatives('byline_part.for')}).{{0,100}}$")
"""For whom it was written."""
_WHERE = re.compile(
    rf"(?<=\S)\s(?:{alternatives('byline_part.where')})\s(?=[A-Z]).{{2,60}}$|\s(?:{alternatives('byline_part.dangling')})$"
)
"""Where a reporter was; the preposition before a date that was removed."""
_NO_NAMES = frozenset(words("not_name.word"))
"""Words alone in the position of a name."""
_OF_SOMEBODY = re.compile(rf"(?:{alternatives('not_name.before')})(?:\s|$)", re.IGNORECASE)
"""What is before a name in another case ("Блог Івана Коваля"), and buttons."""
_OTHER_LABEL = re.compile(r"^[^\W\d_]{3,20}:\s{0,2}(?=[^\W\d_])")
"""Any word and a colon before a name: "Interview: ..."."""
_HANDLE = re.compile(r"[^\W_][\w.+'’-]{0,29}(?:\s[^\W\d_][\w.'’-]{0,29}){0,2}")
_CLOCK = re.compile(r"\s?@?\s?\b\d{1,2}[:.]\d\d\b.*$")
_DANGLING = re.compile(
    rf"\s(?:{alternatives('byline_part.dangling')}|{alternatives('byline_part.where')}|under|am|le|el|um|@)$",
    re.IGNORECASE,
)
_ROLES = re.compile(rf"(?<!\w)(?:{alternatives('not_name.role')})", re.IGNORECASE)
_JOURNALIST = re.compile(alternatives("not_name.journalist"), re.IGNORECASE)
_PARTICLES = frozenset(words("name.particle"))


def strip_label(text: str) -> tuple[str, ...]:
    """The names in a byline: ("Олена Петренко",) for "Автор: Олена Петренко", ("BBC",) for "By BBC".

    Roles ("..., Political Correspondent"), photo and translation credits, e-mail addresses, handles and dates are
    removed, and agencies where a person is named. Empty where nothing is left that could be a name. Only the first 300
    characters are looked at.
    """
    text = " ".join(text[:MAX_BYLINE].split())
    text = _LABEL.sub("", text.strip("()[] ") if text[:1] in ("(", "[") else text, count=1)
    text = _FOR.sub("", _NOISE.sub("", _CREDIT.sub("", text)))
    parts = _BETWEEN.split(text)
    # Beside somebody's name, what stands in quotation marks is the paper: "Олена Петренко, «Вісті»".
    found = names(part for part in parts if not _QUOTED.fullmatch(part.strip())) or names(parts)
    if found and " " in found[0] and not agency_named(found[0]):
        # After a full name, one word is a place or a paper, and an agency is the one that the person works for.
        return tuple(name for name in found if " " in name and not agency_named(name))
    people = tuple(name for name in found if not agency_named(name))
    return people if any(" " in name for name in people) else found


def handle_in(text: str) -> str | None:
    """The name under which somebody writes who states no other: a nickname, a first name, a name without capitals.

    For texts in a place where only an author stands, and where no author is named otherwise. None for what is no name
    of anybody: "admin", "guest", an address, a sentence.
    """
    text = " ".join(text[:MAX_BYLINE].split())
    text = _NOISE.sub("", _LABEL.sub("", text.strip("()[]—–|,: "), count=1))
    text = _DANGLING.sub("", _CLOCK.sub("", text).strip(" ,.:;|—–-()")).strip(" ,.:;|—–-()")
    parts = text.split()
    if not 1 <= len(parts) <= 3 or not _HANDLE.fullmatch(text) or count_letters(text) < MIN_HANDLE:
        return None
    if len(parts) > 1 and not (text.islower() or is_name(text)):
        return None
    if text.lower() in _NO_NAMES or _ONLY_LABEL.fullmatch(text) or _OF_SOMEBODY.match(text) or _ROLES.search(text):
        return None
    return text


def names(parts: Iterable[str]) -> tuple[str, ...]:
    """Those of `parts` that can be a name, each once, in order, without labels and brackets around them."""
    found: dict[str, str] = {}
    for part in parts:
        part = re.sub(r"\s?\([^()]{0,100}\)", "", _WHERE.sub("", _LABEL.sub("", part.strip(), count=1)))
        part = _OTHER_LABEL.sub("", part.strip(" \t.,:;|-–—«»\"'*()[]"), count=1)
        full = part.split()[:3]
        if len(full) == 3 and not found and _JOURNALIST.match(full[2]) and is_name(" ".join(full[:2])):
            part = " ".join(full[:2])  # "Jane Roe Writer"
        if is_name(part):
            found.setdefault(part.casefold(), part)
    return tuple(found.values())


def is_desk(text: str) -> bool:
    """Whether the text begins with the name of a desk or an office: "Newsroom"."""
    return _ROLES.match(text) is not None


def is_name(text: str) -> bool:
    """Whether `text` can be the name of a person or an organisation: short, capitalised, not a role, not a date."""
    parts = text.split()
    if not 1 <= len(parts) <= 6 or not 2 <= len(text) <= 60 or re.search(r"[\d@<>{}=_\\:!?…]|\.\.|https?:", text):
        return False
    if len(parts) > 1 and any(part[0].islower() and part.lower() not in _PARTICLES for part in parts):
        return False
    if len(parts) > 1 and parts[-1].islower():
        return False  # "Recipe by"
    if not text[0].isalpha() or (text[0].islower() and parts[0] not in _PARTICLES):
        return False
    if (len(parts) == 1 and text.lower() in _NO_NAMES) or _ONLY_LABEL.fullmatch(text) or _OF_SOMEBODY.match(text):
        return False
    return not _ROLES.search(text)
