"""A Prefect server of our own on this machine, which ends when this process does.

The server is `python -m flows.orchestration.server PORT`. It ends when its standard input does: also when its parent
was killed.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPException
from typing import TYPE_CHECKING
from urllib.request import ProxyHandler, build_opener

from flows.common.errors import SitoError
from flows.config.settings import load_settings
from flows.orchestration.prefect_settings import child_environment
from flows.orchestration.server_access import GuardedApp, api_secret

if TYPE_CHECKING:
    from collections.abc import Iterator

HOST = "127.0.0.1"
START_SECONDS = 120
"""Time that the server may take to answer: 4 s were measured with an empty database, more with a migration."""
STOP_SECONDS = 10


@dataclass(frozen=True, slots=True)
class PrefectApi:
    """A Prefect API that answers; `secret` is that of a server of our own, None: the server is another's."""

    url: str
    ui: str
    secret: str | None = None


@contextmanager
def own_or_configured_api() -> Iterator[PrefectApi]:
    """Have the API of `configured_api`, else a server on this machine while the `with` block runs.

    It listens where Prefect's settings say (4200). Raises SitoError for a taken port and an API that does not answer.
    """
    from prefect.settings import PREFECT_HOME, get_current_settings

    settings = get_current_settings()
    if settings.api.url:
        yield configured_api()
        return
    port = settings.server.api.port
    own = settings.server.api.auth_string
    secret = own.get_secret_value() if own else api_secret(PREFECT_HOME.value())
    with local_server(port, secret) as url:
        api = PrefectApi(url, f"http://{HOST}:{port}", secret)
        with using(api):
            yield api


def configured_api() -> PrefectApi:
    """The API that PREFECT_API_URL or the profile names. Raises SitoError if it does not answer."""
    from prefect.client.orchestration import get_client
    from prefect.settings import get_current_settings

    settings = get_current_settings()
    with get_client(sync_client=True) as client:
        problem = client.api_healthcheck()
    if problem is not None:
        raise SitoError(
            f"no Prefect server answers at {settings.api.url} ({problem}); start it, or unset PREFECT_API_URL (or "
            "`prefect config unset PREFECT_API_URL`): `sito serve` then starts one itself, and other commands need none"
        )
    return PrefectApi(str(settings.api.url), settings.ui_url or str(settings.api.url))


@contextmanager
def using(api: PrefectApi) -> Iterator[None]:
    """Have Prefect use this server of our own in the block; all logs and events have reached it at the end."""
    from prefect.settings import PREFECT_API_AUTH_STRING, PREFECT_API_URL, temporary_settings

    with temporary_settings({PREFECT_API_URL: api.url, PREFECT_API_AUTH_STRING: api.secret}):
        try:
            yield
        finally:
            _send_rest()


def _send_rest() -> None:
    """Have Prefect's client send the logs and events that it still holds: later there would be no server."""
    from prefect.events.worker import EventsWorker
    from prefect.logging.handlers import APILogWorker

    for worker in (APILogWorker, EventsWorker):
        worker.drain_all(timeout=STOP_SECONDS)


@contextmanager
def local_server(port: int, secret: str) -> Iterator[str]:
    """Run a server while the `with` block does; gives the address of its API, which answers by then.

    Who uses the API needs the `secret`, `user:password`; see `server_access` for what else is refused.

    Raises SitoError if the port is taken or the server does not come up.
    """
    _check_free(port)
    environment = child_environment(
        PREFECT_SERVER_UI_API_URL="/api",  # else the UI looks for its API at port 4200
        PREFECT_API_AUTH_STRING=secret,  # the server's own services ask its API, too
        PREFECT_SERVER_API_AUTH_STRING=secret,
        PREFECT_SERVER_CSRF_PROTECTION_ENABLED="true",
        PREFECT_SERVER_CORS_ALLOWED_ORIGINS=f"http://{HOST}:{port}",
    )
    process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
        [sys.executable, "-m", "flows.orchestration.server", str(port)],
        stdin=subprocess.PIPE,
        env=environment,
        start_new_session=True,  # Ctrl-C is for us: the server ends after those who still talk to it
    )
    try:
        _wait(process, f"http://{HOST}:{port}/api")
        yield f"http://{HOST}:{port}/api"
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def answers(api: str) -> bool:
    """Whether a Prefect server of this machine answers at this address."""
    # Without the proxy of the environment: it knows nothing of this machine's own addresses.
    try:
        with build_opener(ProxyHandler({})).open(f"{api}/health", timeout=5) as response:
            return bool(response.status == 200)
    except (OSError, HTTPException):
        return False


def _check_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise SitoError(
                f"port {port} of {HOST} is taken ({error.strerror}). If that is a Prefect server, use it: "
                f"PREFECT_API_URL=http://{HOST}:{port}/api sito serve. Else take another port: "
                "PREFECT_SERVER_API_PORT=4300 sito serve"
            ) from None


def _wait(process: subprocess.Popen[bytes], api: str) -> None:
    end = time.monotonic() + START_SECONDS
    while not answers(api):
        try:
            code = process.wait(0.1)
        except subprocess.TimeoutExpired:
            if time.monotonic() < end:
                continue
            raise SitoError(f"the Prefect server did not answer at {api} within {START_SECONDS} s") from None
        raise SitoError(f"the Prefect server ended with exit code {code} before it answered; its reason is above")


def main(port: int) -> None:
    """Serve until SIGTERM, or until our standard input is closed."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    import uvicorn
    from prefect.server.api.server import create_app

    app = GuardedApp(create_app(final=True), names=filter(None, load_settings().ui_names.split(",")))
    uvicorn.run(app, host=HOST, port=port, log_level="warning", timeout_graceful_shutdown=3)


def _end_with_parent() -> None:
    while os.read(0, 4096):  # not sys.stdin: its lock would be held while the interpreter ends
        pass
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main(int(sys.argv[1]))
