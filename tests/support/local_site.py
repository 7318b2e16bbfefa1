"""A small site of this machine that a test fills with pages and faults; it remembers what it was asked."""

from __future__ import annotations

import select
import threading
from collections.abc import Callable
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

Answer = Callable[[BaseHTTPRequestHandler], None]

LOCAL: dict[str, Any] = {"private_hosts": ("127.0.0.1", "127.0.0.2"), "delay_seconds": 0}
"""Limits of a source that may ask the site, and need not wait between its pages."""


@dataclass
class Site:
    """Path -> answer. `asked` holds the paths in the order of the requests, `headers` those of the latest request.

    Requests for /robots.txt are counted apart, in `robots`.
    """

    address: str
    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    robots: int = 0

    def url(self, path: str) -> str:
        return self.address + path

    def page(self, path: str, body: bytes | str, status: int = 200, **headers: str) -> str:
        """Answer with this; keyword `content_type` becomes the header Content-Type. Gives the address."""
        payload = body.encode() if isinstance(body, str) else body
        named = {"Content-Type": "text/html; charset=utf-8"}
        named |= {name.replace("_", "-").title(): value for name, value in headers.items()}

        def answer(request: BaseHTTPRequestHandler) -> None:
            request.send_response(status)
            for name, value in named.items():
                request.send_header(name, value.encode().decode("latin-1"))  # UTF-8 on the wire
            if "Content-Length" not in named:
                request.send_header("Content-Length", str(len(payload)))
            request.end_headers()
            request.wfile.write(payload)

        return self.answer(path, answer)

    def redirect(self, path: str, target: str, status: int = 302) -> str:
        return self.page(path, b"", status, location=target)

    def answer(self, path: str, answer: Answer) -> str:
        self.answers[path] = answer
        return self.url(path)

    def raw(self, path: str, sent: bytes) -> str:
        """Send these bytes instead of an answer, then cut the connection."""

        def answer(request: BaseHTTPRequestHandler) -> None:
            request.wfile.write(sent)
            request.close_connection = True

        return self.answer(path, answer)


def silence(request: BaseHTTPRequestHandler) -> None:
    """No answer until the client gives up."""
    request.connection.recv(1)
    request.close_connection = True


def trickle(head: bytes) -> Answer:
    """`head`, then one byte every 20 ms until the client gives up: no single read is ever slow."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.close_connection = True
        request.connection.sendall(head)
        while not select.select([request.connection], [], [], 0.02)[0]:
            request.connection.sendall(b"x")

    return answer


@contextmanager
def serve(host: str = "127.0.0.1") -> Iterator[Site]:
    site: Site

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            if self.path == "/robots.txt":
                site.robots += 1
            else:
                site.asked.append(self.path)
                site.headers = dict(self.headers.items())
            answer = site.answers.get(self.path)
            if answer is None:
                self.send_error(404)
            else:
                answer(self)

        def log_message(self, *arguments: object) -> None:
            pass

        def handle(self) -> None:
            with suppress(OSError):  # the client cut the connection
                super().handle()

    server = ThreadingHTTPServer((host, 0), Handler)
    server.daemon_threads = True
    site = Site(f"http://{host}:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def site() -> Iterator[Site]:
    """A site on 127.0.0.1, empty at first."""
    with serve() as site:
        yield site
