"""The headline: its forms on the page, and the best of them without the site's name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from html import unescape

from lxml.html import HtmlElement

from cleaners.metadata.dates import parse_date
from cleaners.metadata.head import squeeze
from cleaners.read.words import words
from cleaners.vocabulary import alternatives

__all__ = ["best_title", "parts_beside", "without_badge", "without_site"]

MAX_TITLE = 400
"""Characters of a headline; longer texts are none."""

_BREAK = re.compile(r"\s{1,3}(?:[|·•»›–—:/]|-|::|\\|⋆|⇒|→){1,2}\s{1,3}|\s?\|\s?|\s::\s")
_SITE_WORDS = re.compile(
    r"(?<!\w)(?:[\w-]{2,30}\.(?:ua|com|net|org|info|news|co|uk|tv|ru|media|io|eu|fm)"
    rf"|{alternatives('site.name_word')})(?!\w)",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"(?:www\.)?[\w-]{2,40}(?:\.[\w-]{2,20}){1,3}/?", re.IGNORECASE)
"""A heading that is the site's address."""
_LABEL = re.compile(r"\W{0,2}[^\W\d_]{2,20}\s?:\s{0,3}")
_POSTED = re.compile(
    rf"\s{{0,3}}(?:{alternatives('headline.posted')})\b|\s{{0,3}}[(\[—–-]?\s?\d{{1,2}}[.:/]\d\d", re.IGNORECASE
)
_MAX_LABEL_WORDS = 3
"""Words of a label that only the h1 has."""
_MIN_OWN = 3
"""Words of a headline without its badges."""
_STEM = 5
"""Letters of a word that are compared, so that endings do not count."""


def best_title(
    headings: Sequence[str],
    stated: Sequence[str],
    page_title: str,
    site: Iterable[str],
    shown: Sequence[str] = (),
    above: Sequence[str] = (),
) -> str | None:
    """The headline that readers see.

    `headings` are the page's h1 texts in order, `stated` the forms in JSON-LD, og:title and other metas, `page_title`
    is `<title>`, `site` the names that the site goes by, `shown` short texts from around the page's beginning, one of
    which may be the headline in other markup, `above` the headings right above the text, the nearest last. An h1 is
    preferred where it says what another form says, a lone one also where it shares some words with it or stands right
    above the text; where no form is stated, so is a heading above the text that is a part of `<title>`.
    """
    headings, stated = [unescape(h) for h in headings], [unescape(t) for t in stated]
    forms = [words(t) for t in stated]
    # Some pages state their headline as og:site_name: a long name that is also a headline is no name.
    names = [w for w in map(words, site) if w and not (len(w) > 3 and w in forms)]
    names += _named_beside(headings, forms, words(page_title))
    whole = [words(h) for h in headings if len(words(h)) >= _MIN_OWN]
    others = [
        t if words(t) in whole else without_site(t, names, [*headings, *stated, *shown])
        for t in [*stated, unescape(page_title)]
        if "{{" not in t
    ]
    others = [t for t in others if 0 < len(t) <= MAX_TITLE and words(t) not in names]
    headings = [without_site(h, names, surely=True) for h in headings if 0 < len(h) <= MAX_TITLE]
    headings = [h for h in headings if h and words(h) not in names and not _ADDRESS.fullmatch(h)]
    above = [h for h in above if 0 < len(h) <= MAX_TITLE and words(h) not in names]
    for pool in (others[: len(stated)], others):
        for heading in headings:
            if any(_alike(heading, other) for other in pool):
                return _without_label(heading, others)
    if not stated and (part := _part_above(above, page_title)):
        return part
    if others and len(set(headings)) == 1 and _same_topic(headings[0], others[0]):
        return headings[0]
    if not stated and len(set(headings)) == 1 and headings[0] in above and len(words(headings[0])) > 1:
        return headings[0]
    is_shown = any(words(text) == words(other) for other in others for text in shown)
    if not (stated or headings or is_shown) and len(above) == 1 and len(words(above[0])) >= _MIN_OWN:
        return above[0]
    if not others:
        return next(iter(headings), None)
    first = words(others[0])
    # A form that was cut off may be whole in the next.
    return next((t for t in others[1 : len(stated)] if len(first) > 4 and words(t)[: len(first)] == first), others[0])


def _part_above(above: Sequence[str], page_title: str) -> str | None:
    """The longest heading above the text that is, word for word, one part of `<title>`: no name of a section alone."""
    parts = [words(part) for part in _BREAK.split(page_title[: MAX_TITLE * 2])]
    found = [h for h in above if len(words(h)) > 1 and words(h) in parts and len(parts) > 1]
    return max(found, key=len, default=None)


def parts_beside(title: str, page_title: str) -> list[str]:
    """The parts of `<title>` other than the headline `title`; empty where that is not one of its parts."""
    parts = [part for part in _BREAK.split(page_title[: MAX_TITLE * 2]) if words(part)]
    own = words(title)
    rest = [part for part in parts if words(part) != own]
    return rest if len(rest) < len(parts) else []


