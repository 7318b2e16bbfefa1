"""Which address does a page state as its own (`rel=canonical`)? Mobile, AMP and print versions name their article.

Whether the statement is to be followed is another question: see `variants`.
"""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import ip_address
from itertools import chain, islice
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import tld

from flows.urls.page_address import page_address
from flows.urls.page_head import page_head

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["same_site", "stated_address"]

_LINKS = 8
"""Some templates state the same address two or three times."""

_HEADER_CHARACTERS = 8192
_LINK = re.compile(r"<([^<>]*)>([^<>]*)")
_REL = re.compile(r';\s{0,16}rel\s{0,16}=\s{0,16}(?:"([^"]*)"|([^\s;,"]+))', re.I)


def stated_address(body: bytes, headers: Iterable[tuple[str, str]], url: str) -> str | None:
    """The address in `rel=canonical` of the page's own head, or of its header Link, in the form of `page_address`.

    `body` is the unpacked page, of which the head within the first 256 KiB counts; `url` is where it was found. None:
    there is no such address, several contradict each other, or it cannot be believed. That is one of another site
    (of another registrable domain), and a site's root stated by a page that is not the root: templates do that to every
    page, and a whole site would become one page.
    """
    fields = [(name.lower(), value) for name, value in headers]
    stated: set[str] = set()
    for link in islice(chain(_in_headers(fields), _in_head(body, fields)), _LINKS):
        try:
            stated.add(page_address(link, url))
        except ValueError:
            return None
    if len(stated) != 1:
        return None
    (address,) = stated
    there, here = urlsplit(address), urlsplit(url)
    if not there.path.strip("/") and not there.query and (here.path.strip("/") or here.query):
        return None
    return address if same_site(address, url) else None


def same_site(one: str, other: str) -> bool:
    """Whether two web addresses lie below one registrable domain (www. and m. of it), or on one and the same host.

    What is registrable says the Public Suffix List, as it comes with tld.
    """
    site = _site(urlsplit(one).hostname or "")
    return bool(site) and site == _site(urlsplit(other).hostname or "")


@lru_cache(maxsize=1024)
def _site(host: str) -> str:
    try:
        return str(ip_address(host))
    except ValueError:
        return tld.get_fld(f"https://{host[:253]}/", fail_silently=True) or host


def _in_headers(fields: list[tuple[str, str]]) -> Iterator[str]:
    joined = ", ".join(value for name, value in fields if name == "link")[:_HEADER_CHARACTERS]
    for link in _LINK.finditer(joined):
        rel = _REL.search(link[2])
        if rel and "canonical" in (rel[1] or rel[2] or "").lower().split():
            yield link[1]


def _in_head(body: bytes, fields: list[tuple[str, str]]) -> Iterator[str]:
    head = page_head(body, fields, b"canonical")
    if head is None:
        return
    for link in (tag.attributes for tag in head.tags if tag.name == "link"):
        href = link.get("href", "")
        if "canonical" in link.get("rel", "").lower().split() and (head.charset or href.isascii()):
            yield href
