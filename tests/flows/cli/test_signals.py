"""A run that is told to end does so at once, leaves nothing half-done under a final name, and can be taken up again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
import pytest

if TYPE_CHECKING:
    from pathlib import Path

PAGES = 1500


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_a_signal_to_the_whole_group_stops_a_run_with_one_line(tmp_path: Path, name: str) -> None:
    (tmp_path / "pages").mkdir()
    for number in range(PAGES):
        text = " ".join(f"Трамвай номер {number} запізнився на {word} хвилин." for word in range(12))
        (tmp_path / "pages" / f"{number}.html").write_text(
            f"<article><h1>{number}</h1><p>{text}</p></article>", "utf-8"
        )
    (tmp_path / "sources.toml").write_text('[sources.trams]\nkind = "folder"\npath = "pages"\n')
    run = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "flows.cli",
            "ingest",
            "trams",
            "--data",
            tmp_path,
            "--sources",
            tmp_path / "sources.toml",
        ],
        env={**os.environ, "SITO_WORKERS": "1", "PREFECT_HOME": str(tmp_path / "prefect")},
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    assert run.stderr is not None
    for line in run.stderr:
        if "cleaning" in line:
            break
    os.killpg(run.pid, getattr(signal, name))
    said = run.stderr.read().splitlines()
    assert run.wait() == 130
    assert said[-1] == "sito: stopped; what was kept so far is in place"
    assert not [line for line in said if "Traceback" in line or "Error" in line]
    done = list((tmp_path / "clean" / "documents").rglob("[!.]*.parquet"))
    assert sum(pq.read_metadata(path).num_rows for path in done) < PAGES
    assert len(list((tmp_path / "raw" / "trams").glob("*.warc.gz"))) > len(done)
