"""Captions of pictures and videos, and their credits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from cleaners.document import Drop, Line, Page
from cleaners.read.running_text import ends_like_sentence
from cleaners.read.sentences import sentences
from cleaners.rules.position import head
from cleaners.rules.rule import Rule
from cleaners.vocabulary import alternatives, by_language, markup, words

# A credit at the end of a line: "... / Фото УНІАН", "... Фото: AA", "(AP Photo/Jane Roe)", "REUTERS/Jane Roe".
_PICTURE = alternatives("captions.picture")
_AGENCY = alternatives("bylines.agency")
_SITE = rf"(?:{alternatives('captions.picture_site')})(?:\.com|\.de)?"
_CREDIT = re.compile(
    # "... on Monday. (Reuters)", "... am Montag. (AFP/dpa)": of the text, where it is a sentence.
    rf"(?:(?P<text>\(\s?(?:{_AGENCY})(?:(?:\s?[/,]\s?|\s(?:{alternatives('bylines.and')})\s)(?:{_AGENCY})){{0,3}}\s?\)\.?)"
    rf"|[/|©\[]\s{{0,2}}(?:{_PICTURE})\b[^.!?]{{0,80}}[)\]]?\.?"
    rf"|(?<!\w)(?:(?:{alternatives('captions.credit_label_plural')})s?(?: (?:{alternatives('captions.credit')}))?\s?:"
    rf"|(?:{alternatives('captions.credit_label')})\s?[:–—])\s?(?:[^.!?]|\.(?=\w)){{2,60}}\.?"
    rf"|(?<!\w)(?:{alternatives('captions.photo')}) (?:{alternatives('captions.photo_of')})\b[^.!?]{{0,60}}"
    rf"|\((?:{alternatives('captions.in_brackets')})\b[^()]{{0,90}}\)\.?"
    rf"|(?<=[.!?)»”\"]\s)(?:{alternatives('captions.source')})\s?:\s?[^.!?:]{{2,60}}\.?"
    rf"|\([^()/|]{{2,40}}\s?[/|]\s?{_SITE}\)\.?|[/|(©]\s?{_SITE}\b[^.!?]{{0,40}}[)\]]?\.?"
    r"|[/|([–—]\s?©\s?[^.!?]{2,60}[)\]]?"
    rf"|(?P<agency>\b(?:{alternatives('captions.picture_agency')})\s?(?:/|via|Photo/)\s?[^.!?]{{2,60}}\.?"
    rf"|(?:{alternatives('captions.picture_stock')})[^.!?]{{0,40}}\.?))$",
    re.IGNORECASE,
)
_CREDIT_LENGTH = 160
_HINTS = words("captions.hint")
# A credit alone: "Jane Roe/Reuters", "(Jane Roe/The Lake Review)", "Image by Jane Roe from Pixabay"; and one without a
# colon behind a caption: "Міст після повені. Фото ДСНС".
_NAMED = re.compile(
    r"^\(?[A-ZА-ЯЁІЇЄҐ][\w'’ʼ.-]{1,24}\s[A-ZА-ЯЁІЇЄҐ][\w'’ʼ.-]{1,24}\s?/\s?[A-ZА-ЯЁІЇЄҐ][^.!?/]{1,40}\)?$"
    rf"|^(?:{alternatives('captions.by')})s?\sby\s[A-Z][^.!?]{{2,60}}$"
    rf"|[.!?»]\s(?:{alternatives('captions.made_by')})\s[A-ZА-ЯЁІЇЄҐ«\"][^.!?]{{1,40}}$"
)
# Under an embedded post: "— Jane Roe (@janeroe) May 3, 2020".
_POST = re.compile(r"^[—–-]\s?.{2,80}\(@\w{1,30}\)\s.{4,30}\d{4}$")
_START = re.compile(rf"^\W{{0,3}}(?:{alternatives('captions.credit_start')}|©|📷)\s{{0,2}}[:©]", re.IGNORECASE)
# "Фото: саме цей доказ адвокат вважає найслабшим.": a sentence of the article.
_TOLD = re.compile(r"^[^:]{2,20}:\s[a-zа-яёіїєґ](?:[\w’'-]+,?\s){4}.*[.!?]$")
_COPYRIGHT = re.compile(r"^\s{0,2}(?:©|\(c\))\s{0,2}[^.!?\d]{2,60}$", re.IGNORECASE)
# "Name speaks in Kyiv on March 16, 2014": a full date inside a line that does not end like a sentence.
_EN_MONTH, _UK_MONTH = (by_language("captions.month")[code] for code in ("en", "uk"))
_DATED = re.compile(
    rf"\b(?:on|in)\s(?:\w+day,?\s)?(?:{'|'.join(_EN_MONTH)})[a-z]{{0,6}}\.?\s\d{{1,2}},?\s\d{{4}}\b"
    rf"|,\s\d{{1,2}}\s(?:{'|'.join(_UK_MONTH)})\s\d{{4}}"
)
# "June 22, 1941. The river at Ford", "Київ, 24 лютого 2022 року": a picture's day. Several such lines are a chronicle.
_DAY = re.compile(
    rf"^(?:{'|'.join(_EN_MONTH)})[a-z]{{0,6}}\.?\s\d{{1,2}},?\s\d{{4}}[.,:]\s\S"
    r"|^[A-ZА-ЯЁІЇЄҐ][\w'’ʼ -]{1,30},\s\d{1,2}\s[^\W\d_]{3,9}(?:,\s|\s)\d{4}"
    rf"(?:\s(?:{alternatives('captions.year')}))?$"
)
_DAY_WORDS = 14
_SHOWN = re.compile(alternatives("captions.shown"), re.IGNORECASE)
_TAKEN = re.compile(alternatives("captions.taken"), re.IGNORECASE)
# A gallery by its count, also between two sentences: "Наслідки атаки (9 фото)".
_COUNT = re.compile(rf"\(\d{{1,3}}\s(?:{alternatives('captions.counted')})\)(?=$|\s[A-ZА-ЯІЇЄҐ\"«“])", re.IGNORECASE)
# The length of a video before its title: "2:34 Russia launches ...".
_LENGTH = re.compile(r"^(?:\d{1,2}:)?\d{1,2}:\d{2}\s+[A-ZА-ЯІЇЄҐ‘“\"«]")
# The box of a picture by its name: "news-img", "article__photo"; the text in it is its caption.
_BOX = re.compile(
    rf"(?:^|[-_])(?:{'|'.join(markup('captions.picture'))})(?:[-_]?(?:{'|'.join(markup('captions.box'))}))?$"
)
# The end of a sentence, before a credit behind the whole text.
_PAST = re.compile(r"[.!?…»”\")]\s{0,3}\Z")
_OF_PICTURE = re.compile(rf"{_PICTURE}|pic\b|via|courtesy|credit|{_SITE}", re.IGNORECASE)
_WITHIN = re.compile(r"\w\s{1,3}\Z")
_GOES_ON = re.compile(r"[\w,]\s{1,3}\Z")
_NAME_WORDS = 5
_LONGEST = 400
_SENTENCES = 2
_CAPTION = 200
"""Sentences and characters before a credit from which the line is a paragraph that happens to end so."""

DAY = Rule(
    "caption.day",
    "caption",
    summary=(
        "The page's only short line that begins with a full date or gives a place and a full date, without being a"
        " sentence; several such lines are a chronicle and stay."
    ),
    example="Полтава, 3 травня 1970 року",
    counterexample="3 травня 1970 року млин згорів",
)
CREDIT = Rule(
    "caption.credit",
    "caption",
    summary=(
        "A caption or credit of a picture, known by the credit that it begins or ends with; behind a long text"
        " only the credit goes."
    ),
    example="The bridge after the flood. Photo: Jane Roe",
    counterexample="The photo shows the bridge after the flood, and nobody knows who took it.",
)
GALLERY = Rule(
    "caption.gallery",
    "caption",
    summary="The title of a picture gallery, known by its number of pictures in brackets.",
    example="Повінь у місті (12 фото)",
    counterexample="На півдні розбирають завали (відео).",
)
TAG = Rule(
    "caption.tag",
    "caption",
    summary="A line that the page marks up as `figcaption`, but not a text: over 400 characters and two sentences.",
    example="<figcaption>Міст після повені</figcaption>",
    counterexample="<p>Міст після повені</p>",
)
SHOWN = Rule(
    "caption.shown",
    "caption",
    summary="A line that speaks of the picture beside it: who is seen or pictured here, when the photo was taken.",
    example="Jane Roe, pictured here at the mill, refused to leave",
    counterexample="She took a photo of the mill every morning.",
)
POST = Rule(
    "caption.post",
    "caption",
    summary="The line under an embedded post with its author, handle and date.",
    example="— Jane Roe (@janeroe) May 3, 2020",
    counterexample="— Ми це бачили, — сказала Олена Гай",
)
VIDEO = Rule(
    "caption.video",
    "caption",
    summary="A video's length and title in one line.",
    example="2:34 The river rises at night",
    counterexample="2:1 was the score at half time.",
)
BOX = Rule(
    "caption.box",
    "caption",
    summary="A short line inside an element whose class says picture, without being a sentence: the picture's caption.",
    example='<p class="news-img">Міст після повені</p>',
    counterexample='<p class="news-img">Міст закрили після повені, повідомила мерія.</p>',
)
DATED = Rule(
    "caption.dated",
    "caption",
    summary="Above the article, a line with a full date that is not a sentence: agencies caption their pictures so.",
    example="People cross the old bridge on March 16, 2014 in Leeds",
    counterexample="People crossed the old bridge on March 16, 2014.",
)


def captions(page: Page) -> Iterator[Drop]:
    """Drop captions by tag, by a credit, or by the date and place that they carry."""
    top = head(page.lines)
    days = [line for line in page.lines if line.tag == "p" and _DAY.match(line.text) and _is_short(line.text)]
    if len(days) == 1 and len(page.lines) > 2:
        yield DAY.drop(days[0], "a full date in the only line of its kind, and no sentence")
    for line in page.lines:
        found = _rule(line, line.index in top)
        if found:
            rule, evidence = found
            yield rule.drop(line, evidence)
            continue
        credit = _credit(line.text) if line.tag == "p" else None
        if credit and not credit["text"] and _PAST.search(line.text[max(0, credit.start() - 8) : credit.start()]):
            yield CREDIT.drop(line, "a credit behind the text", credit.start())
        for count in _COUNT.finditer(line.text) if "(" in line.text and line.tag != "pre" else ():
            start = max((a for a, _ in sentences(line.text) if a < count.start()), default=0)
            yield GALLERY.drop(line, "counts its pictures", start, count.end())


def _rule(line: Line, in_head: bool) -> tuple[Rule, str] | None:
    """The rule that drops the whole line, with its evidence."""
    is_long = len(line.text.strip()) > _LONGEST
    if line.tag == "figcaption" and not (is_long and len(sentences(line.text)) > _SENTENCES):
        return TAG, "a figcaption"
    if is_long or line.tag == "pre" or line.tag.startswith("h"):
        return None
    return _rule_of_text(line.text, line.tag, line.attributes, in_head)


@lru_cache(maxsize=1024)
def _rule_of_text(text: str, tag: str, attributes: str, in_head: bool) -> tuple[Rule, str] | None:
    text = text.strip()
    if (
        (_START.match(text) and not _TOLD.match(text))
        or _COPYRIGHT.match(text)
        or (tag == "p" and len(text) <= 160 and _NAMED.search(text))
    ):
        return CREDIT, "a credit"
    credit = _credit(text)
    if credit and not _is_text(text, credit, attributes) and not _speaks(text, credit):
        return CREDIT, f"a credit at its end: “{credit[0].strip()}”"
    if len(text) < 250 and _TAKEN.search(text):
        return SHOWN, "speaks of what the picture shows, and when it was taken"
    if ends_like_sentence(text):
        return None
    if len(text) < 250 and _SHOWN.search(text):
        return SHOWN, "speaks of what the picture shows, and is no sentence"
    if _POST.match(text):
        return POST, "who wrote the embedded post, and when"
    if _LENGTH.match(text):
        return VIDEO, "a video's length and title"
    if len(text) < 250 and tag != "li" and _is_boxed(attributes):
        return BOX, "stands in the box of a picture, and is no sentence"
    if in_head and _DATED.search(text) and len(text.split()) > 5:
        return DATED, "a full date in a line that is no sentence, above the article"
    return None


def _is_short(text: str) -> bool:
    return len(text.split()) <= _DAY_WORDS and not text.endswith((".", "!", "?", ":"))


def _is_text(text: str, credit: re.Match[str], attributes: str) -> bool:
    """Whether what stands before a credit is a paragraph, which loses the credit only, and no caption."""
    before = text[: credit.start()].rstrip()
    if credit["text"] and ends_like_sentence(before):
        return True
    count = len(sentences(before))
    return count > _SENTENCES or (not _is_boxed(attributes) and count == _SENTENCES and len(before) > _CAPTION)


def _is_boxed(attributes: str) -> bool:
    """Whether one of the nearest two names is that of the box of a picture."""
    return any(_BOX.search(name) for name in attributes.split(maxsplit=2)[:2])


def _speaks(text: str, credit: re.Match[str]) -> bool:
    """Whether a sentence is about those who are credited: "Getty Images sued the firm.", "He left Shutterstock."."""
    if credit.start() == 0:
        return text.endswith(".") and len(text.split()) > _NAME_WORDS
    return bool(credit["agency"] and text.endswith(".") and _GOES_ON.search(text, 0, credit.start()))


@lru_cache(maxsize=1024)
def _credit(text: str) -> re.Match[str] | None:
    end = text[-_CREDIT_LENGTH:].lower()
    # Looking for the words first is ten times faster than the pattern, and few lines have one.
    found = _CREDIT.search(text, max(0, len(text) - _CREDIT_LENGTH)) if any(map(end.__contains__, _HINTS)) else None
    # "Pointer to the tree (file snapshot)" says nothing of a picture.
    if found and found[0].startswith("(") and found[0][1].islower() and not _OF_PICTURE.search(found[0]):
        return None
    # "Поліція показала фото з місця аварії": the words of the sentence, and no credit behind it.
    return None if found and found[0][0].islower() and _WITHIN.search(text, 0, found.start()) else found
