"""The connections of the fetcher: only here are sockets opened, to IP addresses that were checked, within a deadline.

They can all be closed at once from another thread, so that Ctrl-C does not wait for a slow site.
"""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import httpcore2

from flows.fetch.dns import resolve
from flows.fetch.fetch_errors import stopped

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterable

    from flows.fetch.ssrf import SsrfGuard

__all__ = ["Connections"]

CONNECT_SECONDS = 5.0
"""For one IP address: the time of three TCP connection attempts (at 0, 1 and 3 s). Not interruptible."""


class Connections(httpcore2.NetworkBackend):
    """Opens every connection there is, and holds all reads and writes of a thread to that thread's deadline.

    A timeout for each read is not enough: a server that sends a byte now and then could delay a page forever.
    """

    def __init__(self, guard: SsrfGuard, stop: threading.Event) -> None:
        self._guard = guard
        self._stop = stop
        self._tcp = httpcore2.SyncBackend()
        self._local = threading.local()
        self._open: set[_Stream] = set()
        self._lock = threading.Lock()

    @property
    def deadline(self) -> float:
        """In the seconds of time.monotonic, for the calling thread."""
        deadline: float = self._local.deadline
        return deadline

    @deadline.setter
    def deadline(self, deadline: float) -> None:
        self._local.deadline = deadline

    def left(self, timeout: float | None) -> float:
        """The seconds until `timeout` or the deadline; raises if that has passed, or the run was stopped."""
        if self._stop.is_set():
            raise stopped()
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise httpcore2.ReadTimeout
        return left if timeout is None else min(left, timeout)

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        """Connect to the first of the host's addresses that answers, of those that the guard allows.

        The socket is opened to the IP address that was checked, so that a name which changes its address between two
        lookups (DNS rebinding) is harmless. An address that does not answer, as IPv6 in some networks, leaves the
        others their share of the time.
        """
        self._guard.check(host, port)
        addresses = self._guard.allowed(host, resolve(host, port, self.left(timeout), self._stop))
        failure: Exception = httpcore2.ConnectError()
        for tried, address in enumerate(addresses):
            seconds = min(CONNECT_SECONDS, self.left(timeout) / (len(addresses) - tried))
            try:
                stream = self._tcp.connect_tcp(address, port, seconds, local_address, socket_options or ())
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
            else:
                return _Stream(stream, self)
        raise failure

    def opened(self, stream: _Stream) -> None:
        """Register a connection, for `abort`."""
        with self._lock:
            self._open.add(stream)

    def closed(self, stream: _Stream) -> None:
        """Unregister it."""
        with self._lock:
            self._open.discard(stream)

    def abort(self) -> None:
        """End every connection; a thread that reads from one is woken with an error."""
        with self._lock:
            streams = list(self._open)
        for stream in streams:
            stream.shut()


class _Stream(httpcore2.NetworkStream):
    def __init__(self, stream: httpcore2.NetworkStream, connections: Connections) -> None:
        self._stream = stream
        self._connections = connections
        connections.opened(self)

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._connections.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._connections.left(timeout))

    def shut(self) -> None:
        """Shut down both directions, which wakes a blocked reader; closing the socket is left to its thread."""
        with suppress(OSError):
            self._stream.get_extra_info("socket").shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._connections.closed(self)
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        try:
            stream = self._stream.start_tls(ssl_context, server_hostname, self._connections.left(timeout))
        finally:
            self._connections.closed(self)  # the TLS stream replaces it, or a failure has closed it
        return _Stream(stream, self._connections)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
