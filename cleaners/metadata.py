"""What a page says of itself: JSON-LD first, then metas and microdata, then the text around the headline."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice, takewhile
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

from cleaners.agencies import agency_named, credited_agency
from cleaners.authors import names, strip_label
from cleaners.dates import parse_date
from cleaners.document import Metadata
from cleaners.jsonld import JsonLd
from cleaners.lines import Block, words
from cleaners.title import best_title

__all__ = ["read_metadata", "summary"]

LONGEST_META = 1000
"""Characters of a meta's content that are kept."""

LONGEST_SCRIPT = 500_000
"""Characters of each script that are searched for a date."""

HEAD = 8
"""Blocks below the headline in which a date is the article's."""

OLDER = 2
"""Days by which a date at the headline must be older than the stated one to be believed before it."""

STANDFIRST = 100
"""Characters from which a block below the headline says something of the article."""

MOST_AUTHORS = 12

BYLINE_GAP = 3
"""Blocks from one line of a byline to the next at most."""

BYLINE_DEPTH = 4
"""Elements from a block outwards whose class may say that it is a byline."""

LONGEST_BYLINE = 600
"""Characters of an element that is styled as a byline; longer ones hold the article or a biography."""

MOST_PARTS = 50
"""Elements inside one line that are looked at for its author."""

_PUBLISHED = (  # noqa: SIM905
    "article:published_time og:article:published_time og:published_time datepublished pubdate publishdate "
    "publish_date publish-date published_at parsely-pub-date sailthru.date cxenseparse:recs:publishtime "
    "article.published prism.publicationdate dc.date.issued dcterms.issued dcterms.created dc.date.created "
    "citation_publication_date dc.date dcterms.date date og:pubdate created"
).split()
_AUTHORS = (  # noqa: SIM905
    "author article:author parsely-author cxenseparse:author sailthru.author dc.creator dcterms.creator "
    "dcsext.author byl og:author authors content-creator"
).split()
_DATE_CLASS = re.compile(r"date|time|publi|posted|meta|info", re.IGNORECASE)
_BYLINE_CLASS = re.compile(
    r"author|byline|by-line|autor|avtor|writer|contributor|(?:^|[\s_-])auth(?:$|[\s_-])", re.IGNORECASE
)
_LABELLED = re.compile(
    r"^\W{0,3}(?:автор(?:и|ка|ы)?|текст|підготува(?:в|ла|ли)|подготови(?:л|ла|ли)|by"
    r"|(?:written|reported|reporting|story|words) by|authors?)\b",
    re.IGNORECASE,
)
_COMMENT_CLASS = re.compile(r"comment|reply|related|recommend|sidebar|widget", re.IGNORECASE)
_PICTURE_CLASS = re.compile(r"caption|figure|photo|picture|image|media|img|gallery|(?<![^\W_])tags?(?![^\W_])")
_MODIFIED = re.compile(
    r"оновлен|обновлен|змінено|изменено|редаговано|updated?(?![^\W_])|modified|edited|changed|reviewed", re.IGNORECASE
)
_MODIFIED_CLASS = re.compile(r"modified|updated|changed|last-?(?:modify|update)", re.IGNORECASE)
_PUBLISHED_LABEL = re.compile(r"опубл[иі]кован|publi(?:shed|cation)|posted", re.IGNORECASE)
_PUBLISHED_META = re.compile(r"publi(?:sh|c)|pub[-_.]?date|posted")
_OTHER_META = re.compile(r"modif|updat|expir|publisher|publishing|publicat?or|last|unpubl|public$")
_YEAR = re.compile(r"(?:19|20)\d\d|\b\d\d?\.\d\d?\.\d\d\b|^\d{10}(?:\d{3})?$")
_SCRIPT_DATE = re.compile(
    r"[\"'](?:datePublished|publishedAt|published_at|publishDate|publish_date|publicationDate|firstPublished(?:Date|At)?)"
    r"\\{0,3}[\"']\s{0,3}:\s{0,3}\\{0,3}[\"']((?:19|20)\d\d-\d\d-\d\d[0-9T:.+Z -]{0,24})"
)
_URL_DATE = re.compile(r"/((?:19|20)\d\d)[/-](\d\d?)[/-](\d\d?)(?=[/_-])")
_LANGUAGE = re.compile(r"^\s{0,3}([a-z]{2,3})(?:[-_][\w-]{0,20})?\s{0,3}$", re.IGNORECASE)
_WRONG_CODES = {"ua": "uk", "ukr": "uk", "eng": "en", "rus": "ru", "gb": "en"}


