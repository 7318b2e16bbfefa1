"""The connections of the fetcher: all reads of a page are held to one deadline, and sockets are opened here alone."""

from __future__ import annotations

import socket
import threading
import time
from typing import TYPE_CHECKING, Any

import httpcore2

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterable

__all__ = ["Connections"]


class Connections(httpcore2.NetworkBackend):
    """Opens every connection there is, and holds all reads and writes of a thread to that thread's deadline.

    A timeout for each read is not enough: a server that sends a byte now and then would hold a page for ever.
    """

    def __init__(self) -> None:
        self._tcp = httpcore2.SyncBackend()
        self._local = threading.local()

    @property
    def deadline(self) -> float:
        """In the seconds of time.monotonic, for the calling thread."""
        deadline: float = self._local.deadline
        return deadline

    @deadline.setter
    def deadline(self, deadline: float) -> None:
        self._local.deadline = deadline

    def left(self, timeout: float | None) -> float:
        """The seconds until `timeout` or the deadline; raises where that has passed."""
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
        """Connect to the first of the host's addresses that answers. A rule on addresses belongs here, on `address`.

        One that is silent, as IPv6 is in some networks, leaves its share of the time to each of the others.
        """
        failure: Exception = httpcore2.ConnectError()
        addresses = [str(where[0]) for *_, where in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
        for tried, address in enumerate(addresses):
            seconds = self.left(timeout) / (len(addresses) - tried)
            try:
                stream = self._tcp.connect_tcp(address, port, seconds, local_address, socket_options or ())
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
            else:
                return _Stream(stream, self)
        raise failure


class _Stream(httpcore2.NetworkStream):
    def __init__(self, stream: httpcore2.NetworkStream, connections: Connections) -> None:
        self._stream = stream
        self._connections = connections

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._connections.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._connections.left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        stream = self._stream.start_tls(ssl_context, server_hostname, self._connections.left(timeout))
        return _Stream(stream, self._connections)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
