"""A server of many hosts on 127.0.0.0/8 that writes its answers byte by byte, and remembers who asked for what, when.

It knows as little HTTP as possible, so that it can break all of it. Answers are data (see answers.py), placed by host
and path. Nothing but loopback is ever listened on.
"""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
import time
from collections.abc import Callable
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import Enum
from itertools import count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator

__all__ = ["ADDRESSES", "Act", "Answer", "Drip", "Flood", "Request", "Site", "serve"]

ADDRESSES = tuple(f"127.0.0.{last}" for last in range(2, 61))

_HEAD_BYTES = 2**16
_TLS = b"\x16"  # how its first message begins
_GONE = (OSError, EOFError, asyncio.IncompleteReadError, asyncio.LimitOverrunError)


class Act(Enum):
    """What a step does other than to send bytes."""

    CUT = "close the connection"
    RESET = "close it with a reset, as a broken server or a firewall does"
    SILENCE = "nothing, until the client leaves"


@dataclass(frozen=True, slots=True)
class Drip:
    """A few bytes every few milliseconds until the client leaves: no single read is ever slow."""

    piece: bytes
    seconds: float = 0.02


@dataclass(frozen=True, slots=True)
class Flood:
    """The same bytes as fast as they go, until the client leaves."""

    piece: bytes


Step = bytes | Act | Drip | Flood | asyncio.Barrier
"""A barrier is waited at until as many answers as it is for have come there: proof that they go on at once."""


@dataclass(slots=True)
class Request:
    """One request as the server saw it. Times are seconds of time.monotonic, which all processes of a machine share.

    `arrived` is not before the client sent it; `ended` is the moment before the last bytes were given away, so not
    after the client had them. `connection` numbers the connections, `nth` the requests for this page of this host.
    """

    number: int
    connection: int
    host: str
    path: str
    head: str
    headers: dict[str, str]
    nth: int
    arrived: float
    ended: float


Answer = tuple[Step, ...] | Callable[[Request], tuple[Step, ...]]
"""Steps, or what makes them for a request. Without an act at the end the connection waits for the next request."""

_NOT_FOUND: Answer = (b"HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\nContent-Length: 4\r\n\r\ngone",)


@dataclass
class Site:
    """Hosts with their answers. `log` holds all requests in the order in which they came.

    `watch` is told of every request twice: when it came and, with half of the answer sent, in its middle.
    """

    port: int = 0
    tls_port: int = 0
    closed_port: int = 0
    log: list[Request] = field(default_factory=list)
    watch: Callable[[Request, bool], None] | None = None
    answers: dict[tuple[str, str], tuple[Answer, ...]] = field(default_factory=dict)
    default: Answer = _NOT_FOUND
    _asked: dict[tuple[str, str], int] = field(default_factory=dict)
    _connections: Iterator[int] = field(default_factory=count)

    def clear(self) -> None:
        """Forget all answers and requests."""
        for each in (self.answers, self._asked, self.log):
            each.clear()
        self.watch, self.default = None, _NOT_FOUND

    def at(self, host: str, path: str, *answers: Answer) -> str:
        """Answer so, the nth request with the nth answer and all later ones with the last. Gives the address."""
        self.answers[host, path] = answers
        return self.url(host, path)

    def url(self, host: str, path: str = "/") -> str:
        return f"http://{host}:{self.port}{path}"

    def asked(self, host: str, path: str | None = None) -> list[Request]:
        """The requests to a host, in their order."""
        return [request for request in self.log if request.host == host and path in (None, request.path)]

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, request after request."""
        connection = next(self._connections)
        with suppress(*_GONE):
            while await self._exchange(connection, reader, writer):
                pass
        writer.close()
        with suppress(*_GONE):
            await writer.wait_closed()

    async def _exchange(self, connection: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        first = await reader.readexactly(1)
        if first == _TLS:
            writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            return False
        request = self._read(connection, first + await reader.readuntil(b"\r\n\r\n"))
        answers = self.answers.get((request.host, request.path), (self.default,))
        answer = answers[min(request.nth, len(answers)) - 1]
        steps = answer(request) if callable(answer) else answer
        if self.watch:
            self.watch(request, False)
        for step in steps:
            request.ended = time.monotonic()
            if isinstance(step, asyncio.Barrier):
                await step.wait()
            elif isinstance(step, bytes):
                if self.watch:  # half now, half when it has been seen
                    half = len(step) // 2
                    writer.write(step[:half])
                    await writer.drain()
                    self.watch(request, True)
                    request.ended = time.monotonic()
                    step = step[half:]
                writer.write(step)
                await writer.drain()
            elif not await _act(step, reader, writer):
                return False
        return True

    def _read(self, connection: int, head: bytes) -> Request:
        now = time.monotonic()
        first, *lines = head.decode("latin-1").rstrip("\r\n").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        host = headers.get("host", "").partition(":")[0]
        path = first.split(" ")[1]
        nth = self._asked[host, path] = self._asked.get((host, path), 0) + 1
        request = Request(len(self.log) + 1, connection, host, path, first, headers, nth, now, now)
        self.log.append(request)
        return request


async def _act(step: Act | Drip | Flood, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
    """Do it; false where the connection is at its end, which is always."""
    match step:
        case Act.RESET:
            raw = writer.get_extra_info("socket")
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()
        case Act.SILENCE:
            await reader.read()
        case Drip(piece, seconds):
            left = asyncio.ensure_future(reader.read())
            while not (await asyncio.wait([left], timeout=seconds))[0]:
                writer.write(piece)
                await writer.drain()
            left.result()
        case Flood(piece):
            while True:
                writer.write(piece)
                await writer.drain()
        case _:  # Act.CUT
            pass
    return False


@contextmanager
def serve(certificate: ssl.SSLContext | None = None, addresses: tuple[str, ...] = ADDRESSES) -> Iterator[Site]:
    """A site on all the addresses, in a thread of its own. With a certificate, TLS on the first address too."""
    site = Site()
    listening, closed = _listen(addresses), socket.socket()
    closed.bind((addresses[0], 0))  # bound and never listened on: whoever connects is refused, and nobody else gets it
    site.port, site.closed_port = listening[0].getsockname()[1], closed.getsockname()[1]
    loop = asyncio.new_event_loop()
    connections: set[asyncio.Task[None]] = set()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if task := asyncio.current_task():
            connections.add(task)
            task.add_done_callback(connections.discard)
        await site.talk(reader, writer)

    async def start() -> None:
        for each in listening:
            await asyncio.start_server(talk, sock=each, limit=_HEAD_BYTES)
        if certificate:
            server = await asyncio.start_server(talk, addresses[0], 0, limit=_HEAD_BYTES, ssl=certificate)
            site.tls_port = server.sockets[0].getsockname()[1]

    async def end() -> None:
        for task in list(connections):
            task.cancel()
        await asyncio.gather(*connections, return_exceptions=True)

    loop.run_until_complete(start())
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        asyncio.run_coroutine_threadsafe(end(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        for each in (*listening, closed):
            each.close()
        loop.close()


def _listen(addresses: tuple[str, ...]) -> list[socket.socket]:
    """A socket on each address, all with one port: whichever is free on all of them."""
    for _ in range(50):
        sockets: list[socket.socket] = []
        port = 0
        try:
            for address in addresses:
                each = socket.socket()
                each.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                sockets.append(each)
                each.bind((address, port))
                each.listen(128)
                port = each.getsockname()[1]
        except OSError:
            for each in sockets:
                each.close()
        else:
            return sockets
    raise OSError("no port is free on all addresses")
