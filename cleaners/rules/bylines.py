"""Who wrote the article: names, agencies and biographies on lines of their own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from cleaners.document import Drop, Line, Page
from cleaners.metadata.headline import words_of
from cleaners.read.running_text import ends_like_sentence, is_paragraph
from cleaners.rules.position import head, tail
from cleaners.rules.rule import Rule
from cleaners.vocabulary import alternatives, words

_LONGEST = 240
_SHORT = 100
"""Characters of a credit that may be a sentence by its full stop."""
_LAST = 4
"""Lines from the end among which a story says who reported from where."""
_NAME = r"[A-ZА-ЯЁІЇЄҐ][\w'’ʼ.-]{0,24}"
_NAMES = rf"(?:{_NAME}|{alternatives('bylines.between_names')}|[&,/|·•—–-])"
_ARTICLE = alternatives("bylines.article")
# "By Jane Roe", "By Jane Roe and John Doe, The Associated Press", "By BBC".
_BY = re.compile(
    rf"^\W{{0,3}}(?:{alternatives('bylines.by')})\s{_NAME}"
    rf"(?:,?\s{{1,3}}(?:{_NAMES}|{alternatives('bylines.among_names')})){{0,14}}[.,:]?$"
)
# The initials of the editor on duty, alone in the last line: "ol", "mk".
_INITIALS = re.compile(r"^(?:[a-z]{2,3}|[а-яіїєґ]{2,3})$")
_AGENCY = re.compile(
    rf"^\W{{0,3}}(?:(?:{alternatives('bylines.before_agency')})\s)?(?:{alternatives('bylines.agency')})\W{{0,3}}$",
    re.IGNORECASE,
)
# "aja/PAP", "dpa/ab/cd", "AFP, Reuters": agencies, and the initials of who worked on the story.
_DESK_SIGN = rf"(?:(?i:{alternatives('bylines.agency')})|[a-zа-яіїєґ]{{2,4}})"
_DESK = re.compile(
    rf"^\W{{0,3}}(?=(?:[a-zа-яіїєґ]{{2,4}}\s?[/,]\s?){{0,4}}(?i:{alternatives('bylines.agency')})\b)"
    rf"{_DESK_SIGN}(?:\s?[/,]\s?{_DESK_SIGN}){{1,5}}\W{{0,3}}$"
    # "AFP, MANILA"
    rf"|^(?i:{alternatives('bylines.agency')}),\s[A-Z][A-Z .-]{{2,30}}$"
)
# "Roe reported from New York and Doe from Rome.", the last line of an agency's story.
_REPORTED = re.compile(
    rf"^{_NAME}(?:,?\s{_NAMES}){{0,8}}\s(?:{alternatives('bylines.reported')})\s[A-Z][^.!?]{{2,160}}\.$"
)
# "Олена Гай, для «Газети»", "Jane Roe, special to The Valley Post".
_FOR = re.compile(
    rf"^{_NAME}(?:\s{_NAME}){{1,2}}(?:{alternatives('bylines.written_for')})[A-ZА-ЯЁІЇЄҐ][^.!?]{{2,60}}\.?$"
)
# A biography: "Jane Roe is a fellow at ...", "Jane Roe, a retired colonel, ...".
_BIO = re.compile(
    rf"^\W{{0,3}}(?P<name>{_NAME}(?:\s{_NAME}){{1,3}})"
    rf"(?:,?\s(?:{alternatives('bylines.biography')})\s|,\s(?:{_ARTICLE})\s|\s[—–-]\s)"
)
_TOLD_OF = re.compile(rf"^\W{{0,3}}(?P<name>{_NAME}(?:\s{_NAME}){{1,3}})\s[a-zа-яёіїєґ]")
# "di Jane Roe", "Von Jane Roe und John Doe": words beside names that are known to be the authors'.
_BESIDE = {*words("bylines.by_abroad"), *words("conjunction.and"), *words("conjunction.and_abroad")}

# The name of a person or two, or of an office: "Jane Roe", "Lake District Centre for Roads"; not "I'm Scotch.", nor a
# heading in capitals.
_UPPER = "A-ZÀ-ÖØ-ÞĀ-ŽА-ЯЁІЇЄҐ"
_LOWER = "a-zß-öø-ÿā-žа-яёіїєґ'’ʼ"
_FULL = rf"[{_UPPER}][{_LOWER}]{{1,24}}(?:-[{_UPPER}][{_LOWER}]{{1,24}})?"
_PERSON = rf"(?:{_FULL}|[{_UPPER}]\.)"
_NAME_IN_FULL = rf"{_PERSON}(?:\s{_PERSON})?\s{_FULL}"
_PEOPLE = rf"{_NAME_IN_FULL}(?:(?:,|\s(?:&|{alternatives('bylines.and')}))\s{_NAME_IN_FULL}){{0,6}}"
_SIGNATURE = re.compile(
    rf"^(?!(?:{alternatives('bylines.sentence_start')})\b)"
    rf"(?:{_PEOPLE}|(?=.{{0,80}}\b(?:{alternatives('bylines.office')})\b)"
    rf"{_PERSON}(?:,?\s(?:{_PERSON}|{alternatives('bylines.in_office')})){{2,10}}"
    # "Редакція «Вістей»", "LR-Redaktion", "Lake Newsroom"
    rf"|(?:[{_UPPER}]\w{{1,20}}[\s-]){{0,3}}(?i:{alternatives('bylines.newsroom')})"
    rf"(?:\s(?:[«\"“„][^«»\"“”„]{{2,30}}[»\"”“]|[{_UPPER}]\w{{1,20}}))?)$"
)
# "Монтаж: Петро Лис", "Автор тексту — Олена Гай", "Editor: Jane Roe": a part in the making, and names.
_LABELLED = re.compile(
    rf"^\W{{0,3}}(?=[^:—–\n]{{0,40}}(?i:\b(?:{alternatives('bylines.role')})))[^\W\d_][^:.!?\n]{{2,40}}?\s?[:—–]\s{{1,2}}"
    rf"{_PEOPLE}(?:[,;|]\s[^\W\d_]{{3,20}}\s?:\s{_PEOPLE}){{0,6}}(?:\s?[,/|(;]\s?[^.!?]{{2,60}})?\.?$"
)
# "Підготувала Олена Гай", "Переклад Олени Гай", "Written by Jane Roe", "Reporting by Jane Roe in Rome; Editing by ...".
_CREDITED = re.compile(
    rf"^\W{{0,3}}(?i:(?:(?:{alternatives('bylines.made')})\s)?(?:{alternatives('bylines.maker')})\w{{0,8}}"
    rf"|{alternatives('bylines.credit')})"
    rf"\s(?:(?:{alternatives('bylines.with')})\s\w{{4,16}}\s)?{_PEOPLE}(?:,\s[^.!?]{{2,60}})?\.?$"
    rf"|^\W{{0,3}}(?i:(?:(?:{alternatives('bylines.additional')})\s)?(?:{alternatives('bylines.done')})\sby)\s"
    rf"(?:{_NAME}|the\s{_NAME})"
    rf"(?:[^.!?]|\.\s(?=(?i:{alternatives('bylines.done_next')})\sby\s)){{0,200}}\.?$"
)
# "Олена Гай, журналістка «Садка»", "Jane Roe, staff writer", "Олена Гай, «Садок»"; "Журналістка «Садка» Олена Гай".
_TITLED = re.compile(
    rf"^{_PERSON}(?:\s{_PERSON}){{1,2}},\s(?!(?:{_ARTICLE})\s)(?P<rest>[^.!?,]{{2,60}}(?:,\s[^.!?,]{{2,40}})?)$"
)
_JOB_FIRST = re.compile(
    rf"^(?:{alternatives('bylines.job_before_name')})\w{{0,4}}\s[^.!?,]{{0,40}}?{_PERSON}\s{_PERSON}$"
)
_QUOTED = re.compile(r"^[«\"“][^«»\"“”]{2,40}[»\"”]$")
# "Jane Roe is a staff writer at The Lake Review.", "Jane Roe covers politics for The Lake Review.": below what they
# wrote.
_STAFF = re.compile(
    rf"^{_PERSON}(?:\s{_PERSON}){{1,2}}\s(?:{alternatives('bylines.is')})\s(?:{_ARTICLE})\s(?:[\w’'-]{{1,20}},?\s){{0,5}}?"
    rf"(?:{alternatives('bylines.staff')})\s(?:{alternatives('bylines.staff_of')})\s"
    rf"|^{_PERSON}(?:\s{_PERSON}){{1,2}}\s(?:{alternatives('bylines.staff_covers')})"
    rf"\s[^.!?]{{3,80}}\s(?:for|at)\s(?:the\s)?{_NAME}"
    rf"|^{_PERSON}(?:\s{_PERSON}){{1,2}}\s[—–-]\s(?:\w{{3,20}}\s){{0,2}}(?:{alternatives('bylines.job_behind_dash')})"
)
_HANDLE = re.compile(rf"(?<!\w)@\w{{2,30}}|\b(?:{alternatives('bylines.handle')})\b", re.IGNORECASE)
_JOB = re.compile(rf"\b(?:{alternatives('bylines.job')})\b", re.IGNORECASE)

BY = Rule(
    "byline.by",
    "byline",
    summary=(
        "A line that only credits people: “By” and names, a role and names, or “Written by ...”; who wrote the"
        " article is metadata, not text."
    ),
    example="By Jane Roe and John Doe",
    counterexample="By Monday the river had risen by a metre.",
)
AUTHOR = Rule(
    "byline.author",
    "byline",
    summary="Above or below the article, the name of an author that the page's metadata states.",
    example="Олена Гай",
    counterexample="Олена Гай прийшла на засідання першою.",
)
AGENCY = Rule(
    "byline.agency",
    "byline",
    summary="Above or below the article, nothing but names of news agencies, or initials beside them.",
    example="AFP, Reuters",
    counterexample="Reuters saw the letter.",
)
FOR = Rule(
    "byline.for",
    "byline",
    summary="Above or below the article, a name with the paper that it was written for, or with a journalist's job.",
    example="Jane Roe, special to The Valley Post",
    counterexample="Олена Гай, для якої це перші вибори, не спала.",
)
REPORTED = Rule(
    "byline.reported",
    "byline",
    summary="Among the last lines, the sentence in which an agency says who reported from where.",
    example="Roe reported from New York and Doe from Rome.",
    counterexample="She reported from the mill, and nobody believed her.",
)
INITIALS = Rule(
    "byline.initials",
    "byline",
    summary="The last line, where it is nothing but two or three small letters: the initials of the editor on duty.",
    example="mk",
    counterexample="Ok",
)
BIOGRAPHY = Rule(
    "byline.biography",
    "byline",
    summary=(
        "Among the last lines, a note on who the author is: it begins with an author's name, or gives a"
        " journalist's position or handle."
    ),
    example="Jane Roe is founder and president of the Lake Fund",
    counterexample="Jane Roe is a judge in Leeds.",
)
SIGNATURE = Rule(
    "byline.signature",
    "byline",
    summary="The last line, where it is the name of a person or an office alone under the last paragraph.",
    example="Lake District Centre for Roads",
    counterexample="The Old Mill",
)


def bylines(page: Page) -> Iterator[Drop]:
    """Drop bylines above and below the article, agency lines, initials and biographies of the authors."""
    above, below = head(page.lines), tail(page.lines)
    authors = {words_of(a) for a in page.metadata.authors} - {""}
    last = page.lines[-1].index if page.lines else -1
    last_lines = {line.index for line in page.lines[1:][-_LAST:]}
    for line in page.lines:
        text = line.text
        edge = line.index in above or line.index in below
        told = not edge and text.endswith(".")  # "Переклав Біблію Пантелеймон Куліш."
        if is_byline(text) and not told and (not line.tag.startswith("h") or line.index in above):
            yield BY.drop(line, "“By” and names")
        elif edge and _is_of_authors(text, authors):
            yield AUTHOR.drop(line, "the name of the page's author")
        elif edge and (_AGENCY.match(text) or (len(text) <= _SHORT and _DESK.match(text))):
            yield AGENCY.drop(line, "nothing but agencies, or initials beside them")
        elif edge and (_FOR.match(text) or _is_titled(text)):
            yield FOR.drop(line, "a name, and for whom it was written")
        elif line.index in last_lines and len(text) < 250 and _REPORTED.match(text):
            yield REPORTED.drop(line, "who reported from where, below the article")
        elif line.index == last and len(page.lines) > 2 and _INITIALS.match(text):
            yield INITIALS.drop(line, "initials in the last line")
    yield from _biographies(page.lines, authors)
    yield from _signature(page.lines)


def is_byline(text: str) -> bool:
    """Whether the line is "By" and names."""
    return len(text) <= _LONGEST and _is_byline(text)


@lru_cache(maxsize=1024)
def _is_byline(text: str) -> bool:
    if (":" in text or "—" in text or "–" in text) and _LABELLED.match(text):
        return True
    if (len(text) <= _SHORT or ";" in text or text[-1] != ".") and _CREDITED.match(text):
        return True
    return len(text) <= 160 and bool(_BY.match(text)) and not (text.endswith(".") and len(text) > 60)


def _is_of_authors(text: str, authors: set[str]) -> bool:
    """Whether the line is nothing but authors' names: "Jane Roe", "di Jane Roe", "Von Jane Roe und John Doe"."""
    said = words_of(text)
    if said in authors or len(text) > _SHORT:
        return said in authors
    rest = f" {said} "
    for author in sorted(authors, key=lambda name: (-len(name), name)):  # "Jane Roe" before "Roe", in each process
        rest = rest.replace(f" {author} ", " ")
    return rest.strip() != said and _BESIDE.issuperset(rest.split())


