"""Links to other articles: bare headlines under a label, link lists, tags."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence, Set
from functools import lru_cache
from itertools import groupby, islice
from urllib.parse import urlsplit

from cleaners.document import Drop, Line, Page
from cleaners.read.fold import fold
from cleaners.read.running_text import ends_like_sentence, is_paragraph
from cleaners.rules.phrasebook import phrasebook
from cleaners.rules.position import AS_IT_IS, ROW, head, tail
from cleaners.rules.rule import Rule
from cleaners.vocabulary import alternatives

_LINKED = 0.8
"""Share of a line's characters inside links from which it is a link, not text with links."""
_MOSTLY_LINKS = 0.8
"""Share of links among the items of a list from which it is a list of links: a list is judged as a whole."""
_HEADLINE_LEAST, _HEADLINE_WORDS = 4, 28
_EXACTLY = 0.01
"""By how much two shares of a line may differ that are rounded: the link is all that stands behind the kicker."""
_LABEL_WORDS = 3
"""Words of a label that might go on, as "Читайте також: ..." does."""
_DATED = re.compile(
    r"(?:\d{1,2}:\d\d\s{1,3})?\d{1,2}[./\s](?:[^\W\d_]{3,10}|\d\d)[.,/]?,?\s?\d{2,4}\S?(?:\s\d{1,2}:\d\d)?\s{1,3}(?=\S)|\d{1,2}:\d\d\s{1,3}(?=\S)"
)
_DATED_AFTER = re.compile(
    r"\s{1,3}(?:\d{1,2}[./\s](?:[^\W\d_]{3,10}|\d\d)(?:[.,/\s]{1,2}\d{2,4})?,?"
    rf"(?:\s{{1,2}}(?:(?:{alternatives('related.at_time')})\s)?\d{{1,2}}:\d\d)?|\d{{1,2}}:\d\d)$"
)
# "Geheimdienste: Linked headline", "READ MORE | Linked headline": what stands before a headline that is a link.
_KICKER = re.compile(r"""(?P<kicker>[„“«"]?[^\W_][^:|.!?]{1,50}(?:\s?[:|]|[!?]))\s{1,3}(?=\S)""")
_WORD = re.compile(r"\w+")
_SHOUT_LENGTH = 180
_ARROW, _ARROW_SIGN = re.compile(r"[→➜⟶➔»]|[–—-]>|>>"), re.compile("[→➜⟶➔»>]")
_MOST_POINTED = 60
"""Prompts with an arrow cut from one line: a digest holds one for each of its items."""
# "... три години. ❗️ Тривога по ВСІЙ країні! Речник пояснив причини"
_SHOUT = re.compile(
    r"[.!?…»”\"]\s{1,3}(?P<title>(?:❗️?|‼️?|⚡️?|▶️?|🔴|🔥|👉|📌|🎥|🎬)\s?[A-ZА-ЯІЇЄҐ«“\"].{4,160}(?<![.…:;,]))$"
)
# "... на мосту. Детальніше >> Рух відновлять", "Read more →": a prompt that points.
_POINTED = re.compile(
    rf"(?<!\S)(?:{alternatives('related.prompt')})(?:\s[^\W\d_]{{1,15}}){{0,3}}\s?"
    r"(?:→|➜|⟶|➔|[–—-]>|>{2,3}|»{1,2}(?=\s|$))\s{0,2}"
)
_TAGS = re.compile(r"^(?:#[\w’'ʼ-]{2,40}[\s,]{0,3}){2,40}$|^#[^#.!?]{2,60}(?:\s#[^#.!?]{2,60}){1,20}$")