def read_metadata(
    tree: HtmlElement,
    stated: JsonLd,
    blocks: Sequence[Block],
    body: range,
    *,
    url: str | None = None,
    fetched_at: datetime | None = None,
) -> Metadata:
    """The page's metadata. `blocks` are all of its blocks, `body` the places from its body's first to its last."""
    metas = _metas(tree)
    page_title = _squeeze("".join(t.itertext()) if (t := tree.find(".//title")) is not None else "")
    headings = [_squeeze("".join(h.itertext())) for h in tree.iter("h1")]
    site_name = metas.get("og:site_name") or stated.site_name or metas.get("application-name")
    address = _url(tree, metas, url)
    host = re.sub(r"^www\.|\.\w{2,6}$", "", urlsplit(address or "").hostname or "")
    site = [name for name in (site_name, stated.site_name, host) if name]
    forms = [f for f in (stated.headline, metas.get("og:title"), metas.get("twitter:title")) if f]
    title = best_title(
        headings, forms, page_title, site, [b.text for b in blocks[: body.start + 10] if len(b.text) < 200]
    )
    start = _headline_place(blocks, body, title)
    near = _near(blocks, body, start)
    head = _above_text(blocks, start)
    return Metadata(
        title=title,
        authors=_authors(tree, metas, stated, near, _signature(blocks[body.start : body.stop]), site, title),
        published=_published(tree, metas, stated, head, near, address, fetched_at),
        site_name=site_name,
        url=address,
        language=_language(tree, metas, stated),
        headlines=tuple(dict.fromkeys(f for f in (title, *headings, *forms, page_title) if f)),
        section=metas.get("article:section") or stated.section,
        paywalled=None if stated.free is None else not stated.free,
        agency=_agency(metas, stated, blocks, body, start, site),
    )


def summary(tree: HtmlElement) -> str:
    """The page's own description of its article, from og:description; empty where there is none."""
    return _metas(tree).get("og:description", "")


def _metas(tree: HtmlElement) -> dict[str, str]:
    """The contents of the metas by lower-case property, name or itemprop; of several, the first."""
    found: dict[str, str] = {}
    for meta in tree.iter("meta"):
        content = _squeeze((meta.get("content") or "")[:LONGEST_META])
        for key in ("property", "name", "itemprop"):
            if content and (name := (meta.get(key) or "").strip().lower()):
                found.setdefault(name, content)
    return found


def _headline_place(blocks: Sequence[Block], body: range, title: str | None) -> int:
    """Where the headline stands: the last place of it, or of an h1, that is not below the body's beginning."""
    wanted = words(title or "")
    headings = [i for i, b in enumerate(blocks) if b.tag == "h1" or (wanted and b.words == wanted)]
    return max((i for i in headings if i <= body.start), default=headings[0] if headings else body.start)


def _above_text(blocks: Sequence[Block], start: int) -> list[Block]:
    """The short blocks between the headline and the first paragraph."""
    return list(takewhile(lambda b: len(b.text) <= 200, blocks[start + 1 : start + 1 + HEAD]))


