"""What deploy/ says agrees with the project: files, commands and settings that are named exist."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from flows.cli.main import COMMANDS
from flows.config.settings import Settings
from flows.orchestration.prefect_settings import SETTINGS
from support.paths import ROOT

DEPLOY = ROOT / "deploy"
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
DOCKERFILE = (DEPLOY / "Dockerfile").read_text("utf-8")
TEXTS = [path for path in DEPLOY.rglob("*") if path.is_file()]
OTHERS = {"SITO_FOLDER", "SITO_SECRET", "SITO_DATABASE_PASSWORD", "SITO_CONTACT"}
"""What compose.yaml takes from its .env, and what is read without the settings."""


def test_the_image_is_not_run_by_root_and_has_a_check_and_all_that_is_copied_into_it() -> None:
    last = DOCKERFILE.rpartition("FROM ")[2]
    assert last.index("useradd") < last.index("USER sito") < last.index("HEALTHCHECK") < last.index("ENTRYPOINT")
    copied = [line[1:] for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line.startswith("!")]
    assert [name for name in copied if not (ROOT / name).exists()] == []
    assert {"cleaners", "flows", "sito", "pyproject.toml", "requirements.lock", "deploy/install"} <= set(copied)


def test_every_service_has_what_it_waits_for_and_only_this_machine_is_let_in() -> None:
    services = COMPOSE["services"]
    for name, service in services.items():
        for other, how in service.get("depends_on", {}).items():
            condition = how["condition"]
            assert condition != "service_healthy" or "healthcheck" in services[other], name
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ())), name
    assert set(services) == {"database", "server", "plan", "worker", "look", "store"}
    assert services["store"]["profiles"] == ["s3"]


def test_the_server_has_the_settings_of_sito_serve() -> None:
    given = COMPOSE["services"]["server"]["environment"]
    wanted = {name: value for name, value in SETTINGS.items() if name.startswith("PREFECT_SERVER_")}
    assert {name: given.get(name) for name in wanted} == wanted


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
def test_every_variable_is_a_setting_and_every_command_exists(path: Path) -> None:
    text = path.read_text("utf-8")
    known = {f"SITO_{name.upper()}" for name in Settings.model_fields} | OTHERS
    assert set(re.findall(r"\bSITO_[A-Z_]+", text)) - known == set()
    commands = {command.__name__.rpartition(".")[2] for command in COMMANDS}
    assert set(re.findall(r"ExecStart=/opt/sito/bin/sito (\w+)", text)) <= commands


def test_what_compose_takes_from_its_file_is_in_the_example() -> None:
    wanted = set(re.findall(r"\$\{(\w+)", (DEPLOY / "compose.yaml").read_text("utf-8")))
    given = set(re.findall(r"^(\w+)=", (DEPLOY / "example.env").read_text("utf-8"), re.MULTILINE))
    assert wanted == given
