"""Which page does a link lead to? Links to one page get one form, so that it is fetched once however it is linked.

The form follows from the link alone, on every site. What only the page itself can say is read by `canonical`.
"""

from __future__ import annotations

import re
from functools import lru_cache

import httpx2
from courlan.clean import TRACKERS_RE

from flows.urls.uri import BadAddressError, to_uri
from flows.urls.web_address import web_address

__all__ = ["absolute_address", "page_address"]

_CHARACTERS = 8192
# Most links have the form already; taking them apart costs some 80 us each, a minute for a large sitemap. A host of
# digits alone is looked at: it may be no IP address.
_NAME = r"(?:[A-Za-z0-9_~-]|%[89A-F][0-9A-F])+"  # Cyrillic words stand percent-encoded in many addresses
_PLAIN = re.compile(
    rf"https?://(?![0-9.]+/)[a-z0-9]+(?:[.-][a-z0-9]+)*(?:/(?:{_NAME}(?:\.{_NAME})*)?)+(\?[A-Za-z0-9_.~=&-]+)?"
)
_ROOT = re.compile(r"https?://[^/?]+(?![^?])")  # a host with no path behind it
_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}")
_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]")
# courlan's list grows with those of AdGuard, ClearURLs and Firefox, but a part of it are plain words that it looks for
# anywhere (`gallery` for ga, `source`, `cid`), and they tell pages apart. Only its click identifiers (gclid, yclid)
# and prefixes (utm_, mtm_) are taken, without ad_ and ads_, which number advertisements.
_WORD = 4
_ADVERTISEMENT = re.compile(r"ads?_")
# What it does not know. at_, wt_, xtor and the like are in the documentation of whoever reads them; most others are
# known from addresses, and none of them is a name that a site may use for its own purposes (cid, cmp, ref): there
# `batches` finds out by the page itself.
_MORE_PREFIXES = (
    "at_",  # AT Internet, now Piano Analytics
    "fb_action_",  # Facebook
    "hsa_",  # HubSpot
    "matomo_",
    "ns_",  # comScore
    "piwik_",
    "wt_",  # Webtrekk, now Mapp
)
_MORE_TRACKERS = frozenset(
    {
        *("xtor", "xts", "xtref"),  # AT Internet, before at_
        *("_ga", "_gl", "gad_source", "gad_campaignid", "gclsrc", "srsltid"),  # Google
        *("amp_gsa", "amp_js_v", "usqp"),  # its cache of AMP pages
        *("__hsfp", "__hssc", "__hstc", "_hsenc", "_hsmi", "hsctatracking"),  # HubSpot
        *("_openstat", "erid", "rb_clickid"),  # Yandex, the marks of advertisements in Russia, VK
        *("fb_ref", "fb_source", "igsh", "mibextid"),  # Facebook, Instagram
        *("__twitter_impression", "ref_src", "ref_url", "twclid"),  # Twitter
        *("_branch_match_id", "epik", "li_fat_id", "rdt_cid", "sccid", "ttclid"),  # Branch, Pinterest, LinkedIn, ...
        *("dicbo", "tblci"),  # Outbrain, Taboola
        *("_bhlid", "_kx", "__s", "guccounter", "wickedid"),  # beehiiv, Klaviyo, Drip, Yahoo, Wicked Reports
        *("ef_id", "s_cid", "s_kwcid"),  # Adobe
        "wt.mc_id",  # Webtrends
    }
)


def page_address(link: str, base: str | None = None) -> str:
    """The absolute http or https address of a link, in the one form by which its page is known.

    Two links get the same form if they lead to the same page whatever the site: that of `absolute_address`, and without
    the parameters by which newsletters, social networks and advertisers count clicks (utm_source, fbclid, ...). All
    other parameters stay, in their order: which of them tell pages apart only the site knows. Raises ValueError.
    """
    link = link.strip()
    plain = _PLAIN.fullmatch(link)  # no longer than _CHARACTERS, or it is looked at below
    if plain and len(link) <= _CHARACTERS and (plain[1] is None or not _tracked(plain[1][1:])):
        return link
    address = absolute_address(link, base)
    start, mark, query = address.partition("?")
    if mark and (not query or _tracked(query)):
        query = "&".join(part for part in query.split("&") if not _is_tracker(part.partition("=")[0]))
        return f"{start}?{query}" if query.strip("&") else start
    return address


def absolute_address(link: str, base: str | None = None) -> str:
    """The absolute http or https address of a link, as the client asks for it: small host (IDNA), no default port.

    No fragment, no dot segments, and percent-encoding as RFC 3986 would have it: what URIs do not allow is encoded,
    letters and digits are not, with capital hexadecimal digits. The query keeps all its parameters, and so this is the
    form for a redirect, which may add some and insist on them. Raises ValueError.
    """
    link = link.strip()
    if len(link) > _CHARACTERS:
        raise ValueError(f"is no address: it has {len(link):,} characters")
    if _PLAIN.fullmatch(link):
        return link
    try:
        link = _ESCAPE.sub(_escape, link)
        address = (httpx2.URL(base).join(link) if base else httpx2.URL(link)).copy_with(fragment=None)
        if "%" in address.host:  # what is no name, percent-encoded
            raise httpx2.InvalidURL("host")
        return web_address(_ROOT.sub(r"\g<0>/", _ESCAPE.sub(_escape, to_uri(str(address)))))
    except (httpx2.InvalidURL, BadAddressError):
        raise ValueError("is not a web address: it must begin with https:// or http:// and name a host") from None


def _escape(escape: re.Match[str]) -> str:
    character = chr(int(escape[0][1:], 16))
    return character if _UNRESERVED.match(character) else escape[0].upper()


def _tracked(query: str) -> bool:
    return any(_is_tracker(part.partition("=")[0]) for part in query.split("&"))


@lru_cache(maxsize=4096)
def _is_tracker(name: str) -> bool:
    name = name.lower()[:64]
    if name in _MORE_TRACKERS or name.startswith(_MORE_PREFIXES):
        return True
    known = TRACKERS_RE.match(name)
    if known is None or _ADVERTISEMENT.match(name):
        return False
    return known[0].endswith("_") or (known[0] == name and name.endswith("id") and len(name) > _WORD)
