"""Metadata about the publisher: the page's address, the site's name, the section, the paywall."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

from cleaners.metadata.head import MAX_META, META_KEYS, PageHead, squeeze
from cleaners.metadata.jsonld import is_true
from cleaners.read.blocks import Block
from cleaners.read.words import words
from cleaners.vocabulary import alternatives, markup, markup_alternatives

__all__ = ["address_of", "is_paywalled", "section_of", "site_name_of"]

MAX_URL = 2000
"""Characters of an address."""

MAX_NAME = 120
"""Characters of the name of a site or a section."""
_NOT_IN_URL = re.compile(r"[\s<>\"\\\\^`{|}\x00-\x1f\x7f]")
_NO_SECTION = re.compile(rf"\W*(?:category:\W*)?(?:{alternatives('site.no_section')}|\d*)\W*", re.IGNORECASE)
_WALL_CLASS = re.compile(markup_alternatives("class.paywall"))
_WALL_TEXT = re.compile(alternatives("site.paywall"), re.IGNORECASE)
_PAID_TIERS = frozenset(markup("meta.paid_tier"))


def address_of(tree: HtmlElement, url: str | None) -> str | None:
    """The page's own address: the canonical one, else og:url, else `url`, where the page came from.

    The first two may be wrong. They are believed if they are absolute or relative to `url`, http or https, without a
    password, of the same site as `url`, and not its front page where `url` is not.
    """
    canonical = (e.get("href") for e in tree.iter("link") if (e.get("rel") or "").lower() == "canonical")
    for candidate in (next(canonical, None), _og_url(tree)):
        if candidate and (found := _address(candidate, url)) and (url is None or _same_page(found, url)):
            return found
    return _address(url, None) if url else None


def _og_url(tree: HtmlElement) -> str | None:
    """The first og:url that is not blank. The other metas are read later, when other articles have left the tree."""
    metas = (e for e in tree.iter("meta") if any((e.get(key) or "").strip().lower() == "og:url" for key in META_KEYS))
    return next((content for e in metas if (content := squeeze((e.get("content") or "")[:MAX_META]))), None)


def _address(candidate: str, base: str | None) -> str | None:
    candidate = candidate.strip()
    if len(candidate) > MAX_URL or _NOT_IN_URL.search(candidate):
        return None
    try:
        joined: str = urljoin(base or "", candidate)
        parts = urlsplit(joined)
        good = parts.scheme in ("http", "https") and "." in (parts.hostname or "") and "@" not in parts.netloc
        return joined if good and (parts.port is None or parts.port > 0) else None
    except ValueError:
        return None


def _same_page(found: str, url: str) -> bool:
    """Whether the address can be another spelling of the page's: same host or domain, and no front page for it."""
    one, other = urlsplit(found), urlsplit(url)
    hosts = [re.sub(r"^(?:www|m|amp|mobile)\.", "", part.hostname or "") for part in (one, other)]
    labels = [host.split(".") for host in hosts]
    short = 3 if any(len(part) > 2 and len(part[-2]) <= 3 and len(part[-1]) == 2 for part in labels) else 2
    same = hosts[0] == hosts[1] or (len(labels[0]) >= short and labels[0][-short:] == labels[1][-short:])
    return same and (len(one.path) > 1 or bool(one.query) or len(other.path) <= 1)


def site_name_of(head: PageHead, forms: Sequence[str]) -> str | None:
    """The first stated name of the site that is not the page's headline, as some pages have it."""
    headlines = [own for form in forms if len(own := words(form)) > 3]
    names = (head.metas.get("og:site_name"), head.jsonld.site_name, head.metas.get("application-name"))
    return next((n for n in names if n and len(n) <= MAX_NAME and words(n) not in headlines), None)


def section_of(head: PageHead, site: Sequence[str]) -> str | None:
    """The section, from metas, JSON-LD or its breadcrumbs; never a placeholder such as "Uncategorized"."""
    none = {tuple(words(name)) for name in site}
    for candidate in (head.metas.get("article:section"), head.jsonld.section, *head.jsonld.trail):
        if not candidate or len(candidate) > MAX_NAME or _NO_SECTION.fullmatch(candidate):
            continue
        if tuple(words(candidate)) not in none:
            return candidate
    return None


def is_paywalled(head: PageHead, blocks: Sequence[Block], body: range) -> bool | None:
    """Whether the rest needs a subscription, by JSON-LD, metas, or a prompt in a paywall's markup below the text."""
    if head.jsonld.free is not None:
        return not head.jsonld.free
    if (free := head.metas.get("isaccessibleforfree")) is not None:
        return not is_true(free)
    if tier := head.metas.get("article:content_tier") or head.metas.get("content_tier"):
        return tier.lower() in _PAID_TIERS
    end = blocks[max(body.start, body.stop - 2) : body.stop + 4]
    if any(not b.hidden and _WALL_CLASS.search(b.attributes[:200]) and _WALL_TEXT.search(b.text) for b in end):
        return True
    return None
