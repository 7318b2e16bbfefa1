"""Which of many captures a source takes: by host, day, media type and declared language."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from babel.core import get_global

from flows.archive.payload import is_plain

if TYPE_CHECKING:
    from datetime import datetime

    from flows.config.kinds import CdxSource, WarcSource

__all__ = ["Filters", "guessed_kind", "html_language", "spoken"]

_HTML_LANGUAGE = re.compile(
    rb"<html\b[^<>]{0,2000}?\b(?:xml:)?lang\s{0,16}=\s{0,16}[\"']?([A-Za-z]{2,3})(?![A-Za-z])", re.I
)
_DATA = (b"{", b"[", b"%pdf")  # JSON and the like: text, but no page
_UNKNOWN = ("", "-", "unk", "unknown")


class Filters:
    """The filters that a source's fields set. What a capture does not declare excludes it from none of them."""

    def __init__(self, source: WarcSource | CdxSource) -> None:
        self.languages = frozenset(source.languages)
        self.dated = source.since is not None or source.until is not None
        self._hosts = frozenset(source.hosts)
        self._since = source.since.strftime("%Y%m%d") if source.since else "0"
        self._until = source.until.strftime("%Y%m%d") if source.until else "9"
        self._mime = frozenset(source.mime)

    def host(self, url: str) -> bool:
        """Whether the address is on one of the hosts, or on a subdomain of one."""
        if not self._hosts:
            return True
        try:
            host = (urlsplit(url).hostname or "").rstrip(".")
            return _below(host if host.isascii() else host.encode("idna").decode(), self._hosts)
        except ValueError:
            return False

    def day(self, at: datetime | str) -> bool:
        """Whether a moment in UTC, or its digits (YYYYMMDD and more), is between since and until."""
        day = at[:8] if isinstance(at, str) else at.strftime("%Y%m%d")
        return self._since <= day <= self._until

    def kind(self, mime: str | None) -> bool:
        """Whether a media type, with or without parameters, is wanted."""
        return (mime or "").split(";", 1)[0].strip().lower() in self._mime

    def kind_or_unknown(self, mime: str) -> bool:
        """The same for lists, where an unknown type passes."""
        return mime.lower() in _UNKNOWN or self.kind(mime)

    def speaks(self, languages: frozenset[str]) -> bool:
        """Whether one of the declared languages is wanted, or none is declared."""
        return not self.languages or not languages or not self.languages.isdisjoint(languages)


@lru_cache(maxsize=4096)
def spoken(stated: str) -> frozenset[str]:
    """The languages of a header or field (`uk-UA, en`, `ukr,eng`) as ISO 639-1 codes; others unchanged."""
    tags = re.split(r"[,;\s]+", stated[:200].lower())
    codes = {re.split(r"[-_]", tag)[0] for tag in tags}
    return frozenset(_short(code) for code in codes if re.fullmatch(r"[a-z]{2,3}", code) and code not in ("und", "mul"))


def html_language(head: bytes) -> frozenset[str]:
    """The language that the `<html>` element in the first bytes of a page declares."""
    found = _HTML_LANGUAGE.search(head)
    return spoken(found[1].decode()) if found else frozenset()


def guessed_kind(head: bytes) -> str | None:
    """The media type of a page that came without one, as browsers guess it; None: it is no text."""
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:64].lower()
    if not start or not is_plain(head) or start.startswith(_DATA):
        return None
    if not start.startswith(b"<"):
        return "text/plain"
    return "application/xml" if start.startswith((b"<?xml", b"<svg", b"<rss", b"<feed")) else "text/html"


def _short(code: str) -> str:
    """ISO 639-1 for the three letters of ISO 639-2 and -3, by the tables of Unicode's CLDR in babel."""
    return str(get_global("language_aliases").get(code, code)) if len(code) == 3 else code


@lru_cache(maxsize=65_536)
def _below(host: str, hosts: frozenset[str]) -> bool:
    while host:
        if host in hosts:
            return True
        host = host.partition(".")[2]
    return False