def _is_titled(text: str) -> bool:
    """Whether the line is a name with an office of the trade or a paper behind it, or the trade and then a name."""
    found = _TITLED.match(text) if len(text) <= 120 else None
    if found:
        return bool(_JOB.search(found["rest"]) or _QUOTED.match(found["rest"]))
    return len(text) <= 100 and bool(_JOB_FIRST.match(text))


def _biographies(lines: tuple[Line, ...], authors: set[str]) -> Iterator[Drop]:
    """Among the last lines: of a known author, with a handle, or without a full stop below the last paragraph."""
    below = tail(lines)
    last = {line.index for line in lines[3:][-2:]}
    for line in lines[-6:]:
        evidence = biography(line.text, authors)
        if evidence is None and line is lines[-1] and len(lines) > 3 and _begins_with(line.text, authors):
            evidence = "begins with the author's name, at the very end"
        if evidence is None and line.index in below and _is_card(line.text):
            evidence = "a name and an office without a full stop, below the article"
        if evidence is None and line.index in last and len(line.text) <= _LONGEST and _STAFF.match(line.text):
            evidence = "a name and a journalist's office, at the very end"
        if evidence:
            yield BIOGRAPHY.drop(line, evidence)


def _begins_with(text: str, authors: set[str]) -> bool:
    """Whether the text begins with the full name of an author, told of in the third person."""
    found = _TOLD_OF.match(text) if len(text) <= 1200 else None
    return found is not None and words_of(found["name"]) in authors