LABELLED = Rule(
    "related.labelled",
    "related",
    summary=(
        "Bare headlines under a label such as “Читайте також”: linked ones anywhere, others in a row of two or"
        " more at the end."
    ),
    example="Ціни на хліб зросли вдвічі",
    counterexample="Про це повідомила мерія.",
)
LINK = Rule(
    "related.link",
    "related",
    summary=(
        "A line that is nothing but a link to another article, or one of several links in a row, each perhaps behind"
        " a kicker."
    ),
    example="<a>Ціни на хліб зросли вдвічі</a>",
    counterexample="<a>Про це повідомила пресслужба мерії.</a>",
)
SHOUTED = Rule(
    "related.shouted",
    "related",
    summary=(
        "The title of a video at the very end of a text that was run together: it begins with a sign or capital,"
        " and has no full stop."
    ),
    example="Дощ ішов три дні. ❗️ Вода прибуває! Речник пояснив причини",
    counterexample="Дощ ішов три дні. Вода прибуває.",
)
POINTED = Rule(
    "related.pointed",
    "related",
    summary="A prompt to read on that ends in an arrow, wherever it is in a line; only the prompt goes.",
    example="Read more →",
    counterexample="Дорога Київ → Львів закрита.",
)
TAGS = Rule(
    "related.tags",
    "related",
    summary="A row of hash tags.",
    example="#міст #повінь #бюджет",
    counterexample="#1 у світі",
)


def labelled(page: Page) -> Iterator[Drop]:
    """Drop the bare headlines that follow a label such as "Читайте також" (runs before the labels themselves go)."""
    lines = page.lines
    below = tail(lines)
    index = 0
    while index < len(lines):
        label = _label(lines[index].text)
        index += 1
        if not label:
            continue
        start = index
        while index < len(lines) and _is_headline(lines[index]) and not _label(lines[index].text):
            index += 1
        run = lines[start:index]
        # In plain text only the place tells a headline from a sub-heading: at least two of them, and at the end.
        if all(_linked(line) >= _LINKED for line in run) or (len(run) > 1 and all(x.index in below for x in run)):
            for line in run:
                yield LABELLED.drop(line, f"a bare headline under “{label}”")


def _label(text: str) -> str | None:
    """The line's text, where it is a label for links and nothing more: not "Читайте також: Ціни ..."."""
    return _label_of(text) if len(text) <= 60 else None


@lru_cache(maxsize=2048)
def _label_of(text: str) -> str | None:
    words = len(_WORD.findall(text))
    for found in phrasebook().whole(fold(text)):
        if found.phrase.category == "related" and (found.phrase.at == "line" or words <= _LABEL_WORDS):
            return text.strip(" :")
    return None


def _is_headline(line: Line) -> bool:
    text = line.text.rstrip()
    return (
        not (ends_like_sentence(text) and not text.endswith(("?", "!")))
        and 3 <= len(text.split()) <= _HEADLINE_WORDS
        and not is_paragraph(line)
    )


def links(page: Page) -> Iterator[Drop]:
    """Drop lines that are nothing but a link: headlines between paragraphs, and lists of them at the ends."""
    lines = page.lines
    if not any(line.link_share for line in lines):
        return
    edges = head(lines) | tail(lines)
    kicked = _kicked(page)
    listed = _listed(lines) | _mixed(lines, kicked)
    for index, line in enumerate(lines):
        # A quote may be a link to its source; one that is a link within the site is a teaser.
        quotes = line.tag == "blockquote" and not (line.links == ("",) and line.text[:1] not in '«“"—–')
        if (_linked(line) < _LINKED and line.index not in kicked) or quotes or line.tag in AS_IT_IS:
            continue
        if ends_like_sentence(line.text) and not line.text.rstrip().endswith(("?", "!", "…", "...")):
            continue
        if line.index in listed or (line.tag == "li" and line.index not in edges | kicked):
            continue
        # A heading in the article may be linked; one above, below or among links is a teaser's.
        is_heading = line.tag.startswith("h")
        if is_heading and line.index not in edges and not _among_links(lines, index):
            continue
        enough = not is_heading and len(line.text.split()) >= 4
        if enough or _linked_beside(lines, index):
            yield LINK.drop(line, f"{line.link_share:.0%} of it is a link")


