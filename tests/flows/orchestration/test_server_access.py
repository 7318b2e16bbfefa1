"""Who may use our Prefect server. `tests/flows/test_serve.py` tries the same on a real one."""

from __future__ import annotations

import asyncio
import base64
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from flows.common.errors import SitoError
from flows.orchestration.server_access import LOGIN, GuardedApp, api_secret, login_url

if TYPE_CHECKING:
    from collections.abc import MutableMapping
    from pathlib import Path

OWN = ("host", "127.0.0.1:4200")


async def behind(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"server", b"prefect")]})
    await send({"type": "http.response.body", "body": b"prefect"})


def ask(*headers: tuple[str, str], path: str = "/api/flows", kind: str = "http") -> list[MutableMapping[str, Any]]:
    said: list[MutableMapping[str, Any]] = []

    async def send(message: MutableMapping[str, Any]) -> None:
        said.append(message)

    async def receive() -> MutableMapping[str, Any]:
        raise AssertionError("nothing of a refused request is read")

    scope = {"type": kind, "path": path, "headers": [(name.encode(), value.encode()) for name, value in headers]}
    asyncio.run(GuardedApp(behind, names=["sito.example"])(scope, receive, send))
    return said


class TestGuardedApp:
    @pytest.mark.parametrize(
        "headers",
        [
            [OWN],
            [("host", "localhost:4200")],
            [("host", "LOCALHOST:4200")],
            [("host", "[::1]:4200")],
            [("host", "localhost")],
            [("host", "sito.example")],  # configured
            [("host", "localhost:8080"), ("origin", "http://localhost:8080")],  # through a tunnel
            [OWN, ("origin", "http://127.0.0.1:4200")],
            [("host", "sito.example"), ("origin", "https://sito.example")],
        ],
        ids=str,
    )
    def test_own_programs_and_pages_are_answered(self, headers: list[tuple[str, str]]) -> None:
        assert ask(*headers)[0]["status"] == 200

    @pytest.mark.parametrize(
        "headers",
        [
            [],
            [("host", "evil.example:4200")],
            [("host", "127.0.0.1.evil.example:4200")],
            [("host", "localhost.")],
            [("host", "user@localhost:4200")],
            [OWN, ("host", "evil.example")],
            [OWN, ("origin", "http://evil.example")],
            [OWN, ("origin", "null")],
            [OWN, ("origin", "http://127.0.0.1:4201")],
            [OWN, ("origin", "http://localhost:4200")],
            [OWN, ("origin", "http://127.0.0.1:4200.evil.example")],
            [OWN, ("origin", "file://127.0.0.1:4200")],
            [OWN, ("origin", "http://[evil")],
            [("host", "evil.example:4200"), ("origin", "http://evil.example:4200")],  # rebound to 127.0.0.1
        ],
        ids=str,
    )
    @pytest.mark.parametrize("path", ["/api/flows", "/", LOGIN])
    def test_others_are_refused_with_a_reason(self, headers: list[tuple[str, str]], path: str) -> None:
        start, body = ask(*headers, path=path)
        assert start["status"] == 403
        assert body["body"].startswith(b"sito: refused: ")
        assert not [name for name, _ in start["headers"] if name.startswith(b"access-control")]

    def test_a_websocket_of_another_site_is_closed(self) -> None:
        (closed,) = ask(OWN, ("origin", "http://evil.example"), kind="websocket")
        assert (closed["type"], closed["code"]) == ("websocket.close", 1008)

    @pytest.mark.parametrize("path", ["/", "/api/flows", LOGIN])
    def test_no_page_can_be_framed(self, path: str) -> None:
        assert (b"x-frame-options", b"DENY") in ask(OWN, path=path)[0]["headers"]

    def test_the_login_page_holds_no_secret(self) -> None:
        start, body = ask(OWN, path=LOGIN)
        assert start["status"] == 200
        assert b"location.hash" in body["body"]


class TestSecret:
    def test_it_is_made_once_and_readable_by_the_user_alone(self, tmp_path: Path) -> None:
        secret = api_secret(tmp_path / "home")
        assert len(secret) > 40
        assert secret.startswith("sito:")
        assert api_secret(tmp_path / "home") == secret
        assert api_secret(tmp_path / "other") != secret
        (file,) = (tmp_path / "home").iterdir()
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE((tmp_path / "home").stat().st_mode) == 0o700

    def test_first_starts_at_the_same_time_agree(self, tmp_path: Path) -> None:
        with ThreadPoolExecutor(16) as threads:
            assert len(set(threads.map(api_secret, [tmp_path] * 64))) == 1
        assert len(list(tmp_path.iterdir())) == 1

    def test_one_that_others_can_read_is_refused(self, tmp_path: Path) -> None:
        api_secret(tmp_path)
        (file,) = tmp_path.iterdir()
        file.chmod(0o644)
        with pytest.raises(SitoError, match="others can read the secret"):
            api_secret(tmp_path)

    @pytest.mark.parametrize("content", ["", "nonsense"])
    def test_one_that_is_none_is_refused(self, tmp_path: Path, content: str) -> None:
        api_secret(tmp_path)
        (file,) = tmp_path.iterdir()
        file.write_text(content)
        with pytest.raises(SitoError, match="holds no secret"):
            api_secret(tmp_path)

    @pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
    def test_where_it_cannot_be_kept_that_is_said(self, tmp_path: Path) -> None:
        tmp_path.chmod(0o500)
        with pytest.raises(SitoError, match="cannot be kept there"):
            api_secret(tmp_path / "home")

    def test_the_link_carries_it_where_no_browser_sends_it(self) -> None:
        link, _, fragment = login_url("http://127.0.0.1:4200", "sito:s").partition("#")
        assert link == f"http://127.0.0.1:4200{LOGIN}"
        assert base64.b64decode(fragment) == b"sito:s"
