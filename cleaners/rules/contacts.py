"""Addresses, telephone numbers, e-mails: lines that say where to write, not what happened."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cleaners.document import Drop, Page
from cleaners.rules.position import AS_IT_IS, head, listed, tail
from cleaners.rules.rule import Rule
from cleaners.vocabulary import alternatives

_ACCOUNT = re.compile(r"@\w{3,30}")
_HINT = re.compile(r"[@\d]")
_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")
_URL = re.compile(r"(?:https?://|www\.)\S{3,400}")
_PHONE = re.compile(r"(?<![\w.])(?:\+\d{1,3}|\(0\d{2,4}\)|0\d{2})[\s()\d-]{7,16}(?!\w)")
# A postal code with the country or city after it, or a street with a number: "01001, Київ, Україна".
_STREET, _HOUSE = alternatives("contacts.street"), alternatives("contacts.house")
_POSTAL = re.compile(
    rf"^\W{{0,3}}\d{{5,6}},?\s(?:(?:{alternatives('contacts.city')})\s?)?[A-ZА-ЯІЇЄҐ][\w'’ʼ-]{{2,30}}"
    r"(?:,\s?[\w.'’ʼ/ -]{1,40}){0,5}\.?$"
    rf"|^(?:[\w.'’ʼ -]{{2,40}},\s?){{0,4}}(?:{_STREET})\.?\s[\w.'’ʼ -]{{2,40}},\s?"
    rf"(?:(?:{_HOUSE})\s?)?\d{{1,4}}[\w/-]{{0,4}}(?:,\s?[\w.'’ʼ -]{{1,40}}){{0,5}}\.?$"
)
# "Reach Jane Roe at jane@example.org or on Twitter @janeroe", "Надсилайте світлини на news@example.org"
_WRITE = re.compile(rf"^\W{{0,3}}(?:{alternatives('contacts.write')})\b", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]{2,}")
_OTHER = 4
"""Words at most beside an e-mail address or a number in a contact line."""

CONTACT = Rule(
    "contact.line",
    "contact",
    summary="An e-mail address, telephone number or postal address with hardly a word around it.",
    example="вул. Садова, 12, Полтава",
    counterexample="У 2014 році там жили 12 345 678 людей.",
)
URL = Rule(
    "notice.url",
    "notice",
    summary="The address of a web page alone in a line: it names a source, and says nothing to a reader of the text.",
    example="https://example.org/a/b?c=1",
    counterexample="Ціни є на https://example.org/a",
)


def is_contact(text: str) -> bool:
    """Whether the line is an e-mail, telephone number or postal address with hardly a word around it."""
    if len(text) > 160 or not _HINT.search(text):
        return False
    if _POSTAL.search(text):
        return True
    rest, found = _EMAIL.subn(" ", text)
    rest, phones = _PHONE.subn(" ", rest)
    if found and _WRITE.match(text):
        return True
    return found + phones > 0 and len(_WORD.findall(rest)) <= _OTHER


def contacts(page: Page) -> Iterator[Drop]:
    """Drop contact lines, and bare addresses of web pages as the notice of a source that they are.

    Those in a list of the article (shelters, hotlines, petitions) stay.
    """
    own, edges = listed(page.lines), head(page.lines) | tail(page.lines)
    for line in page.lines:
        if line.tag in AS_IT_IS or line.index in own:
            continue
        if is_contact(line.text):
            yield CONTACT.drop(line, "an address, number or e-mail alone")
        elif line.index in edges and _ACCOUNT.fullmatch(line.text.strip()):
            yield CONTACT.drop(line, "the name of an account alone")
        elif _URL.fullmatch(line.text.strip()):
            yield URL.drop(line, "a web address alone")
