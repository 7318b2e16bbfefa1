"""Who may look: this user's browser, by a link that `sito look` prints."""

from __future__ import annotations

import hmac
import secrets
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote, urlencode

from flows.common.errors import SitoError
from flows.common.own_secret import own_secret
from flows.common.web_guard import Guard, answer

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from flows.common.web_guard import Application, Receive, Scope, Send

__all__ = ["PROOF", "Door", "key_of", "proof"]

PROOF = "/proof"
"""Answers to anybody with a proof of the key, and so that these are the pages of a data folder."""
METRICS = "/metrics"
"""May also be read with the key in a header, `Authorization: Bearer KEY`: by Prometheus, which keeps no cookies."""
_CLOSED = """<!doctype html><meta charset="utf-8"><title>sito</title>
<p>Open this page once by the link that <code>sito look</code> prints in the terminal; from then on, all links work.</p>
<p lang="uk">Відкрийте цю сторінку один раз за посиланням, яке друкує <code>sito look</code>; далі працюють усі.</p>
""".encode()


def key_of(data: Path) -> str:
    """The key of the pages of this data folder; for this process alone where it cannot be kept."""
    try:
        return own_secret(data / "runs" / ".look-key", "the key of sito's pages", lambda: secrets.token_urlsafe(24))
    except SitoError:
        return secrets.token_urlsafe(24)


def proof(key: str, of: str) -> str:
    """What only who has the key can answer to a word that was not asked before."""
    return hmac.new(key.encode(), of.encode(), "sha256").hexdigest()


class Door(Guard):
    """The guard, which also asks for the key: once as `?key=`, from then on as a cookie of this port.

    The cookie is sent with requests from our own pages and from links, and no script can read it.
    """

    def __init__(self, app: Application, key: str, names: Iterable[str] = ()) -> None:
        super().__init__(app, names, framed="/capture")
        self._key = key.encode()

    async def admit(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on a request with the cookie; give the cookie for the key."""
        query = dict(parse_qsl(scope["query_string"].decode("latin-1")))
        name = f"sito-key-{(scope.get('server') or ('', 0))[1]}"  # cookies know no ports
        if scope["path"] == PROOF:
            await answer(send, 200, proof(self._key.decode(), query.get("of", "")).encode(), b"text/plain")
        elif "key" in query and scope["method"] == "GET" and self._fits(query.pop("key")):
            there = "/" + quote(scope["path"].lstrip("/\\")) + (f"?{urlencode(query)}" if query else "")
            cookie = f"{name}={self._key.decode()}; Path=/; HttpOnly; SameSite=Strict; Max-Age=31536000"
            await _redirect(send, there, cookie)
        elif self._fits(_cookie(scope, name)) or (scope["path"] == METRICS and self._fits(_bearer(scope))):
            await super().admit(scope, receive, send)
        else:
            await answer(send, 401, _CLOSED, b"text/html; charset=utf-8")

    def _fits(self, given: str) -> bool:
        return hmac.compare_digest(given.encode(), self._key)


def _bearer(scope: Scope) -> str:
    for header, value in scope["headers"]:
        if header == b"authorization" and value[:7].lower() == b"bearer ":
            return str(value[7:].decode("latin-1").strip())
    return ""


def _cookie(scope: Scope, name: str) -> str:
    for header, value in scope["headers"]:
        if header == b"cookie":
            try:
                found = SimpleCookie(value.decode("latin-1")).get(name)
            except CookieError:
                continue
            if found is not None:
                return found.value
    return ""


async def _redirect(send: Send, there: str, cookie: str) -> None:
    headers = [
        (b"location", there.encode()),
        (b"set-cookie", cookie.encode()),
        (b"cache-control", b"no-store"),
        (b"referrer-policy", b"no-referrer"),
        (b"content-length", b"0"),
    ]
    await send({"type": "http.response.start", "status": 303, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
