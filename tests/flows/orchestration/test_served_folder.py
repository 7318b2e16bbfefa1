"""How a terminal finds the Prefect server that its run goes to."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from flows.orchestration import served_folder
from flows.orchestration.served_folder import announced, is_configured, served_api
from flows.orchestration.server import PrefectApi
from flows.orchestration.server_access import api_secret

if TYPE_CHECKING:
    from pathlib import Path

URL = "http://127.0.0.1:4999/api"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the secret of the server is kept; the server itself is one that answers."""
    monkeypatch.setattr(served_folder, "answers", lambda api: api == URL)
    monkeypatch.setattr(served_folder, "_SECONDS", 0.0)
    return tmp_path / "home"


def server(home: Path, url: str = URL) -> PrefectApi:
    return PrefectApi(url, "http://127.0.0.1:4999", api_secret(home))


def test_the_server_of_a_data_folder_is_found_while_it_is_served(home: Path, tmp_path: Path) -> None:
    assert served_api(tmp_path) is None
    with announced(server(home), home, tmp_path):
        assert served_api(tmp_path) == server(home)
        assert served_api(tmp_path / "elsewhere") is None
        assert api_secret(home) not in (tmp_path / "runs" / ".served.json").read_text()
    assert served_api(tmp_path) is None


def test_what_a_killed_one_left_leads_nowhere_whoever_answers_there_now(home: Path, tmp_path: Path) -> None:
    with announced(server(home), home, tmp_path):
        left = (tmp_path / "runs" / ".served.json").read_text()
    (tmp_path / "runs" / ".served.json").write_text(left)
    assert served_api(tmp_path) is None


@pytest.mark.parametrize(
    "wrong", [{"machine": "another"}, {"api": "http://127.0.0.1:4998/api"}, {"home": 7}, {"home": None}, {"ui": ...}]
)
def test_one_that_is_not_for_us_is_left_alone(
    home: Path, tmp_path: Path, wrong: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PREFECT_API_AUTH_STRING", raising=False)
    with announced(server(home), home, tmp_path):
        file = tmp_path / "runs" / ".served.json"
        told = json.loads(file.read_text()) | wrong
        file.write_text(json.dumps({name: value for name, value in told.items() if value is not ...}))
        assert served_api(tmp_path) is None


def test_a_secret_of_the_user_s_own_is_in_the_environment(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PREFECT_API_AUTH_STRING", "me:secret")
    with announced(PrefectApi(URL, "http://127.0.0.1:4999", "me:secret"), None, tmp_path):
        found = served_api(tmp_path)
    assert found is not None
    assert found.secret == "me:secret"


def test_the_first_of_two_stays_and_what_cannot_be_said_is_no_error(home: Path, tmp_path: Path) -> None:
    with announced(server(home), home, tmp_path):
        with announced(server(home, "http://127.0.0.1:4998/api"), home, tmp_path):
            assert served_api(tmp_path) == server(home)
        assert served_api(tmp_path) == server(home)
    (tmp_path / "file").write_text("no folder")
    with announced(server(home), home, tmp_path / "file"):
        assert served_api(tmp_path / "file") is None


PROFILES = """active = "work"
[profiles.work]
PREFECT_API_URL = "http://prefect.example/api"
[profiles.home]
"""


@pytest.mark.parametrize(
    ("environment", "profiles", "configured"),
    [
        ({}, None, False),
        ({"PREFECT_API_URL": ""}, None, False),
        ({"PREFECT_API_URL": URL}, None, True),
        ({}, PROFILES, True),
        ({"PREFECT_PROFILE": "home"}, PROFILES, False),
        ({"PREFECT_PROFILE": "unknown"}, PROFILES, False),
        ({}, "active = [", False),
        ({}, "profiles = 3", False),
    ],
)
def test_an_api_is_configured_by_the_environment_or_the_profile(
    environment: dict[str, str], profiles: str | None, configured: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("PREFECT_API_URL", "PREFECT_PROFILE", "PREFECT_PROFILES_PATH"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path))
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    if profiles is not None:
        (tmp_path / "profiles.toml").write_text(profiles)
    assert is_configured() is configured
