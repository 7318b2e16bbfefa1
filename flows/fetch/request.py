"""One request and its answer, whatever its status: the headers that we send, and the limits of what we accept."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING

import httpcore2

from flows.common.page_types import Capture
from flows.config.contact import contact
from flows.fetch.connections import Connections
from flows.fetch.fetch_errors import FetchError, fetch_error

if TYPE_CHECKING:
    import ssl
    import threading

    import httpx2

    from flows.common.page_types import Validators
    from flows.fetch.ssrf import SsrfGuard

__all__ = ["Client", "request_headers", "user_agent"]

IDLE = 128
"""Connections that are kept open for a next page: of a list of many hosts, more than files may be open."""

_HEADERS = 256  # of an answer; their bytes are bounded by the engine, at 100 KiB and what one read adds


def user_agent() -> str:
    """How we present ourselves, with the contact for the sites' people."""
    return f"sito/{version('sito')} (+{contact() or 'no contact given'})".encode("ascii", "replace").decode()


def request_headers(
    address: httpx2.URL, agent: str, validators: Validators | None = None
) -> tuple[tuple[str, str], ...]:
    """All headers of a request. No cookies, no referrer, no credentials, ever."""
    return (
        ("Host", address.netloc.decode("ascii")),
        ("User-Agent", agent),
        ("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"),
        ("Accept-Encoding", "gzip, deflate"),
        ("Connection", "keep-alive"),
        *(validators.headers() if validators else ()),
    )


@cache
def _trusted() -> ssl.SSLContext:
    """The authorities that are trusted: one for all clients, as reading them takes 40 ms."""
    return httpcore2.default_ssl_context()


class Client:
    """Sends requests over connections of its own; safe to share between threads."""

    def __init__(self, guard: SsrfGuard, stop: threading.Event) -> None:
        self._connections = Connections(guard, stop)
        self._pool = httpcore2.ConnectionPool(
            ssl_context=_trusted(),
            max_connections=None,  # limited by the hosts' slots: one each
            max_keepalive_connections=IDLE,
            keepalive_expiry=5,
            network_backend=self._connections,
        )
        self._agent = user_agent()

    def close(self) -> None:
        """Close the connections that are kept open; none may be in use."""
        self._pool.close()

    def abort(self) -> None:
        """End all connections, those in use too."""
        self._connections.abort()

    def ask(
        self,
        address: httpx2.URL,
        seconds: float,
        limit: int,
        validators: Validators | None = None,
        cut: bool = False,
        said: float | None = None,
    ) -> Capture:
        """The answer within `seconds`, with at most `limit` bytes of body; `cut` takes that many of a longer one.

        Raises FetchError; `said` are the seconds that it names where time ran out.
        """
        sent = request_headers(address, self._agent, validators)
        target = httpcore2.URL(
            scheme=address.raw_scheme, host=address.raw_host, port=address.port, target=address.raw_path
        )
        self._connections.deadline = time.monotonic() + seconds
        timeouts = dict.fromkeys(("connect", "read", "write", "pool"), seconds)
        try:
            with self._pool.stream("GET", target, headers=list(sent), extensions={"timeout": timeouts}) as answer:
                if len(answer.headers) > _HEADERS:
                    raise FetchError(f"answers with {len(answer.headers):,} headers, more than {_HEADERS}")
                headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in answer.headers)
                body = _body(answer, limit, cut)
                if _more_came(answer):
                    answer.extensions["network_stream"].shut()
        except Exception as error:
            raise fetch_error(error, said or seconds) from error
        return Capture(
            url=str(address),
            body=body,
            at=datetime.now(UTC),
            content_type=next((value for name, value in headers if name.lower() == "content-type"), None),
            status=answer.status,
            reason=answer.extensions.get("reason_phrase", b"").decode("latin-1"),
            protocol=answer.extensions.get("http_version", b"HTTP/1.1").decode("latin-1"),
            headers=headers,
            request_headers=sent,
        )


def _more_came(answer: httpcore2.Response) -> bool:
    """Whether the server sent more than its answer. The next request of the connection would get that as its own.

    httpcore2 does not say so, but for what it has inside; a test sees to it that this is still there.
    """
    return bool(answer.stream._stream._connection._h11_state.trailing_data[0])  # type: ignore[union-attr]


def _body(answer: httpcore2.Response, limit: int, cut: bool) -> bytes:
    stated = next((value for name, value in answer.headers if name.lower() == b"content-length"), b"")
    if not cut and stated.isdigit() and int(stated[:20]) > limit:
        raise FetchError(f"states {int(stated[:20]):,} bytes, more than the {limit:,} of limits.page_bytes")
    body = bytearray()
    for piece in answer.iter_stream():  # a piece may be a single byte, of which a list would need fifty each
        body += piece
        if len(body) > limit:
            if cut:
                break
            raise FetchError(f"sends more than the {limit:,} bytes of limits.page_bytes")
    return bytes(body[:limit] if cut else body)