def without_badge(heading: HtmlElement, forms: Iterable[str]) -> str:
    """The text of an h1, without the elements in it where the rest alone is how another form begins or ends.

    Those are badges: "VIDEO", "updated", the section; or a subtitle beside an element with the headline that is a form.
    """
    whole = squeeze("".join(heading.itertext()))
    while len(heading) == 1 and not squeeze((heading.text or "") + (heading[0].tail or "")):
        heading = heading[0]
    rest = squeeze(" ".join([heading.text or "", *(child.tail or "" for child in heading)]))
    forms = list(forms)
    known = [words(form) for form in forms]
    is_badged = len(words(rest)) >= _MIN_OWN and _ends(rest, known) and not _ends(whole, known)
    is_part = words(rest) in [words(part) for form in forms for part in _BREAK.split(form[: MAX_TITLE * 2])[1:]]
    if is_badged or (is_part and len(words(rest)) >= _MIN_OWN):
        return rest
    parts = [squeeze("".join(child.itertext())) for child in heading]
    alone = len(parts) > 1 and not (rest or words(whole) in known)
    return next((p for p in parts if alone and len(words(p)) >= _MIN_OWN and words(p) in known), whole)


def _ends(text: str, forms: Iterable[Sequence[str]]) -> bool:
    """Whether one of the forms begins or ends with the text."""
    own = words(text)
    return any(own in (form[: len(own)], form[-len(own) :]) for form in forms)


def _named_beside(
    headings: Sequence[str], forms: Sequence[Sequence[str]], page_title: Sequence[str]
) -> Iterator[list[str]]:
    """The headings that are the site's name: `<title>` is such a heading and the stated headline, side by side."""
    for own in map(words, headings):
        longer = [list(form) for form in forms if len(form) > len(own) > 0]
        if any(page_title in (own + form, form + own) for form in longer):
            yield own


def _without_label(heading: str, others: Iterable[str]) -> str:
    """The heading without a date, a time or a label ("Blog:") around what another form gives as the whole headline."""
    own = words(heading)
    others = list(others)

    def agreed(form: Sequence[str]) -> bool:
        # Measured on 900 pages: where two forms say the same without the one to three words before, they are right.
        return len(own) - len(form) <= _MAX_LABEL_WORDS and sum(words(other) == form for other in others) > 1

    for other in others:
        rest = len(own) - len(wanted := words(other))
        if rest <= 0 or len(wanted) < 3:
            continue
        if own[rest:] == wanted:
            before = heading[: len(heading) - len(other)] if heading.endswith(other) else ""
            if before and (_LABEL.fullmatch(before) or parse_date(before) or before.isupper() or agreed(wanted)):
                return other
        elif heading.startswith(other) and _POSTED.match(heading[len(other) :]):
            return other
    return heading


def without_site(title: str, names: Sequence[Sequence[str]], forms: Sequence[str] = (), *, surely: bool = False) -> str:
    """The title without the parts at its ends that name the site, or that no other of the headline's `forms` has.

    Short parts after a vertical bar are always removed: a section, or a site that is not named elsewhere. With
    `surely`, only parts that are exactly a name are removed.
    """
    title = title.strip()
    for _ in range(3):
        breaks = list(_BREAK.finditer(title[: MAX_TITLE * 2]))
        if not breaks:
            break
        first, last = breaks[0], breaks[-1]
        rest, end, start = title[: last.start()], title[last.end() :], title[: first.start()]
        if surely:
            drop_end, drop_start = words(end) in names, words(start) in names
        else:
            drop_end, drop_start = _is_site(end, names) or _is_other(rest, end, forms), _is_site(start, names)
        if drop_end or ("|" in last[0] and len(words(end)) <= 5 and len(words(rest)) > max(2, len(words(end)))):
            title = rest
        elif drop_start:
            title = title[first.end() :]
        else:
            break
    return title.strip()


def _is_site(part: str, names: Sequence[Sequence[str]]) -> bool:
    own = words(part)
    if not own:
        return True
    joined = "".join(own)
    for name in names:
        whole = "".join(name)
        if (
            joined == whole
            or (len(joined) > 3 and joined in whole)
            or (len(whole) > 3 and whole in joined and len(own) < 8)
        ):
            return True
    return len(own) <= 5 and bool(_SITE_WORDS.search(part))


def _is_other(rest: str, part: str, forms: Sequence[str]) -> bool:
    """Whether another form of the headline is `rest` alone, so that `part` is the site's."""
    wanted, own = words(rest), words(part)
    return len(wanted) > 2 and len(own) < 8 and any(words(form) == wanted for form in forms)


def _alike(one: str, other: str) -> bool:
    a, b = set(words(one)), set(words(other))
    if len(a & b) >= 3 and (a <= b or b <= a):
        return True  # one is the other, cut or with an addition
    return bool(a and b) and len(a & b) >= 0.6 * min(len(a), len(b)) and len(a & b) >= 0.3 * max(len(a), len(b))


def _same_topic(one: str, other: str) -> bool:
    """Whether both share two longer words, whatever their endings, and the first has the length of a headline."""
    stems = [{word[:_STEM] for word in words(t) if len(word) > 3} for t in (one, other)]
    return 3 < len(words(one)) <= 20 and len(stems[0] & stems[1]) >= 2