def _near(blocks: Sequence[Block], body: range, start: int) -> list[Block]:
    """The blocks in which date and byline may stand: below the headline, just above it, at the end of the body."""
    end = max(start + 20, body.start + 4)
    head = [*blocks[start:end], *reversed(blocks[max(0, start - 8) : start])]
    tail = blocks[max(end, body.stop - 4) : max(end, body.stop + 4)]
    return [b for b in [*head, *tail] if len(b.text) <= 200]


def _published(
    tree: HtmlElement,
    metas: dict[str, str],
    stated: JsonLd,
    head: Sequence[Block],
    near: Sequence[Block],
    url: str | None,
    fetched_at: datetime | None,
) -> str | None:
    """What the structure states, unless a date at the headline is days older; then text, address and scripts.

    Builders of sites state the day of the last deployment as datePublished while readers see the true one.
    """
    found = None
    vague: list[str] = []
    for candidate in _stated_dates(tree, metas, stated):
        # "Dec 23" as an attribute: the year stands elsewhere.
        if not _YEAR.search(candidate):
            vague.append(candidate)
        elif found := parse_date(candidate, fetched_at):
            break
    shown = [d for b in head if _YEAR.search(b.text) and (d := _date_of(b, fetched_at))]
    if found and shown and _days(found) - _days(shown[0]) >= OLDER:
        return shown[0]
    if found:
        return found
    beside = [d for b in near if (d := _date_of(b, fetched_at))]
    for date in (*shown, *beside, *(parse_date(v, fetched_at) for v in vague)):
        if date:
            return date
    times = [t for t in tree.iter("time") if t.get("datetime") and not _is_modified(t)]
    if (
        times
        and len({t.get("datetime") for t in times}) <= 3
        and (found := parse_date(times[0].get("datetime"), fetched_at))
    ):
        return found
    in_url = _URL_DATE.search(url or "")
    return (parse_date("-".join(in_url.groups()), fetched_at) if in_url else None) or _in_scripts(tree, fetched_at)


def _stated_dates(tree: HtmlElement, metas: dict[str, str], stated: JsonLd) -> Iterator[str]:
    """What JSON-LD, metas and microdata say of the day, most trusted first."""
    yield from filter(None, (stated.published, metas.get(_PUBLISHED[0])))
    for element in tree.iter("time", "span", "div", "abbr", "p"):
        if element.get("itemprop") == "datePublished" or (
            element.get("pubdate") is not None and not _in_comment(element)
        ):
            yield element.get("datetime") or element.get("content") or _squeeze("".join(element.itertext()))
    yield from (metas[key] for key in _PUBLISHED if key in metas)
    yield from (metas[key] for key in metas if _PUBLISHED_META.search(key) and not _OTHER_META.search(key))


def _in_comment(element: HtmlElement) -> bool:
    around = islice(element.iterancestors(), 8)
    return any("comment" in f"{e.get('class') or ''} {e.get('id') or ''}".lower() for e in around)


def _days(date: str) -> int:
    return datetime.fromisoformat(date).toordinal()


def _is_modified(element: HtmlElement) -> bool:
    """Whether an element holds the day of a change: its class says so and nothing of publishing, or the text before."""
    classes = (element.get("class") or "") + " " + (element.get("itemprop") or "")
    if _MODIFIED_CLASS.search(classes) and "publi" not in classes.lower():
        return True
    before = element.getprevious()
    label = (element.getparent().text if before is None else before.tail or before.text) or ""
    return bool(_MODIFIED.search(label[-40:])) and "publi" not in label.lower()


def _date_of(block: Block, fetched_at: datetime | None) -> str | None:
    """The date of a line that is there for its date: short, or styled as one; never one that says "updated"."""
    if len(block.text) > 120 or _is_modified(block.element):
        return None
    times = () if _MODIFIED.match(block.text) else islice(block.element.iter("time"), MOST_PARTS)
    for time in times:
        stated = time.get("datetime") or ""
        if stated and not _is_modified(time) and (found := parse_date(stated, fetched_at)):
            return found
    letters = sum(map(str.isalpha, block.text))
    if letters > 40 and not _DATE_CLASS.search(block.attributes[:200]):
        return None
    changed = _MODIFIED.search(block.text)
    if changed is None:
        return parse_date(block.text, fetched_at)
    again = _PUBLISHED_LABEL.search(block.text, changed.end())
    return parse_date(block.text[: changed.start()] if again is None else block.text[again.end() :], fetched_at)


