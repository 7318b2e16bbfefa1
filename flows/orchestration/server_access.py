"""Who may use our Prefect server: this user's programs, and this user's browser by a link that `sito serve` prints.

Whoever can call Prefect's API can have commands run as the user who serves it. So the API asks for a secret that is in
a file which only this user can read, and the server refuses requests that pages of other sites make: those with a
foreign `Origin`, and those under a foreign name (`Host`), such as one that an attacker points at 127.0.0.1 (DNS
rebinding).
"""

from __future__ import annotations

import base64
import secrets
from typing import TYPE_CHECKING

from flows.common.errors import SitoError
from flows.common.own_secret import own_secret
from flows.common.web_guard import Guard, answer

if TYPE_CHECKING:
    from pathlib import Path

    from flows.common.web_guard import Receive, Scope, Send

__all__ = ["LOGIN", "GuardedApp", "api_secret", "login_url"]

LOGIN = "/sito-login"
"""Path of the page that hands the secret to the UI of this browser."""

_SECRET_FILE = "sito-api-secret"  # noqa: S105 - a file's name
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
    secret = own_secret(path, "the secret of the Prefect API", lambda: f"sito:{secrets.token_urlsafe(32)}")
    if ":" not in secret:
        raise SitoError(f"{path}: holds no secret of the form user:password; remove the file, and a new one is made")
    return secret


def login_url(ui: str, secret: str) -> str:
    """The address that opens the UI with the secret; it is in the fragment, which no browser sends and no log keeps."""
    return f"{ui}{LOGIN}#{base64.b64encode(secret.encode()).decode()}"


class GuardedApp(Guard):
    """The guard around our Prefect server, with the page that hands the secret to the UI."""

    async def admit(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on a request that may be answered, or answer with the page of the login."""
        if scope["type"] == "http" and scope["path"] == LOGIN:
            await answer(send, 200, _LOGIN_PAGE, b"text/html; charset=utf-8")
        else:
            await super().admit(scope, receive, send)
