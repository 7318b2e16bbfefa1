"""Prefect as sito sets it up, also where a test imports it, and the command line."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest

from flows.cli.main import main
from flows.orchestration.prefect_settings import child_environment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

os.environ.update(child_environment())


@pytest.fixture
def sito(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Callable[[list[str]], int]]:
    """The command line in this process, whatever Prefect server its user knows: a process of its own takes a second."""
    monkeypatch.setenv("SITO_WORKERS", "1")
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path / "no profile"))
    before = signal.getsignal(signal.SIGTERM)
    yield main
    signal.signal(signal.SIGTERM, before)
