"""What a run must make of each behaviour: the statuses of the pages, the reason, and the requests that it costs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

__all__ = ["EXPECTED", "Expected"]

QUICK = {"timeout_seconds": 2}
"""For answers that never come to their end: the run gives them up by the clock, and by nothing else."""

NO_TIME = r"no whole answer within 2 s"
CUT = "the connection was cut, or the answer is no whole HTTP"


@dataclass(frozen=True, slots=True)
class Expected:
    """`pages` counts the run's outcomes by status: "new", "new 3 failed 1"; "" where the source itself is in trouble.

    `reason` is a pattern of why a page is not new, or of why the source gave none. `requests` are those that the server
    saw on all hosts, without `robots`, which are those for /robots.txt. `limits` are the source's, `kind` its kind.
    `later` is what a run two hours later makes of the page, and `later_requests` what that costs without robots.txt.
    """

    pages: str
    reason: str = ""
    requests: int = 1
    robots: int = 1
    kind: str = "urls"
    limits: Mapping[str, object] = field(default_factory=dict)
    later: str = ""
    later_requests: int = 0

    @property
    def counts(self) -> dict[str, int]:
        """The statuses with their numbers."""
        return {status: int(number or 1) for status, number in re.findall(r"([a-z]+)(?: (\d+))?", self.pages)}


def _new(requests: int = 1, robots: int = 1, **more: object) -> Expected:
    return Expected("new", "", requests, robots, **more)  # type: ignore[arg-type]


def _failed(reason: str, requests: int = 1, robots: int = 1, **more: object) -> Expected:
    return Expected("failed", reason, requests, robots, **more)  # type: ignore[arg-type]


def _refused(reason: str, requests: int = 0, robots: int = 1, **more: object) -> Expected:
    return Expected("refused", reason, requests, robots, **more)  # type: ignore[arg-type]


def _waiting(reason: str, requests: int = 0, robots: int = 1, **more: object) -> Expected:
    return Expected("waiting", reason, requests, robots, **more)  # type: ignore[arg-type]


def _hanging(reason: str = NO_TIME, requests: int = 1) -> Expected:
    return _failed(reason, requests, limits=QUICK)


_ONWARD = "sends its readers to http"

_REDIRECTS = {
    **{f"redirect {status}": _new(2) for status in (301, 302, 303, 307, 308)},
    "redirect relative": _new(2),
    "redirect by scheme-relative address": _new(2),
    "redirect to letters": _new(2),
    "redirect 300": _failed("answered 300"),
    "redirect 305 to a proxy": _failed("answered 305"),
    "redirect without Location": _failed("answered 302"),
    "redirect with empty Location": _failed("answered 302"),
    "redirect to itself": _failed("redirects in a circle"),
    "redirect to itself for a cookie": _failed("redirects in a circle"),
    "redirect in a circle": _failed("redirects in a circle", 2),
    "redirect five times": _new(6),
    "redirect six times": _failed(r"more than 5 redirects \(limits.redirects\)", 6),
    "redirect without end": _failed(r"more than 5 redirects \(limits.redirects\)", 6),
    "redirect to another host": _new(2, 2),
    "redirect to a page that is gone": _failed("answered 404", 2, 2),
    "redirect to a host that forbids": _refused(r"robots\.txt", 1, 2),
    "redirect to a closed port": _failed("refuses the connection"),
    "redirect to a private address": _failed("private"),
    "redirect to a private name": _failed("private"),
    "redirect to a name of this machine": _failed("private"),
    "redirect to a metadata address": _failed("private"),
    "redirect to IPv6 loopback": _failed("private"),
    "redirect to file:": _failed("is not a web address"),
    "redirect to javascript:": _failed("is not a web address"),
    "redirect to data:": _failed("is not a web address"),
    "redirect to ftp:": _failed("is not a web address"),
    "redirect with a password": _failed("holds a user name or password"),
    "redirect to a very long address": _failed("it has 9,00"),
    "redirect to no address": _failed("is not a web address"),
    "refresh to a page": Expected("new empty", _ONWARD, 2),
    "refresh to a page on another host": Expected("new empty", _ONWARD, 2, 2),
    "refresh to a page that is left again": Expected("empty 2", _ONWARD, 2),
    "refresh in a circle": Expected("empty 2", _ONWARD, 2),
    "refresh to a private name": Expected("empty failed", f"{_ONWARD}|private"),
    "refresh to a metadata address": Expected("empty failed", f"{_ONWARD}|private"),
    "refresh to a page that robots.txt forbids": Expected("empty refused", rf"{_ONWARD}|robots\.txt"),
    "refresh to the front page": Expected("empty", _ONWARD),
    "refresh to file:": Expected("empty"),
    "refresh to javascript:": Expected("empty"),
    "page of no text that names another as its own": Expected("new empty", _ONWARD, 2),
}

_FINAL = (400, 401, 402, 403, 404, 405, 406, 410, 418, 451, 501, 505)
_PASSING = (408, 425, 429, 500, 502, 503, 504, 599)
_SOON = ("in 0 seconds", "in a date gone by", "in no time that exists", "in minus 5 seconds", "in 400 digits")
_LATE = ("in an hour", "in a far date", "in a thousand years")
_LEFT_ALONE = "its host is paused for"

_STATUSES = {
    **{f"status {status}": _failed(f"answered {status}") for status in _FINAL},
    "status 401 that asks for a password": _failed("answered 401"),
    "status 403 that asks for a cookie": _failed("answered 403"),
    **{f"status {status} for ever": _failed(f"answered {status}", 3) for status in _PASSING},
    **{f"status {status} once": _new(2) for status in _PASSING},
    **{f"status {s}, again {time}": _failed(f"answered {s}", 3) for s in (429, 503) for time in _SOON},
    **{f"status {s}, again {time}": _waiting(_LEFT_ALONE, 1) for s in (429, 503) for time in _LATE},
    "status 429, again in a second": _failed("answered 429", 3),
    "status 503, again in a second": _waiting(_LEFT_ALONE, 1, limits={"patience_seconds": 0.5}),
    "status 429 once, again in 0 seconds": _new(2),
    "status 404 with Retry-After": _failed("answered 404"),
    "status 404 among others": Expected("new failed", "answered 404", 2),
    "status 429 among others": Expected("waiting 2", _LEFT_ALONE, 1),
    "status 202": _failed("answered 202"),
    "status 203": _new(),
    "status 204": _failed("answered 204"),
    "status 205": _failed("answered 205"),
    "status 206": _failed("answered 206"),
    "status 304 by ETag": _new(later="unchanged", later_requests=1),
    "status 304 by Last-Modified": _new(later="unchanged", later_requests=1),
    "status 304 by weak ETag with a lie": _new(later="unchanged", later_requests=1),
    "status 304 unasked": _failed("answered 304"),
    "status 101 unasked": _failed(CUT, 3),
    "status 999": _failed("answered 999", 3),
    "status 099": _failed(CUT, 3),
}

_TWO = Expected("new 2", "", 2)

_WIRES = {
    "silence": _hanging(),
    "silence in the head": _hanging(),
    "silence in the body": _hanging(),
    "silence once": _hanging(),
    "head that never ends": _hanging(),
    "head that floods": _failed(CUT, 3),
    "head line that floods": _failed(CUT, 3),
    "head that trickles": _hanging(),
    "header of 300 KB": _failed(CUT, 3),
    "headers, 10,000 of them": _failed(CUT, 3),
    "body that trickles": _hanging(),
    "body without end": _failed("sends more than"),
    "chunks without end": _failed("sends more than"),
    "length too small": _TWO,
    "length too great": _failed(CUT, 3),
    "length of all that fits": _failed("states 999,999,999,999,999 bytes"),
    "length below zero": _failed(CUT, 3),
    "length that is no number": _failed(CUT, 3),
    "two lengths": _failed(CUT, 3),
    "chunks": _new(),
    "chunks with a trailer": _new(),
    "chunk size that is no number": _failed(CUT, 3),
    "chunk of another size": _failed(CUT, 3),
    "chunks that end early": _failed(CUT, 3),
    "chunks and a length": _new(),
    "encoding of transfer unknown": _failed(CUT, 3),
    "refused": _failed("refuses the connection", 0, 0),
    "cut at once": _failed(CUT, 3),
    "cut in the head": _failed(CUT, 3),
    "cut in the body": _failed(CUT, 3),
    "cut once": _new(2),
    "reset": _failed(CUT, 3),
    "reset in the body": _failed(CUT, 3),
    "cut between pages": _TWO,
    "HTTP/0.9": _failed(CUT, 3),
    "HTTP/1.0 to the end of the connection": _new(),
    "HTTP/1.0 that keeps alive": _TWO,
    "HTTP/2 unasked": _failed(CUT, 3),
    "SSH": _failed(CUT, 3),
    "100 Continue before the answer": _new(),
    "103 Early Hints before the answer": _new(),
    "100 Continue for ever": _hanging(),
    "answer twice": _TWO,
    "garbage after the body": _TWO,
    "no reason": _new(),
    "bare line feeds": _new(),
    "folded header": _new(),
    "header without a colon": _failed(CUT, 3),
    "header with NUL": _failed(CUT, 3),
    "TLS with a certificate of its own making": _failed("its TLS certificate is not valid", 0, 0),
    "TLS to who speaks none": _failed("speaks no TLS", 0, 0),
    "name that is not known": _failed("its host is not known", 0, 0),
}

_OBEYED = {"obey_noindex": True}

_BODIES = {
    "gzip": _new(),
    "gzip bomb": _failed("when unpacked"),
    "gzip bomb in a bomb": _failed("when unpacked"),
    "gzip cut": _failed("broken gzip"),
    "gzip damaged": _failed("broken gzip"),
    "gzip said, plain sent": _new(),
    "gzip sent, nothing said": _new(),
    "gzip twice": _new(),
    "deflate": _new(),
    "deflate without its frame": _new(),
    "brotli said, gzip sent": _new(),
    "encoding unknown": _new(),
    "encoding unknown, packed": _failed("unknown content encoding"),
    "encodings, 5 of them": _failed("5 content encodings"),
    "charset that lies": _new(),
    "charset unknown": _new(),
    "charset of 10,000 letters": _new(),
    "UTF-16 without a mark": _new(),
    "UTF-16 with a mark": _new(),
    "body with NULs": _new(),
    "body of noise": _failed(""),
    "body of 20,000 tags in one another": _new(),
    "body too long": _failed("limits.page_bytes"),
    "nothing": Expected("empty"),
    "blanks": Expected("empty"),
    "no type": _new(),
    "type of plain text": _new(),
    "PDF": _failed("is application/pdf, no page"),
    "PDF that says it is a page": _failed(""),
    "image": _failed("is image/png, no page"),
    "archive": _failed("is application/zip, no page"),
    "type that is no type": _failed("is ///, no page"),
    "noindex in the head": _new(),
    "noindex in the page": _new(),
    "TDM reserved in the head": _new(),
    "TDM reserved in the page": _new(),
    "noindex in the head, obeyed": _refused("noindex", 1, limits=_OBEYED),
    "noindex in the page, obeyed": _refused("noindex", 1, limits=_OBEYED),
    "TDM reserved in the head, obeyed": _refused("(?i)tdm", 1, limits=_OBEYED),
    "TDM reserved in the page, obeyed": _refused("(?i)tdm", 1, limits=_OBEYED),
    "noindex for another robot, obeyed": _new(limits=_OBEYED),
    "refresh to itself": _new(),
}


def _source(reason: str, requests: int = 1, **more: object) -> Expected:
    """The feed or sitemap itself cannot be had: no page, and the run says why."""
    return Expected("", reason, requests, **more)  # type: ignore[arg-type]


_FEEDS = {
    "feed": Expected("new 3", "", 4),
    "feed as JSON": Expected("new 3", "", 4),
    "feed that is HTML": _source("is an HTML page, no feed"),
    "feed that is empty": _source("is empty, no feed"),
    "feed that is gone": _source("answered 410"),
    "feed that is cut": _source(CUT, 3),
    "feed in silence": _source(NO_TIME, limits=QUICK),
    "feed busy once": Expected("new 3", "", 5),
    "feed that moved": Expected("new 3", "", 5),
    "feed of broken XML": Expected("new 3", "", 4),
    "feed with a billion laughs": Expected("new 3", "", 4),
    "feed that says it is HTML": Expected("new 3", "", 4),
    "feed with addresses of others": Expected("new 3 failed 3", "private|web address", 4),
    "feed that is a bomb": _source("when unpacked"),
}

_SITEMAPS = {
    "sitemap": Expected("new 3", "", 4),
    "sitemap of 60,000 entries": Expected("new 20", "", 21, limits={"pages_per_run": 20}),
    "sitemap in gzip": Expected("new 3", "", 4),
    "sitemap that is HTML": _source("is an HTML page, no sitemap"),
    "sitemap that is gone": _source("answered 404"),
    "sitemap that ends early": Expected("new 3", "", 4),
    "sitemap with a billion laughs": Expected("new 3", "", 4),
    "sitemap that is a bomb": _source("when unpacked"),
    "sitemap of private addresses": Expected("new 1 failed 4", "private|web address", 2),
    "sitemaps in a circle": Expected("new 2", "", 5),
    "sitemaps deeper and deeper": Expected("failed", "indexes deep", 5),
    "sitemaps at private addresses": Expected("failed 4", "private|web address", 1),
    "sitemaps, one of them gone": Expected("new 2 failed", "answered 404", 5),
    "sitemaps, one of them HTML": Expected("new 2 failed", "is an HTML page", 5),
    "sitemaps, one of them cut": Expected("new 2 failed", CUT, 7),
}

_FORBIDDEN = _refused(r"robots\.txt")
_NO_RULES = r"robots\.txt"

_ROBOTS = {
    "robots: all forbidden": _FORBIDDEN,
    "robots: the page forbidden": _FORBIDDEN,
    "robots: one of two forbidden": Expected("new refused", r"robots\.txt"),
    "robots: we are forbidden by name": _FORBIDDEN,
    "robots: another is forbidden": _new(),
    "robots: the longer rule allows": _new(),
    "robots: a wildcard forbids": _FORBIDDEN,
    "robots: a wildcard full of stars": _new(),
    "robots: letters of both cases": _FORBIDDEN,
    "robots: a mark of byte order first": _FORBIDDEN,
    "robots: old ends of lines": _FORBIDDEN,
    "robots: NULs": _FORBIDDEN,
    "robots: not UTF-8": _FORBIDDEN,
    "robots: in gzip": _FORBIDDEN,
    "robots: a bomb in gzip": _new(),
    "robots: a delay": _new(),
    "robots: a delay of a year": Expected("new waiting", "its host is paused for 86,400 s"),
    "robots: a delay of nonsense": _new(),
    "robots: 2 MB, the rule at its head": _FORBIDDEN,
    "robots: 2 MB, the rule at its end": _new(),
    "robots: without end": _FORBIDDEN,
    "robots: empty": _new(),
    "robots: HTML": _new(),
    "robots: an image": _new(),
    "robots: 204": _new(),
    "robots: 401": _new(),
    "robots: 403": _new(),
    "robots: 404": _new(),
    "robots: 410": _new(),
    "robots: 429": _waiting(_NO_RULES, robots=3),
    "robots: 429, again in an hour": _waiting(""),
    "robots: 500": _waiting(_NO_RULES, robots=3),
    "robots: 503": _waiting(_NO_RULES, robots=3),
    "robots: 503 once": _new(robots=2),
    "robots: moved": _new(2),
    "robots: moved, all forbidden": _refused(r"robots\.txt", 1),
    "robots: moved in a circle": _new(4, 3),
    "robots: moved to a private address": _new(),
    "robots: silence": _waiting(_NO_RULES, limits=QUICK),
    "robots: trickle": _waiting(_NO_RULES, limits=QUICK),
    "robots: cut": _waiting(_NO_RULES, robots=3),
    "robots: cut at once": _waiting(_NO_RULES, robots=3),
    "robots: cut once": _new(robots=2),
    "robots: reset": _waiting(_NO_RULES, robots=3),
}

_NOT_PUBLIC = _failed("private|disguise|is not a web address", 0, 0)

_PRIVATE = {
    "address of loopback": _NOT_PUBLIC,
    "address of loopback as a number": _NOT_PUBLIC,
    "address of loopback in hexadecimal": _NOT_PUBLIC,
    "address of loopback in octal": _NOT_PUBLIC,
    "address of loopback, short": _NOT_PUBLIC,
    "address of loopback in letters of full width": _NOT_PUBLIC,
    "address of no address at all": _NOT_PUBLIC,
    "address of IPv6 loopback": _NOT_PUBLIC,
    "address of IPv4 in IPv6": _NOT_PUBLIC,
    "address of NAT64": _NOT_PUBLIC,
    "address of 6to4": _NOT_PUBLIC,
    "address of a home": _NOT_PUBLIC,
    "address of a company": _NOT_PUBLIC,
    "address of carrier-grade NAT": _NOT_PUBLIC,
    "address of link-local": _NOT_PUBLIC,
    "address of metadata of clouds": _NOT_PUBLIC,
    "address of metadata of clouds in IPv6": _NOT_PUBLIC,
    "address of everybody": _NOT_PUBLIC,
    "address of a group": _NOT_PUBLIC,
    "address of a zone": _NOT_PUBLIC,
    "name of loopback": _NOT_PUBLIC,
    "name of loopback and of IPv6 loopback": _NOT_PUBLIC,
    "name of a public and a private address": _NOT_PUBLIC,
    "name that is bound anew": Expected("new failed", "private", 1),
}


def _of_kind(kind: str, table: Mapping[str, Expected]) -> dict[str, Expected]:
    return {name: replace(expected, kind=kind) for name, expected in table.items()}


EXPECTED: dict[str, Expected] = {
    **_REDIRECTS,
    **_STATUSES,
    **_WIRES,
    **_BODIES,
    **_of_kind("feed", _FEEDS),
    **_of_kind("sitemap", _SITEMAPS),
    **_ROBOTS,
    **_PRIVATE,
}