def _signature(lines: Sequence[Line]) -> Iterator[Drop]:
    if signature(lines):
        yield SIGNATURE.drop(lines[-1], "a name alone under the last paragraph")


def signature(lines: Sequence[Line]) -> str | None:
    """The last line, where it is the name of a person or of an office under the last paragraph."""
    if len(lines) < 4 or lines[-1].tag != "p" or not is_paragraph(lines[-2]):
        return None
    text = lines[-1].text
    return text if _SIGNATURE.match(text) and not is_byline(text) else None


def biography(text: str, authors: set[str]) -> str | None:
    """What shows that the line is about its author: their name is known, or a trade and a handle are given."""
    found = _BIO.match(text)
    if not found or len(text) > 1200:
        return None
    if words_of(found["name"]) in authors:
        return "begins with the author's name"
    if _HANDLE.search(text) and _JOB.search(text):
        return "a name with a trade and a handle"
    return None


def _is_card(text: str) -> bool:
    """Whether the line says who somebody is, as a visiting card does."""
    return len(text) < 300 and not ends_like_sentence(text) and bool(_BIO.match(text)) and bool(_JOB.search(text))


def name_of_biography(text: str) -> str | None:
    """The name that a biography begins with; meant for the lines below the article."""
    found = _BIO.match(text)
    return found["name"] if found and (biography(text, set()) or _is_card(text)) else None
