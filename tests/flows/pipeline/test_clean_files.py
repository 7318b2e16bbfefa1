"""Files cleaned without stores."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import flows.pipeline.clean_files
from cleaners.document import Page
from flows.cli.main import main
from flows.common.errors import SitoError
from flows.common.page_files import page_id
from flows.pipeline.clean_file import clean_file, read_page
from flows.pipeline.clean_files import Failure, _server, clean_files
from support.child_code import child_code
from support.paths import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flows.common.fork_server import ForkServer

PAGE = "<h1>Міст закрили на ремонт</h1><p class='date'>{}</p>" + (
    "<p>Міська рада закрила старий міст через річку, бо опори просіли після весняної повені, кажуть інженери.</p>" * 3
)


@pytest.mark.parametrize(
    ("line", "published"), [("вчора, 14:30", None), ("2 години тому", None), ("12 жовтня 2024", "2024-10-12")]
)
def test_a_files_time_is_no_time_of_fetching(tmp_path: Path, line: str, published: str | None) -> None:
    path = tmp_path / "a.html"
    path.write_text(PAGE.format(line))
    os.utime(path, (1_772_000_000, 1_772_000_000))
    page = read_page(path)
    assert isinstance(page, Page)
    assert (page.fetched_at, page.metadata.published) == (None, published)


MISCHIEF = """
import os, signal, sys
import flows.pipeline.clean_file

def mischief(path, content, read=flows.pipeline.clean_file.read_file):
    payload = read(path, content)
    if b"KILLS" in payload:
        os.kill(os.getpid(), signal.SIGKILL)
    if b"STOPS" in payload:
        _, whom, how, *_ = payload.decode().partition("STOPS")[2].split("-")
        path.with_suffix(".pid").write_text(str(os.getpid()))
        os.kill(int(whom), int(how))
    if b"HOLDS" in payload or b"STOPS" in payload:
        signal.pause()
    return payload

def judging(page, memory, corrections, judge=flows.pipeline.clean_file.judge):
    if any("JUDGE" in line.text for line in page.lines):
        os._exit(7)
    return judge(page, memory, corrections)

if sys.argv[0] == "-m":
    flows.pipeline.clean_file.read_file = mischief
    flows.pipeline.clean_file.judge = judging
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ForkServer]:
    """Its processes do what a page tells them."""
    with child_code(tmp_path_factory.mktemp("lib"), MISCHIEF), closing(_server.__wrapped__("html")) as server:
        server.start().end()
        yield server


@pytest.fixture
def obey(server: ForkServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flows.pipeline.clean_files, "_server", lambda _kind: server)


def files(folder: Path, *words: str) -> list[Path]:
    paths = [folder / f"{n}.html" for n in range(len(words))]
    for path, word in zip(paths, words, strict=True):
        path.write_text(PAGE.format("1 травня 2024") + f"<p>{word} і далі йде звичайне речення про міст.</p>")
    return paths


WORDS = ("Перше", "KILLS", "Третє", "JUDGE", "П'яте")


@pytest.mark.usefixtures("obey")
@pytest.mark.parametrize(("jobs", "together"), [(1, False), (3, False), (1, True), (2, True)])
def test_a_page_that_ends_its_process_is_a_failure_and_the_rest_is_cleaned_in_order(
    tmp_path: Path, jobs: int, together: bool
) -> None:
    paths = files(tmp_path, *WORDS)
    answers = list(clean_files(paths, together=together, jobs=jobs))
    failures = {answer.path: answer.reason for answer in answers if isinstance(answer, Failure)}
    assert failures == {
        paths[1]: "ended its process (SIGKILL, most often for want of memory)",
        paths[3]: "ended its process (exit code 7)",
    }
    good = [path for path in paths if path not in failures]
    documents = [answer for answer in answers if not isinstance(answer, Failure)]
    if together:
        assert [document.id for document in documents] == [page_id(path) for path in good]
    else:
        assert [document.to_json() for document in documents] == [
            answer.to_json() for path in good if not isinstance(answer := clean_file(path), Failure)
        ]


@pytest.mark.usefixtures("obey")
def test_the_command_goes_on_behind_a_page_that_takes_too_long(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    paths = files(tmp_path, "Перше", "HOLDS", "Третє")
    assert main(["clean", "--seconds", "3", *map(str, paths)]) == 1
    out, said = capfd.readouterr()
    assert [json.loads(line)["id"] for line in out.splitlines()] == [page_id(paths[0]), page_id(paths[2])]
    assert said == f"sito: failed: {paths[1]}: held its process for over 3 s\n"


@pytest.mark.usefixtures("obey")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM], ids=lambda how: how.name)
@pytest.mark.parametrize(("jobs", "together"), [("1", []), ("2", []), ("2", ["--together"])])
def test_a_stop_ends_the_command_and_what_it_has_in_work(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], jobs: str, together: list[str], how: signal.Signals
) -> None:
    paths = files(tmp_path, "Перше", f"STOPS-{os.getpid()}-{how:d}-", "Третє", "Четверте")
    assert main(["clean", "--jobs", jobs, *together, *map(str, paths)]) == 130
    out, said = capfd.readouterr()
    assert said == "sito: stopped; what was kept so far is in place\n"
    assert jobs != "1" or [json.loads(line)["id"] for line in out.splitlines()] == [page_id(paths[0])]
    with pytest.raises(ProcessLookupError):
        os.kill(int(paths[1].with_suffix(".pid").read_text()), 0)


def test_answers_come_as_they_are_ready(tmp_path: Path) -> None:
    answers = clean_files(files(tmp_path, "Перше", "Друге"), "json", jobs=1)
    first = next(answers)
    assert first.text.endswith(b"\n")
    answers.close()  # type: ignore[attr-defined]  # ends the process


def test_processes_that_cannot_start_are_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    monkeypatch.setattr(flows.pipeline.clean_files, "_server", _server.__wrapped__)
    with pytest.raises(SitoError, match="cannot be started: it ended its process"):
        list(clean_files(files(tmp_path, "Перше"), jobs=1))


def test_standard_input_and_pipes_are_read_in_their_place(tmp_path: Path) -> None:
    first, last = files(tmp_path, "Перше", "Останнє")
    html = PAGE.format("1 травня 2024")
    done = subprocess.run(
        [sys.executable, "-m", "flows.cli", "clean", first, "/dev/stdin", last],
        input=html,
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer["id"] for answer in answers] == [page_id(first), "stdin", page_id(last)]
    assert {answer["title"] for answer in answers} == {"Міст закрили на ремонт"}
