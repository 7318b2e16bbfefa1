"""Pages that answer something else than a page: refusals, troubles that pass, and not-modified."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from support.hostile.answers import ARTICLE, head, page, whole
from support.hostile.site import Act
from support.hostile.stage import fails, keeps

if TYPE_CHECKING:
    from support.hostile.site import Request, Step
    from support.hostile.stage import Behaviour, Kept, Stage

__all__ = ["STATUSES"]

_FINAL = (400, 401, 402, 403, 404, 405, 406, 410, 418, 451, 501, 505)
_PASSING = (408, 425, 429, 500, 502, 503, 504, 599)
_LATER = {
    "in a second": "1",
    "in 0 seconds": "0",
    "in an hour": "3600",
    "in a date gone by": "Fri, 01 Mar 2019 10:00:00 GMT",
    "in a far date": "Fri, 01 Mar 2069 10:00:00 GMT",
    "in a thousand years": "31536000000",
    "in no time that exists": "soon, perhaps",
    "in minus 5 seconds": "-5",
    "in 400 digits": "9" * 400,
}


def _busy(status: int, later: str | None = None) -> tuple[Step, ...]:
    return page("<html><body>busy", status, *([f"Retry-After: {later}"] if later is not None else []))


def _same(request: Request) -> tuple[Step, ...]:
    """By ETag."""
    if request.headers.get("if-none-match") == '"one"':
        return (head(304, 'ETag: "one"', kind=None),)
    return page(ARTICLE, 200, 'ETag: "one"')


def _since(request: Request) -> tuple[Step, ...]:
    """By Last-Modified."""
    day = "Sun, 01 Mar 2026 09:00:00 GMT"
    if request.headers.get("if-modified-since") == day:
        return (head(304, kind=None),)
    return page(ARTICLE, 200, f"Last-Modified: {day}")


def _weak(request: Request) -> tuple[Step, ...]:
    """A weak ETag goes back as it came; the 304 lies about a length and a type, and has no body."""
    if request.headers.get("if-none-match") == 'W/"дві"'.encode().decode("latin-1"):
        return (head(304, "Content-Length: 5000"),)
    return page(ARTICLE, 200, 'ETag: W/"дві"')


def _two(stage: Stage, first: tuple[Step, ...]) -> Kept:
    """Two pages of one host, the first in trouble for good."""
    stage.at("/page", first)
    kept = stage.article("/second")
    stage.addresses.append(*kept)
    return kept


def _none_of_two(stage: Stage) -> Kept:
    """The first asks for rest, so the second is not asked for."""
    _two(stage, _busy(429, "3600"))
    return {}


STATUSES: dict[str, Behaviour] = {
    **{f"status {status}": fails(page("<html><body>no", status)) for status in _FINAL},
    "status 401 that asks for a password": fails(page("no", 401, 'WWW-Authenticate: Basic realm="desk"')),
    "status 403 that asks for a cookie": fails(page("no", 403, "Set-Cookie: wall=1")),
    **{f"status {status} for ever": fails(_busy(status)) for status in _PASSING},
    **{f"status {status} once": keeps(_busy(status), page()) for status in _PASSING},
    **{f"status 429, again {name}": fails(_busy(429, later)) for name, later in _LATER.items()},
    **{f"status 503, again {name}": fails(_busy(503, later)) for name, later in _LATER.items()},
    "status 429 once, again in 0 seconds": keeps(_busy(429, "0"), page()),
    "status 404 with Retry-After": fails(page("no", 404, "Retry-After: 1")),
    "status 404 among others": partial(_two, first=page("no", 404)),
    "status 429 among others": _none_of_two,
    "status 202": fails(page("<html><body>checking your browser", 202)),
    "status 203": keeps(page(ARTICLE, 203)),
    "status 204": fails((head(204, kind=None),)),
    "status 205": fails((whole(b"", 205),)),
    "status 206": fails(page(ARTICLE[:200], 206, f"Content-Range: bytes 0-199/{len(ARTICLE)}")),
    "status 304 by ETag": keeps(_same),
    "status 304 by Last-Modified": keeps(_since),
    "status 304 by weak ETag with a lie": keeps(_weak),
    "status 304 unasked": fails((head(304, 'ETag: "one"', kind=None),)),
    "status 101 unasked": fails((head(101, "Upgrade: websocket", "Connection: Upgrade", kind=None), Act.SILENCE)),
    "status 999": fails(page("no", 999)),
    "status 099": fails((b"HTTP/1.1 099 Low\r\nContent-Length: 0\r\n\r\n", Act.CUT)),
}
