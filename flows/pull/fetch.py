"""One page from the web, exactly as it came, within bounds of time, size and redirects.

httpx2 gives the addresses (IDNA, joining, ports) and its engine httpcore2 the protocol, over connections that are ours.
`Fetcher.get` is the one way out to the web.
"""

from __future__ import annotations

import os
import socket
import ssl
import time
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING, Self

import httpcore2
import httpx2

from flows.errors import SitoError
from flows.fields import web_address
from flows.pages import Capture
from flows.pull.addresses import page_address
from flows.pull.connections import Connections
from flows.raw.payload import PayloadError, open_payload
from flows.runs.escape import one_line
from flows.sources import WebLimits

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import TracebackType

__all__ = ["FetchError", "Fetcher", "user_agent"]

_REDIRECTS = (301, 302, 303, 307, 308)
_PAGE = (200, 203)  # 202 is how bot walls answer, 204 has no page, 206 a part of one
_PASSING = (202, 408, 425, 429, 500, 502, 503, 504)  # may well be another answer tomorrow


class FetchError(SitoError):
    """An address gave no page. The message is the reason; `retryable` says whether another try may help."""

    def __init__(self, reason: str, retryable: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retryable = retryable

    def __reduce__(self) -> tuple[type[FetchError], tuple[str, bool]]:
        return type(self), (self.reason, self.retryable)


def user_agent() -> str:
    """How we present ourselves. SITO_CONTACT holds an address or page of whoever runs sito, for the sites' people."""
    contact = one_line(os.environ.get("SITO_CONTACT", "")) or "no contact given"
    return f"sito/{version('sito')} (+{contact})".encode("ascii", "replace").decode()


class Fetcher:
    """Gets pages within the limits of one source; safe to share between threads. A context manager."""

    def __init__(self, limits: WebLimits | None = None) -> None:
        self._limits = limits or WebLimits()
        self._connections = Connections()
        self._pool = httpcore2.ConnectionPool(
            ssl_context=httpcore2.default_ssl_context(), network_backend=self._connections, keepalive_expiry=5
        )
        self._agent = user_agent()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._pool.close()

    def get(self, url: str, max_bytes: int | None = None) -> Capture:
        """The answer 200 (or 203) of the address, with the redirects that led to it.

        `max_bytes` bounds the body as received and unpacked, in place of the source's limits.page_bytes. Raises
        FetchError.
        """
        limit = max_bytes or self._limits.page_bytes
        self._connections.deadline = time.monotonic() + self._limits.timeout_seconds
        redirects: list[Capture] = []
        address = _address(url)
        while True:
            answer = self._ask(url, address, limit)
            target = dict(_lower(answer.headers)).get("location") if answer.status in _REDIRECTS else None
            if target is None:
                break
            redirects.append(answer)
            address = _redirected(address, target)
            url = str(address)
            if any(url == str(_address(before.url)) for before in redirects):
                raise FetchError(f"redirects in a circle, to {_shown(url)} again")
            if len(redirects) > self._limits.redirects:
                raise FetchError(f"more than {self._limits.redirects} redirects (limits.redirects)")
        if answer.status not in _PAGE:
            raise FetchError(f"answered {answer.status} {one_line(answer.reason)}".rstrip(), answer.status in _PASSING)
        try:
            open_payload(answer.body, answer.header("content-encoding"), limit)
        except PayloadError as error:
            raise FetchError(str(error)) from None
        return replace(answer, redirects=tuple(redirects))

    def _ask(self, url: str, address: httpx2.URL, limit: int) -> Capture:
        """One request, one answer, whatever its status."""
        sent = (
            ("Host", address.netloc.decode("ascii")),
            ("User-Agent", self._agent),
            ("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"),
            ("Accept-Encoding", "gzip, deflate"),
            ("Connection", "keep-alive"),
        )
        target = httpcore2.URL(
            scheme=address.raw_scheme, host=address.raw_host, port=address.port, target=address.raw_path
        )
        timeouts = dict.fromkeys(("connect", "read", "write", "pool"), self._limits.timeout_seconds)
        try:
            with self._pool.stream("GET", target, headers=list(sent), extensions={"timeout": timeouts}) as answer:
                headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in answer.headers)
                body = _body(answer, headers, limit)
        except FetchError:
            raise
        except Exception as error:
            raise self._reason(error) from error
        return Capture(
            url=url,
            body=body,
            at=datetime.now(UTC),
            content_type=dict(_lower(headers)).get("content-type"),
            status=answer.status,
            reason=answer.extensions.get("reason_phrase", b"").decode("latin-1"),
            protocol=answer.extensions.get("http_version", b"HTTP/1.1").decode("latin-1"),
            headers=headers,
            request_headers=sent,
        )

    def _reason(self, error: Exception) -> FetchError:
        """What went wrong on the way, in words; nothing that the other side sent is quoted."""
        roots = [error, error.__cause__, error.__context__]
        if isinstance(error, (httpcore2.TimeoutException, TimeoutError)):
            return FetchError(
                f"no whole answer within {self._limits.timeout_seconds:g} s (limits.timeout_seconds)", True
            )
        for root in roots:
            if isinstance(root, ssl.SSLCertVerificationError):
                return FetchError(f"its TLS certificate is not valid: {root.verify_message}")
            if isinstance(root, (socket.gaierror, UnicodeError)):
                return FetchError("its host is not known (DNS)", True)
            if isinstance(root, ConnectionRefusedError):
                return FetchError("its host refuses the connection", True)
            if isinstance(root, ssl.SSLError):
                return FetchError("its host speaks no TLS that we know", True)
        if isinstance(error, httpcore2.ConnectError):
            return FetchError("its host cannot be reached", True)
        if isinstance(error, (httpcore2.NetworkError, httpcore2.RemoteProtocolError, OSError)):
            return FetchError("the connection was cut, or the answer is no whole HTTP", True)
        if isinstance(error, httpcore2.LocalProtocolError):
            return FetchError("the address cannot be sent in HTTP")
        return FetchError(f"could not be asked for ({type(error).__name__})")


def _body(answer: httpcore2.Response, headers: Iterable[tuple[str, str]], limit: int) -> bytes:
    stated = dict(_lower(headers)).get("content-length", "")
    if stated.isdecimal() and int(stated[:20]) > limit:
        raise FetchError(f"states {int(stated[:20]):,} bytes, more than the {limit:,} of limits.page_bytes")
    pieces: list[bytes] = []
    size = 0
    for piece in answer.iter_stream():
        size += len(piece)
        if size > limit:
            raise FetchError(f"sends more than the {limit:,} bytes of limits.page_bytes")
        pieces.append(piece)
    return b"".join(pieces)


def _address(url: str) -> httpx2.URL:
    try:
        return httpx2.URL(web_address(url)).copy_with(fragment=None)
    except ValueError as error:
        raise FetchError(f"the address {error}") from None
    except httpx2.InvalidURL:
        raise FetchError("is not a web address") from None


def _redirected(address: httpx2.URL, location: str) -> httpx2.URL:
    try:
        # Headers came as latin-1 characters of their bytes; addresses in them are UTF-8 wherever they are not ASCII.
        return httpx2.URL(page_address(location.encode("latin-1").decode("utf-8", "replace"), str(address)))
    except ValueError as error:
        raise FetchError(f"redirects, but the address {error}") from None


def _lower(headers: Iterable[tuple[str, str]]) -> Iterable[tuple[str, str]]:
    return ((name.lower(), value) for name, value in headers)


def _shown(url: str) -> str:
    return one_line(url, 200)
