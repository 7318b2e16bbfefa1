"""What becomes of each kind of error: what is said of it, and whether another try may help."""

from __future__ import annotations

import socket
import ssl

import httpcore2
import pytest

from flows.fetch.fetch_errors import CutError, FetchError, UnreachableError, fetch_error, stopped


def connecting(cause: Exception) -> Exception:
    """As the HTTP library raises it."""
    error = httpcore2.ConnectError("secret words of a server")
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "kind", "retryable", "reason"),
    [
        (httpcore2.ConnectTimeout("x"), UnreachableError, True, "its host cannot be reached"),
        (httpcore2.ReadTimeout("x"), FetchError, True, "no whole answer within 2.5 s (limits.timeout_seconds)"),
        (TimeoutError(), FetchError, True, "no whole answer within 2.5 s (limits.timeout_seconds)"),
        (connecting(socket.gaierror("x")), UnreachableError, True, "its host is not known (DNS)"),
        (connecting(ConnectionRefusedError()), UnreachableError, True, "its host refuses the connection"),
        (connecting(ssl.SSLError("x")), UnreachableError, True, "its host speaks no TLS that we know"),
        (connecting(OSError("x")), UnreachableError, True, "its host cannot be reached"),
        (httpcore2.ReadError("x"), CutError, True, "the connection was cut, or the answer is no whole HTTP"),
        (httpcore2.RemoteProtocolError("x"), CutError, True, "the connection was cut, or the answer is no whole HTTP"),
        (ConnectionResetError(), CutError, True, "the connection was cut, or the answer is no whole HTTP"),
        (httpcore2.LocalProtocolError("x"), FetchError, False, "the address cannot be sent in HTTP"),
        (ValueError("x"), FetchError, False, "could not be asked for (ValueError)"),
    ],
)
def test_an_error_says_whether_another_try_may_help(
    error: Exception, kind: type[FetchError], retryable: bool, reason: str
) -> None:
    found = fetch_error(error, 2.5)
    assert (type(found), found.retryable, found.reason, found.outcome) == (kind, retryable, reason, "failed")


def test_a_certificate_that_is_not_valid_is_no_matter_of_another_try() -> None:
    cause = ssl.SSLCertVerificationError()
    cause.verify_message = "it has expired"
    found = fetch_error(connecting(cause), 1)
    assert (found.retryable, found.reason) == (False, "its TLS certificate is not valid: it has expired")


def test_an_error_of_ours_stays_as_it_is() -> None:
    error = stopped()
    assert fetch_error(error, 1) is error
    assert (error.retryable, error.outcome) == (True, "waiting")