def _in_scripts(tree: HtmlElement, fetched_at: datetime | None) -> str | None:
    """The day that the page's own data name as that of publication, where they name one only."""
    said = {m[1] for script in tree.iter("script") for m in _SCRIPT_DATE.finditer((script.text or "")[:LONGEST_SCRIPT])}
    dates = {d[:10]: d for value in sorted(said) if (d := parse_date(value, fetched_at))}
    return next(iter(dates.values())) if len(dates) == 1 else None


def _authors(
    tree: HtmlElement,
    metas: dict[str, str],
    stated: JsonLd,
    near: Sequence[Block],
    signature: Sequence[str],
    site: Sequence[str],
    title: str | None,
) -> tuple[str, ...]:
    """The first source that names somebody; people before organisations, the site itself last of all: never."""
    sources: list[Iterable[str]] = [stated.people]
    sources.append(metas[key] for key in _AUTHORS if key in metas and "://" not in metas[key])
    sources.append(
        element.get("content") or "".join(element.itertext())
        for element in tree.iter("span", "a", "div", "p", "address")
        if element.get("itemprop") == "author" or element.get("rel") == "author"
    )
    sources += _bylines(near)
    sources += [stated.organisations, signature, (text for b in near for text in _labelled_inside(b))]
    unwanted = {tuple(words(name)) for name in (*site, title or "")}
    agencies: tuple[str, ...] = ()
    for source in sources:
        found = tuple(dict.fromkeys(name for text in source for name in strip_label(_squeeze(text))))
        found = tuple(name for name in (_without_site(n, unwanted) for n in found) if name)
        people = tuple(name for name in found if not agency_named(name))
        if people:
            whole = tuple(name for name in people if " " in name)  # beside full names, one word is a role or a link
            return (whole or people)[:MOST_AUTHORS]
        agencies = agencies or found
    # An agency's own page: what states it as the author means it.
    own = [name for name in (*stated.people, *stated.organisations) if agency_named(name)]
    if agencies or own:
        return (agencies or tuple(dict.fromkeys(own)))[:MOST_AUTHORS]
    desks = (name for name in stated.people if 2 <= len(name.split()) <= 4)  # what names no person: "... Staff"
    return tuple(name for name in desks if name[0].isupper() and not _is_site(name, unwanted))[:MOST_AUTHORS]


def _bylines(near: Sequence[Block]) -> list[list[str]]:
    """The lines that are labelled or styled as bylines, in groups that stand together; a lone label with its name."""
    groups: list[list[str]] = []
    last = -BYLINE_GAP - 1
    for place, block in enumerate(near):
        text = block.text
        labelled = bool(_LABELLED.search(text))
        if not labelled and not (" " in text and _is_styled_byline(block)):
            continue
        if labelled and len(text) <= 20 and not strip_label(text) and place + 1 < len(near):
            text = f"{text} {near[place + 1].text}"
        if place - last > BYLINE_GAP:
            groups.append([])
        groups[-1].append(text)
        last = place
    return groups


def _is_styled_byline(block: Block) -> bool:
    """Whether the block or an element close around it is styled as a byline: one that holds little, no comment."""
    for element in block.path[: -BYLINE_DEPTH - 1 : -1]:
        style = f"{element.get('class') or ''} {element.get('id') or ''}"[:200]
        if _COMMENT_CLASS.search(style):
            return False
        if _BYLINE_CLASS.search(style):
            return sum(map(len, islice(element.itertext(), 100))) <= LONGEST_BYLINE
    return False


