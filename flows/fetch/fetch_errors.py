"""Why an address gave no page, in messages that quote nothing from the server."""

from __future__ import annotations

import socket
import ssl
from typing import Literal, TypeAlias

from flows.common.errors import SitoError

__all__ = ["CutError", "FetchError", "UnreachableError", "fetch_error", "stopped"]

Ending: TypeAlias = Literal["failed", "refused", "waiting"]


class FetchError(SitoError):
    """An address gave no page. The message is the reason.

    `retryable` says whether another try may help, `status` is the HTTP status where an answer came. `outcome` is
    the page's outcome in this run: `refused` if its site does not allow it, `waiting` if no request was sent yet.
    `retry_after` is the pause that its host needs, in seconds.
    """

    def __init__(
        self,
        reason: str,
        retryable: bool = False,
        status: int | None = None,
        outcome: Ending = "failed",
        retry_after: float | None = None,
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retryable = retryable
        self.status = status
        self.outcome: Ending = outcome
        self.retry_after = retry_after

    def __reduce__(self) -> tuple[type[FetchError], tuple[str, bool, int | None, Ending, float | None]]:
        return type(self), (self.reason, self.retryable, self.status, self.outcome, self.retry_after)


class CutError(FetchError):
    """The connection was lost."""


class UnreachableError(FetchError):
    """No connection could be made at all, which is the same for all pages of the host."""


def stopped() -> FetchError:
    """The error of every page that was not fetched before the run was stopped."""
    return FetchError("the run was stopped", True, outcome="waiting")


def fetch_error(error: Exception, seconds: float) -> FetchError:
    """The error as a FetchError; `seconds` is the page's time limit."""
    if isinstance(error, FetchError):
        return error
    import httpcore2  # here: others who only know FetchError make no requests

    if isinstance(error, httpcore2.ConnectTimeout):
        return UnreachableError("its host cannot be reached", True)
    if isinstance(error, (httpcore2.TimeoutException, TimeoutError)):
        return FetchError(f"no whole answer within {seconds:g} s (limits.timeout_seconds)", True)
    for root in (error, error.__cause__, error.__context__):
        if isinstance(root, ssl.SSLCertVerificationError):
            return UnreachableError(f"its TLS certificate is not valid: {root.verify_message}")
        if isinstance(root, (socket.gaierror, UnicodeError)):
            return UnreachableError("its host is not known (DNS)", True)
        if isinstance(root, ConnectionRefusedError):
            return UnreachableError("its host refuses the connection", True)
        if isinstance(root, ssl.SSLError):
            return UnreachableError("its host speaks no TLS that we know", True)
    if isinstance(error, httpcore2.ConnectError):
        return UnreachableError("its host cannot be reached", True)
    if isinstance(error, (httpcore2.NetworkError, httpcore2.RemoteProtocolError, OSError)):
        return CutError("the connection was cut, or the answer is no whole HTTP", True)
    if isinstance(error, httpcore2.LocalProtocolError):
        return FetchError("the address cannot be sent in HTTP")
    return FetchError(f"could not be asked for ({type(error).__name__})")
