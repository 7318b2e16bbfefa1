"""Who may use our Prefect server: this user's programs, and this user's browser by a link that `sito serve` prints.

Whoever can call Prefect's API can have commands run as the user who serves it. So the API asks for a secret that is in
a file which only this user can read, and the server refuses requests that pages of other sites make: those with a
foreign `Origin`, and those under a foreign name (`Host`), such as one that an attacker points at 127.0.0.1 (DNS
rebinding).
"""

from __future__ import annotations

import base64
import os
import secrets
import tempfile
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flows.common.errors import SitoError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, MutableMapping
    from pathlib import Path

    Scope = MutableMapping[str, Any]
    Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
    Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
    Application = Callable[[Scope, Receive, Send], Awaitable[None]]

__all__ = ["LOGIN", "LOOPBACK", "GuardedApp", "api_secret", "login_url"]

LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})
"""Names under which a server on the loopback interface is asked for, as they stand in a Host header."""

LOGIN = "/sito-login"
"""Path of the page that hands the secret to the UI of this browser."""

_SECRET_FILE = "sito-api-secret"  # noqa: S105 - a file's name
_UNFRAMED = (b"x-frame-options", b"DENY")
_LOGIN_PAGE = b"""<!doctype html>
<meta charset="utf-8">
<title>sito</title>
<p id="said">Opening the Prefect UI ...</p>
<script>
  const secret = location.hash.slice(1);
  history.replaceState(null, "", location.pathname);
  if (secret) {
    localStorage.setItem("prefect-password", secret);
    location.replace("/");
  } else {
    document.getElementById("said").textContent = "This link is incomplete: copy all of it from the terminal.";
  }
</script>
"""


def api_secret(folder: Path) -> str:
    """The secret of the API of the server whose database lies in `folder`, as `user:password`; made at the first call.

    Its file can be read by this user alone. Raises SitoError where it cannot be written, or others can read it.
    """
    path = folder / _SECRET_FILE
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not path.exists():
            # Linked when it is complete: of two first starts at once, neither reads half a secret of the other.
            with tempfile.NamedTemporaryFile("w", dir=folder) as file:  # readable by this user alone
                file.write(f"sito:{secrets.token_urlsafe(32)}")
                file.flush()
                with suppress(FileExistsError):
                    os.link(file.name, path)
        if path.stat().st_mode & 0o077:
            raise SitoError(f"{path}: others can read the secret of the Prefect API; remove it, and a new one is made")
        secret = path.read_text().strip()
    except OSError as error:
        raise SitoError(f"{path}: the secret of the Prefect API cannot be kept there ({error.strerror})") from error
    if ":" not in secret:
        raise SitoError(f"{path}: holds no secret of the form user:password; remove the file, and a new one is made")
    return secret


def login_url(ui: str, secret: str) -> str:
    """The address that opens the UI with the secret; it is in the fragment, which no browser sends and no log keeps."""
    return f"{ui}{LOGIN}#{base64.b64encode(secret.encode()).decode()}"


class GuardedApp:
    """An ASGI application that answers only requests to its own names, from its own pages or from programs.

    `names` are the Host names (without port) that may stand in a request beside those of the loopback interface. A
    request with an `Origin` must come from a page of this very server. What is refused gets 403 with a line of reason,
    a WebSocket is closed. No page of the server can be shown inside a frame of another.
    """

    def __init__(self, app: Application, names: Iterable[str] = ()) -> None:
        self._app = app
        self._names = LOOPBACK | {name.strip().lower() for name in names}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or hand it on."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        problem = self._problem(scope)
        if problem is not None:
            await _refuse(scope, send, problem)
        elif scope["type"] == "http" and scope["path"] == LOGIN:
            await _answer(send, 200, _LOGIN_PAGE, b"text/html; charset=utf-8")
        else:
            await self._app(scope, receive, _unframed(send))

    def _problem(self, scope: Scope) -> str | None:
        headers: list[tuple[bytes, bytes]] = scope["headers"]
        hosts = [value.decode("latin-1").lower() for name, value in headers if name == b"host"]
        if len(hosts) != 1 or _name_of(hosts[0]) not in self._names:
            return "this server is not known under that name"
        for name, value in headers:
            if name == b"origin" and not _is_own(value.decode("latin-1").lower(), hosts[0]):
                return "pages of other sites may not use this server"
        return None


def _name_of(host: str) -> str:
    """The name of a Host header, without its port."""
    name, colon, port = host.rpartition(":")
    return name if colon and port.isdigit() else host


def _is_own(origin: str, host: str) -> bool:
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and parts.netloc == host


def _unframed(send: Send) -> Send:
    async def answer(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", ()), _UNFRAMED]}
        await send(message)

    return answer


async def _refuse(scope: Scope, send: Send, problem: str) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008, "reason": problem})
    else:
        await _answer(send, 403, f"sito: refused: {problem}\n".encode(), b"text/plain; charset=utf-8")


async def _answer(send: Send, status: int, body: bytes, media: bytes) -> None:
    headers = [
        (b"content-type", media),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        (b"referrer-policy", b"no-referrer"),
        _UNFRAMED,
        (b"x-content-type-options", b"nosniff"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
