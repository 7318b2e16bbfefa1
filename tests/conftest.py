"""What all tests have in common.

Properties are tried with the same few examples each time; HYPOTHESIS_PROFILE=search tries many new ones.
"""

from __future__ import annotations

import atexit
import gc
import os
import re
import signal
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import pytest
from hypothesis import settings

from flows.pipeline import stored_pages

pytest_plugins = ["support.databases", "support.local_site", "support.object_store", "support.prefect_server"]

atexit.register(gc.unfreeze)  # else DuckDB names what was never freed
gc.disable()  # until all tests are collected: nothing of that is garbage

settings.register_profile("steady", derandomize=True, deadline=None, max_examples=60)
settings.register_profile("search", max_examples=3000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))

# A shell's `&` and nohup have Ctrl-C ignored, and so would be the programs that tests start and stop by it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


_LONGEST_ID = 60


def pytest_make_parametrize_id(config: pytest.Config, val: object, argname: str) -> str | None:
    """Whole pages and feeds are values of tests; as names they would go between processes with every result."""
    if isinstance(val, bytes) and len(val) > _LONGEST_ID:  # packed ones hold the time, which differs by process
        return f"{len(val):,} bytes"
    if isinstance(val, str) and len(val) > _LONGEST_ID:
        return f"{val[:_LONGEST_ID]!r} and {len(val) - _LONGEST_ID:,} more"
    return None


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Modules of slow tests alone are not even read where these are not run: most import Prefect, for two seconds."""
    if config.option.markexpr != "not slow" or not re.fullmatch(r"test_\w+\.py", collection_path.name):
        return None
    marked = re.search(r"^pytestmark = .*\bmark\.slow\b", collection_path.read_text("utf-8"), re.MULTILINE)
    return True if marked else None


def pytest_collection_finish() -> None:
    """Thousands of tests and all modules live to the end: the garbage collector need not look at them each time."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)  # Hypothesis times each collection, of which there were hundreds a second
    gc.enable()


@pytest.fixture(scope="session", autouse=True)
def _read_once() -> Iterator[None]:
    """Runs of many tests store the same pages: what is read of one, before any judging, depends on nothing else."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stored_pages, "read_html", lru_cache(maxsize=1000)(stored_pages.read_html))
        yield


@pytest.fixture(autouse=True)
def _umask() -> Iterator[None]:
    """`sito` sets the umask of its process, which in a test is that of all tests."""
    before = os.umask(0o022)
    os.umask(before)
    yield
    os.umask(before)
