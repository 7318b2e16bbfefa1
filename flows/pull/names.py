"""Names looked up within a time limit: the system's resolver knows none, and blocks."""

from __future__ import annotations

import ipaddress
import socket
import threading
from concurrent.futures import Future

__all__ = ["look_up"]

_AT_ONCE = threading.BoundedSemaphore(32)
"""Look-ups under way; one that hangs keeps its place until the resolver gives up, some 30 s."""


def look_up(host: str, port: int, seconds: float) -> list[str]:
    """The addresses of a host, in the resolver's order. Raises OSError (gaierror), UnicodeError or TimeoutError."""
    try:
        return [str(ipaddress.ip_address(host))]
    except ValueError:
        pass
    if not _AT_ONCE.acquire(timeout=seconds):
        raise TimeoutError
    answer: Future[list[str]] = Future()
    # A daemon thread of its own, not a pool: the end of the process must not wait for a resolver that hangs.
    threading.Thread(target=_ask, args=(host, port, answer), name="dns", daemon=True).start()
    return answer.result(seconds)


def _ask(host: str, port: int, answer: Future[list[str]]) -> None:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        answer.set_result(list(dict.fromkeys(str(where[0]) for *_, where in found)))
    except Exception as error:
        answer.set_exception(error)
    finally:
        _AT_ONCE.release()
