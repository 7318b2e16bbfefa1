"""Where the Prefect server of a `sito serve` is, said in its data folder: runs in terminals go there. Without Prefect.

The file lies beside a lock that `sito serve` holds while it lives, so that what a killed one left misleads nobody: the
secret of the server is told to no other program that has taken its port since.
"""

from __future__ import annotations

import json
import os
import socket
import tomllib
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from flows.common.errors import SitoError
from flows.orchestration.server import PrefectApi, answers
from flows.orchestration.server_access import api_secret

if TYPE_CHECKING:
    from collections.abc import Iterator

_FILE, _LOCK = "runs/.served.json", "runs/.served.lock"
_SECONDS = 1.0  # for those who are just looking whether the lock is held


@contextmanager
def announced(api: PrefectApi, home: Path | None, data: Path) -> Iterator[None]:
    """Say in the data folder that our server at `api` answers while the block runs.

    Its secret is kept in `home`; None: the user has chosen it, and gives it to programs as PREFECT_API_AUTH_STRING.
    Where that cannot be written, or another `sito serve` has said so, nothing is said.
    """
    lock = FileLock(data / _LOCK, timeout=_SECONDS, fallback_to_soft=False)
    told = {"api": api.url, "ui": api.ui, "home": home and str(home), "machine": socket.gethostname()}
    try:
        (data / _FILE).parent.mkdir(parents=True, exist_ok=True)
        lock.acquire()
        (data / _FILE).write_text(json.dumps(told))
    except (OSError, Timeout):
        yield
        return
    try:
        yield
    finally:
        with suppress(OSError):
            (data / _FILE).unlink()
        lock.release()


def served_api(data: Path) -> PrefectApi | None:
    """The server of the `sito serve` of this data folder; None: there is none, or it is not for us to use."""
    try:
        told = json.loads((data / _FILE).read_text())
        with FileLock(data / _LOCK, timeout=0, fallback_to_soft=False):
            return None  # whoever held it is gone
    except Timeout:
        pass
    except (OSError, ValueError):
        return None
    try:
        if told["machine"] != socket.gethostname() or not answers(told["api"]):
            return None
        home = told["home"]
        secret = api_secret(Path(home)) if home else os.environ["PREFECT_API_AUTH_STRING"]
        return PrefectApi(told["api"], told["ui"], secret)
    except (KeyError, TypeError, SitoError):
        return None


def is_configured() -> bool:
    """Whether PREFECT_API_URL or Prefect's profile names an API; Prefect could say, but takes seconds to import."""
    if os.environ.get("PREFECT_API_URL"):
        return True
    home = Path(os.environ.get("PREFECT_HOME") or "~/.prefect").expanduser()
    path = Path(os.environ.get("PREFECT_PROFILES_PATH") or home / "profiles.toml").expanduser()
    try:
        found = tomllib.loads(path.read_text())
        name = os.environ.get("PREFECT_PROFILE") or found.get("active")
        return bool(found["profiles"][name].get("PREFECT_API_URL"))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False
