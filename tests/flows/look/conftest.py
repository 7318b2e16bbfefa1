"""A data folder with hostile pages, and what `sito look` shows of it to a client without a network."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from starlette.testclient import TestClient

from flows.common.page_types import Outcome
from flows.look.door import Door
from flows.look.index import Index
from flows.look.site import application
from flows.report.run_changes import save_changes
from flows.report.run_record import record_run, save_run
from flows.tables.changes import Changes
from support.captures import file, keep
from support.look_pages import HOSTILE, KEY
from support.newspaper import BODY, FIRST_DAY, SOURCE, cleaned, page

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HIDDEN = "<div style='display: none'><p>Прихований абзац про зовсім інше місто, якого читач не бачить.</p></div>"


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four captures of three pages in two shards, each with its run."""
    folder = tmp_path_factory.mktemp("look")
    day = timedelta(days=1)
    fuller = page(1, BODY + "<p>Полиць уже сім, і всі повні.</p>")
    captures = (
        [file("file:///1.html", page(1), FIRST_DAY), file("file:///2.html", HOSTILE.encode(), FIRST_DAY + day)],
        [
            file("file:///1.html", fuller, FIRST_DAY + 9 * day),
            file("file:///3.html", page(3, BODY + HIDDEN), FIRST_DAY + 9 * day),
        ],
    )
    for n, of_run in enumerate(captures):
        archive, _, _ = keep(folder, of_run)
        shard = archive.shards()[-1]
        cleaned(folder, shard)
        outcomes = [Outcome(each.url, "new", words_kept=30 - 20 * n, words_dropped=10) for each in of_run]
        save_run(folder, record_run(SOURCE, "ingest", f"run-{n}", FIRST_DAY + n * day, outcomes, [shard.name]))
    changes = Changes(source=SOURCE, run="dry-1")
    row = {"url": "file:///2.html", "shard": "s", "offset": 0, "text": HOSTILE}
    changes.compare((row, [{"text": HOSTILE, "cuts": []}]), (row | {"text": ""}, [{"text": BODY, "cuts": []}]))
    save_changes(folder, changes, FIRST_DAY, dry_run=True)
    return folder


@pytest.fixture(scope="session")
def index(data: Path) -> Iterator[Index]:
    found = Index(data)
    found.refresh()
    yield found
    found.close()


@pytest.fixture
def client(data: Path, index: Index) -> TestClient:
    found = TestClient(Door(application(data, index), KEY), "http://127.0.0.1:4201", follow_redirects=False)
    assert found.get("/", params={"key": KEY}).status_code == 303
    return found