def _agency(
    metas: dict[str, str], stated: JsonLd, blocks: Sequence[Block], body: range, start: int, site: Sequence[str]
) -> str | None:
    """The agency that authors, lines right above or below the body, or its own first and last line credit."""
    authors = [*stated.people, *stated.organisations, *(metas[key] for key in _AUTHORS if key in metas)]
    head = _above_text(blocks, start)
    text = next((i for i, b in enumerate(head) if b.tag == "p" and len(b.text) > STANDFIRST), len(head))
    # Below the first sentences, items of a list are the article's.
    above = [b.text for i, b in enumerate(head) if (i < text or b.tag != "li") and _may_credit(b)]
    below = [b.text for b in blocks[max(start, body.stop - 4) : body.stop + 4] if _may_credit(b)]
    long = [b.text for b in blocks[body.start : body.stop] if len(b.text) > 60]
    return credited_agency(authors, above, below, [*long[:1], *long[-1:]], site)


def _may_credit(block: Block) -> bool:
    return len(block.text) <= 120 and block.tag != "figcaption" and not _PICTURE_CLASS.search(block.attributes[:200])


def _labelled_inside(block: Block) -> Iterator[str]:
    """The parts of a line of facts ("10:20 Автор: ... Переглядів: 12") that are marked up or labelled as its author."""
    for element in islice(block.element.iter("span", "a", "b", "i", "em", "strong"), MOST_PARTS):
        text = _squeeze("".join(element.itertext()))
        if (
            " " in text
            and len(text) <= 100
            and (_LABELLED.search(text) or _BYLINE_CLASS.search(element.get("class") or ""))
        ):
            yield text


def _signature(blocks: Sequence[Block]) -> list[str]:
    """The last line of a body where it is nothing but full names, as authors sign a column."""
    text = blocks[-1].text if blocks else ""
    parts = text.rstrip(". ").split(", ") if blocks and len(text) <= 120 and blocks[-1].link_share < 0.5 else []
    whole = all(2 <= len(part.split()) <= 3 and names([part]) == (part,) for part in parts)
    return parts if whole else []


def _is_site(name: str, unwanted: set[tuple[str, ...]]) -> bool:
    own = tuple(words(name))
    return any(own == other or "".join(own) == "".join(other) for other in unwanted) or bool(
        re.search(r"\.(?:com|ua|net|org|info)$", name, re.IGNORECASE)
    )


def _without_site(name: str, unwanted: set[tuple[str, ...]]) -> str:
    """The name, freed of the site's at its end ("Jane Roe Valley Post"); empty if it is the site's."""
    if _is_site(name, unwanted):
        return ""
    parts = name.split()
    for cut in range(2, len(parts)):
        if tuple(words(" ".join(parts[cut:]))) in unwanted:
            return " ".join(parts[:cut])
    return name


def _url(tree: HtmlElement, metas: dict[str, str], url: str | None) -> str | None:
    """The canonical address, else og:url, else the one that the page came from; http and https only."""
    canonical = (e.get("href") for e in tree.iter("link") if (e.get("rel") or "").lower() == "canonical")
    for candidate in (next(canonical, None), metas.get("og:url"), url):
        try:
            joined: str = urljoin(url or "", (candidate or "").strip())
            parts = urlsplit(joined)
            if parts.scheme in ("http", "https") and parts.hostname:
                return joined
        except ValueError:
            continue
    return None


def _language(tree: HtmlElement, metas: dict[str, str], stated: JsonLd) -> str | None:
    keys = ("og:locale", "content-language", "dc.language", "language", "inlanguage")
    for candidate in (tree.get("lang"), tree.get("xml:lang"), stated.language, *(metas.get(key) for key in keys)):
        if candidate and (found := _LANGUAGE.match(candidate)):
            code = str(found[1]).lower()
            return _WRONG_CODES.get(code) or code[:2]
    return None


def _squeeze(text: str) -> str:
    return " ".join(text.split())