def _listed(lines: Sequence[Line]) -> set[int]:
    """Indexes of the items of lists that the article itself introduces: "The ministers who left:"."""
    indexes: set[int] = set()
    opened = False
    for line in lines:
        if line.tag != "li":
            opened = line.text.rstrip().endswith(":") and _label(line.text) is None
        elif opened:
            indexes.add(line.index)
    return indexes


def _mixed(lines: Sequence[Line], kicked: Set[int]) -> set[int]:
    """Indexes of the items of lists that hold more than links: references, of which some are only a title."""
    indexes: set[int] = set()
    for tag, run in groupby(lines, key=lambda line: line.tag):
        items = list(run) if tag == "li" else []
        linked = sum(_linked(line) >= _LINKED or line.index in kicked for line in items)
        if len(items) >= ROW and linked < _MOSTLY_LINKS * len(items):
            indexes.update(line.index for line in items)
    return indexes


def _kicked(page: Page) -> set[int]:
    """Indexes of lines of a kicker and a headline that links to the same site: two stand together, or begin alike."""
    own = ("", (urlsplit(page.metadata.url or page.url or "").hostname or "").removeprefix("www."))
    kickers: dict[int, str] = {}
    for place, line in enumerate(page.lines):
        kicker = _KICKER.match(line.text) if 0 < line.link_share < 1 and len(line.links) == 1 else None
        headline = line.text[kicker.end() :].split() if kicker else []
        if kicker and line.links[0] in own and len(headline) >= _HEADLINE_LEAST:
            behind = len("".join(headline)) / len("".join(line.text.split()))
            if abs(behind - line.link_share) <= _EXACTLY:
                kickers[place] = kicker["kicker"]
    alike = Counter(kickers.values())
    # One alone may belong to the article: "Learn more: Buying or leasing a boat".
    places = (p for p, kicker in kickers.items() if alike[kicker] > 1 or not kickers.keys().isdisjoint((p - 1, p + 1)))
    return {page.lines[place].index for place in places}


def _linked(line: Line) -> float:
    """Share of the text in links, a date beside a headline left out: "13 січня, 2016 Ціни на хліб зросли"."""
    if not 0 < line.link_share < _LINKED:
        return line.link_share
    date = _DATED.match(line.text) or _DATED_AFTER.search(line.text, max(0, len(line.text) - 40))
    left = len(line.text) - (date.end() - date.start() if date else 0)
    return min(1.0, line.link_share * len(line.text) / left) if left else line.link_share


def _among_links(lines: Sequence[Line], index: int) -> bool:
    """Whether the lines before and after are links, and no headings: the box of a teaser."""
    beside = lines[max(0, index - 1) : index + 2 : 2]
    return all(_linked(line) >= _LINKED and not line.tag.startswith("h") for line in beside)


def _linked_beside(lines: Sequence[Line], index: int) -> bool:
    return any(_linked(lines[i]) >= _LINKED for i in (index - 1, index + 1) if 0 <= i < len(lines))


def shouted(page: Page) -> Iterator[Drop]:
    """Drop the title of a video at the very end of a text run together: a sign, a shout, and no full stop."""
    if page.lines:
        last = page.lines[-1]
        found = _SHOUT.search(last.text, max(0, len(last.text) - _SHOUT_LENGTH))
        if found:
            yield SHOUTED.drop(last, "a sign and a title at the end", found.start("title"))


def pointed(page: Page) -> Iterator[Drop]:
    """Cut prompts that end in an arrow, wherever they are."""
    for line in page.lines:
        if line.tag != "pre" and _ARROW_SIGN.search(line.text) and _ARROW.search(line.text):
            for found in islice(_POINTED.finditer(line.text), _MOST_POINTED):
                start, end = found.span()
                yield POINTED.drop(line, "a prompt with an arrow", start, end)


def tags(page: Page) -> Iterator[Drop]:
    """Drop rows of hash tags."""
    for line in page.lines:
        if len(line.text) < 400 and _TAGS.match(line.text.strip()):
            yield TAGS.drop(line, "nothing but hash tags")
