"""A real S3 server on the loopback interface (moto's), and a proxy before it that counts requests and does harm."""

from __future__ import annotations

import contextlib
import itertools
import threading
import time
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, ClassVar

import pytest

from flows.store.address import data_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

KEYS = {
    "AWS_ACCESS_KEY_ID": "who-may-write",
    "AWS_SECRET_ACCESS_KEY": "a-secret-that-nobody-may-see",
    "AWS_REGION": "us-east-1",
}
_numbers = itertools.count()
_HOP = ("connection", "transfer-encoding", "keep-alive", "content-length", "date", "server")


@dataclass
class Fault:
    """What is done to the requests that fit, `times` of them after the first `skip`.

    `status` is answered in the server's place; `seconds` are waited; `cut` bytes of the body come, then the connection
    ends; `writes`: those that change something; `blind`: the conditions of
    a write are taken off; `deaf`: the server gets the request, and nobody its answer.
    """

    method: str = ""
    path: str = ""
    times: int = 1
    skip: int = 0
    status: int | None = None
    seconds: float = 0.0
    cut: int | None = None
    deaf: bool = False
    writes: bool = False
    blind: bool = False
    met: int = 0

    def fits(self, method: str, path: str) -> bool:
        if self.method not in ("", method) or self.path not in path or (self.writes and method == "GET"):
            return False
        self.met += 1
        return self.skip < self.met <= self.skip + self.times


@dataclass
class ObjectStore:
    """The store as a test sees it."""

    bucket: str
    root: Path
    patch: pytest.MonkeyPatch
    faults: list[Fault] = field(default_factory=list)
    requests: list[tuple[str, str]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def address(self) -> str:
        return f"s3://{self.bucket}/corpus"

    def machine(self, name: str) -> Path:
        """The working folder of the store on a machine of this name."""
        self.patch.setenv("SITO_CACHE", str(self.root / name))
        return data_folder(self.address)

    def dies(self, after: int) -> Fault:
        """From the write of this number on, from 0, the machine is as good as dead: nothing that it sends arrives."""
        fault = Fault(writes=True, skip=after, times=10**9, status=403)
        self.faults.append(fault)
        return fault

    def counted(self) -> dict[str, int]:
        """How many requests there were since this was asked last, by method; names of the listing have their own."""
        found: dict[str, int] = {}
        for method, path in self.requests:
            what = f"{method} list" if "list-type" in path else method
            found[what] = found.get(what, 0) + 1
        self.requests.clear()
        return found


class _Proxy(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_address: ClassVar[tuple[str, int]]
    stores: ClassVar[dict[str, ObjectStore]] = {}

    def _pass_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        store = self.stores.get(self.path.split("/")[1].partition("?")[0])
        fault = None
        if store is not None:
            with store.lock:
                store.requests.append((self.command, self.path))
                fault = next((each for each in store.faults if each.fits(self.command, self.path)), None)
        if fault is not None and fault.seconds:
            time.sleep(fault.seconds)
        if fault is not None and fault.status is not None:
            self._answer(fault.status, [("Retry-After", "0")], b"<Error><Code>SlowDown</Code></Error>")
            return
        upstream = HTTPConnection(*self.server_address, timeout=60)
        with contextlib.closing(upstream):
            off = (*_HOP, *(("if-match", "if-none-match") if fault is not None and fault.blind else ()))
            headers = {name: value for name, value in self.headers.items() if name.lower() not in off}
            upstream.request(self.command, self.path, body, headers)
            answer = upstream.getresponse()
            content = answer.read()
        if fault is not None and fault.deaf:
            self.close_connection = True
            return
        cut = None if fault is None else fault.cut
        length = answer.headers.get("Content-Length") if self.command == "HEAD" else None
        self._answer(answer.status, answer.getheaders(), content, cut, length)

    def _answer(
        self,
        status: int,
        headers: list[tuple[str, str]],
        content: bytes,
        cut: int | None = None,
        length: str | None = None,
    ) -> None:
        with contextlib.suppress(OSError):  # who asked may be gone
            self.send_response(status)
            for name, value in headers:
                if name.lower() not in _HOP:
                    self.send_header(name, value)
            if status != 304:
                self.send_header("Content-Length", length or str(len(content)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content if cut is None else content[:cut])
            self.wfile.flush()
        if cut is not None:
            self.close_connection = True

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = _pass_on  # noqa: N815 - names of the standard library

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="session")
def s3_server() -> Iterator[tuple[str, int]]:
    """The address of the proxy before an S3 server that ends with the tests."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    _Proxy.server_address = server.get_host_and_port()
    proxy = ThreadingHTTPServer(("127.0.0.1", 0), _Proxy)
    proxy.daemon_threads = True
    threading.Thread(target=proxy.serve_forever, daemon=True).start()
    yield "127.0.0.1", proxy.server_port
    proxy.shutdown()
    proxy.server_close()
    server.stop()


@pytest.fixture
def object_store(s3_server: tuple[str, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ObjectStore]:
    """A bucket of its own, and credentials in the environment."""
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://{s3_server[0]}:{s3_server[1]}")
    store = ObjectStore(f"corpus-{next(_numbers)}", tmp_path / "machines", monkeypatch)
    with contextlib.closing(HTTPConnection(*s3_server, timeout=60)) as connection:
        connection.request("PUT", f"/{store.bucket}")
        assert connection.getresponse().status == 200
    _Proxy.stores[store.bucket] = store
    yield store
    _Proxy.stores.clear()
