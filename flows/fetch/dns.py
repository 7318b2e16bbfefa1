"""DNS lookups with a time limit: the system's resolver has none, and blocks."""

from __future__ import annotations

import ipaddress
import socket
import threading
import time
from concurrent.futures import Future

from flows.fetch.fetch_errors import UnreachableError, stopped

__all__ = ["resolve"]

SECONDS = 10.0
"""At most, for one name; part of the page's time limit."""

_AT_ONCE = threading.BoundedSemaphore(64)  # a hanging lookup holds its permit until the resolver gives up, about 30 s
_LOOK_AGAIN = 0.2


def resolve(host: str, port: int, seconds: float, stop: threading.Event) -> list[str]:
    """The addresses of a host, in the resolver's order.

    Raises OSError (gaierror) or UnicodeError as the resolver does, FetchError on timeout or when `stop` is set.
    """
    try:
        return [str(ipaddress.ip_address(host))]
    except ValueError:
        pass
    end = time.monotonic() + min(seconds, SECONDS)
    if not _AT_ONCE.acquire(timeout=min(seconds, SECONDS)):
        raise _late()
    answer: Future[list[str]] = Future()
    # A daemon thread, not a pool: the process must be able to exit while the resolver hangs.
    threading.Thread(target=_ask, args=(host, port, answer), name="dns", daemon=True).start()
    while (left := end - time.monotonic()) > 0:
        if stop.is_set():
            raise stopped()
        try:
            return answer.result(min(left, _LOOK_AGAIN))
        except TimeoutError:
            if answer.done():
                raise
    raise _late()


def _late() -> UnreachableError:
    return UnreachableError("its host's name was not looked up in time (DNS)", True)


def _ask(host: str, port: int, answer: Future[list[str]]) -> None:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        answer.set_result(list(dict.fromkeys(str(where[0]) for *_, where in found)))
    except Exception as error:
        answer.set_exception(error)
    finally:
        _AT_ONCE.release()
