"""A `sito serve` of our own in a folder of its own, and how to talk to it as anybody, or as its owner."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from base64 import b64encode
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from flows.orchestration.server import HOST
from flows.orchestration.server_access import login_url

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Answer", "Target", "browsed", "free_port", "running", "serve"]

SECONDS = 120
SAID = "reprocess form"
SOURCE = '[sources.news]\nkind = "folder"\npath = "pages"\n'
PAGE = "<html><body><article><p>Уранці на площі розставили столи для старих книжок, і кожен міг узяти собі одну.</p>"
OVER = {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"}


def free_port() -> int:
    """A port of this machine that nobody listens at now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


class Answer(NamedTuple):
    """Of one request: the status, and what came with it."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def refused(self) -> bool:
        """Whether nothing was told or done, and no other site's script may read that."""
        return self.status in (401, 403) and "access-control-allow-origin" not in self.headers


class Target:
    """A running `sito serve`, and ways to talk to it."""

    def __init__(self, root: Path, port: int) -> None:
        self.root, self.port = root, port
        self.home, self.data, self.taken = root / "home", root / "data", root / "taken"
        self.steps = [{"prefect.deployments.steps.run_shell_script": {"script": f"touch {self.taken}"}}]

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """Send one request with exactly these headers (`_` for `-`)."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        data = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        if data is not None:
            named.setdefault("content-type", "application/json")
        line = http.client.HTTPConnection(HOST, self.port, timeout=30)
        try:
            line.request(method, path, data, named)
            got = line.getresponse()
            return Answer(got.status, {name.lower(): value for name, value in got.getheaders()}, got.read())
        finally:
            line.close()

    def secret(self) -> str:
        """As the owner reads it."""
        return (self.home / "sito-api-secret").read_text()

    def login(self) -> dict[str, str]:
        """The headers of the owner's programs."""
        known = {"authorization": "Basic " + b64encode(self.secret().encode()).decode()}
        token = json.loads(self.ask("GET", "/api/csrf-token?client=owner", **known).body)["token"]
        return known | {"prefect_csrf_client": "owner", "prefect_csrf_token": token}

    def owner(self, method: str, path: str, body: Any = None) -> Any:
        """What the owner is told; asks again while the database is busy."""
        for _ in range(20):
            got = self.ask(method, path, body, **self.login())
            if got.status != 503:
                break
            time.sleep(0.3)
        if got.status >= 400:
            raise RuntimeError(f"{method} {path}: {got.status} {got.body[:300]!r}")
        return json.loads(got.body or b"null")

    def routes(self) -> list[tuple[str, str]]:
        """Method and path of everything that the API can do, by its own description."""
        paths = self.owner("GET", "/api/openapi.json")["paths"]
        every = [(method.upper(), path) for path, methods in paths.items() for method in methods]
        return [(method, "/api" + "/".join(_filled(part) for part in path.split("/"))) for method, path in every]

    def deployment(self) -> dict[str, Any]:
        """Ours, as the database has it."""
        found: dict[str, Any] = self.owner("GET", "/api/deployments/name/ingest/ingest-news")
        return {name: value for name, value in found.items() if name not in ("updated", "last_polled", "status")}

    def run(self, deployment: str, seconds: float = 25, **more: Any) -> str:
        """Start a run, wait for its end (or so long, if nobody takes it); gives its last state."""
        asked = {"parameters": {"source": "news"}, "state": {"type": "SCHEDULED"}} | more
        run = self.owner("POST", f"/api/deployments/{deployment}/create_flow_run", asked)["id"]
        ends = time.monotonic() + seconds
        while (state := self.owner("GET", f"/api/flow_runs/{run}")["state_type"]) not in OVER:
            if time.monotonic() > ends:
                break
            time.sleep(0.5)
        return str(state)


def _filled(part: str) -> str:
    return "00000000-0000-4000-8000-000000000000" if part.startswith("{") and "id" in part else part.strip("{}")


def serve(target: Target) -> subprocess.Popen[bytes]:
    """Start `sito serve` on the sources file in the folder, in a session of its own; it is up when this returns."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "SITO_"))}
    environment = own | {
        "PREFECT_HOME": str(target.home),
        "PREFECT_SERVER_API_PORT": str(target.port),
        "PREFECT_RUNNER_POLL_FREQUENCY": "1",
        "SITO_SOURCES": str(target.root / "sources.toml"),
        "SITO_DATA": str(target.data),
        "SITO_WORKERS": "1",
    }
    log = target.root / "serve.log"
    with log.open("w") as file:
        command = [sys.executable, "-m", "flows.cli", "serve"]
        served = subprocess.Popen(command, env=environment, stdout=file, stderr=file, start_new_session=True)
    ends = time.monotonic() + SECONDS
    while SAID not in log.read_text():
        if served.poll() is not None or time.monotonic() > ends:
            served.kill()
            raise RuntimeError(f"`sito serve` does not start: {log.read_text()[-2_000:]}")
        time.sleep(0.2)
    return served


def browsed(target: Target) -> tuple[bool, str]:
    """Whether the UI works by the link that `sito serve` prints, and tells nothing without it, in headless Chromium."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        return True, "left out: Chromium is not installed"
    ui = f"http://{HOST}:{target.port}"
    pages = []
    for url in (login_url(ui, target.secret()), f"{ui}/dashboard"):
        with tempfile.TemporaryDirectory() as profile:
            options = ["--headless", "--no-sandbox", f"--user-data-dir={profile}", "--virtual-time-budget=20000"]
            done = subprocess.run([program, *options, "--dump-dom", url], capture_output=True, text=True, check=False)
            pages.append(done.stdout)
    works, refused = "source:news" in pages[0], "Authentication failed" in pages[1] and "source:news" not in pages[1]
    return (
        works and refused,
        f"{'the run' if works else 'nothing'}; without the link {'nothing' if refused else 'more'}",
    )


@contextmanager
def running() -> Iterator[Target]:
    """A `sito serve` that has pulled its pages once, so that there is something to read; ended at the end."""
    with tempfile.TemporaryDirectory(prefix="sito-attack-") as name:
        root = Path(name)
        root.chmod(0o755)  # what is inside has to protect itself
        (root / "pages").mkdir()
        (root / "pages" / "1.html").write_text(PAGE)
        (root / "sources.toml").write_text(SOURCE)
        target = Target(root, free_port())
        served = serve(target)
        try:
            if (state := target.run(target.deployment()["id"], SECONDS)) != "COMPLETED":
                raise RuntimeError(f"the first run ended as {state}: {(root / 'serve.log').read_text()[-2_000:]}")
            yield target
        finally:
            served.send_signal(signal.SIGTERM)
            served.wait(60)
