"""Who may use a server on the loopback interface: requests to its own names, from its own pages or from programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, MutableMapping

    Scope = MutableMapping[str, Any]
    Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
    Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
    Application = Callable[[Scope, Receive, Send], Awaitable[None]]

__all__ = ["LOOPBACK", "Guard", "answer"]

LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})
"""Names under which a server on the loopback interface is asked for, as they stand in a Host header."""


class Guard:
    """An ASGI application that answers only requests to its own names, from its own pages or from programs.

    `names` are the Host names (without port) that may stand in a request beside those of the loopback interface. A
    request with an `Origin` must come from a page of this very server. What is refused gets 403 with a line of reason,
    a WebSocket is closed. No page of the server can be shown inside a frame of another; those whose path begins with
    `framed` can be in one of its own.
    """

    def __init__(self, app: Application, names: Iterable[str] = (), framed: str | None = None) -> None:
        self._app = app
        self._names = LOOPBACK | {name.strip().lower() for name in names}
        self._framed = framed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or hand it on."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
        elif (problem := self._problem(scope)) is not None:
            await _refuse(scope, send, problem)
        else:
            await self.admit(scope, receive, send)

    async def admit(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on a request that may be answered."""
        own = self._framed is not None and scope["path"].startswith(self._framed)
        await self._app(scope, receive, _framed_by(send, b"SAMEORIGIN" if own else b"DENY"))

    def _problem(self, scope: Scope) -> str | None:
        headers: list[tuple[bytes, bytes]] = scope["headers"]
        hosts = [value.decode("latin-1").lower() for name, value in headers if name == b"host"]
        if len(hosts) != 1 or _name_of(hosts[0]) not in self._names:
            return "this server is not known under that name"
        for name, value in headers:
            if name == b"origin" and not _is_own(value.decode("latin-1").lower(), hosts[0]):
                return "pages of other sites may not use this server"
        return None


def _name_of(host: str) -> str:
    """The name of a Host header, without its port."""
    name, colon, port = host.rpartition(":")
    return name if colon and port.isdigit() else host


def _is_own(origin: str, host: str) -> bool:
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and parts.netloc == host


def _framed_by(send: Send, whom: bytes) -> Send:
    async def begin(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", ()), (b"x-frame-options", whom)]}
        await send(message)

    return begin


async def _refuse(scope: Scope, send: Send, problem: str) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008, "reason": problem})
    else:
        await answer(send, 403, f"sito: refused: {problem}\n".encode(), b"text/plain; charset=utf-8")


async def answer(send: Send, status: int, body: bytes, media: bytes) -> None:
    """Answer with a body that is neither cached nor framed."""
    headers = [
        (b"content-type", media),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        (b"referrer-policy", b"no-referrer"),
        (b"x-frame-options", b"DENY"),
        (b"x-content-type-options", b"nosniff"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
