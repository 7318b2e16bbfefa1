from __future__ import annotations

import io
import re
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from flows.common.page_types import Outcome
from flows.report.markdown_report import page_rows, report
from flows.report.progress import DONE, Progress
from flows.report.run_record import record_run
from flows.report.tally import Dropped, Tally
from flows.report.terminal import FAILED, print_changes, print_run, terminal_progress
from flows.tables.changes import Changes

if TYPE_CHECKING:
    from flows.report.run_record import RunRecord

NEW = Outcome("https://a.example/new", "new", "", "s", 300, 80, 12.0)
TALLY = Tally({("related", "uk.also-read"): Dropped(times=3, words=9)}, Counter(uk=900, en=100), Counter(uk=2))


def record(*outcomes: Outcome, alarms: tuple[str, ...] = ()) -> RunRecord:
    made = record_run("news", "ingest", "r", datetime.now(UTC), outcomes, [])
    return replace(made, alarms=list(alarms))


def printed(record: RunRecord, tally: Tally = TALLY, **console: object) -> str:
    file = io.StringIO()
    print_run(record, tally, Console(file=file, width=80, **console))  # type: ignore[arg-type]
    return file.getvalue()


def test_the_table_says_what_was_done() -> None:
    gone = Outcome("https://a.example/gone", "failed", "HTTP 404")
    text = printed(record(NEW, gone, alarms=("share of kept words is low",)))
    for said in ("news", "ingest in 0.0 s: 2 pages, 1 new, 1 failed, 1 alarm", "300 kept (78.9%), 80 dropped"):
        assert said in text
    for said in ("3 related", "uk 90.0%, en 10.0%", "https://a.example/gone: HTTP 404", "share of kept words is low"):
        assert said in text


def test_flags_are_said_in_words_with_the_pages_that_have_them() -> None:
    flagged = [
        Outcome(f"https://a.example/{n}", "new", "", "s", 300, flags=(f"{n}3% of the words lie outside",))
        for n in (1, 2)
    ]
    made = record(*flagged)
    assert made.flags == [{"flag": "… of the words lie outside", "pages": 2, "url": "https://a.example/1"}]
    text = " ".join(printed(made).split())
    assert "flagged 2: … of the words lie outside, such as https://a.example/1" in text
    assert "- 2 pages: … of the words lie outside, such as" in report(made, flagged, Tally())
    assert page_rows(flagged)[0]["reason"] == "13% of the words lie outside"


def test_it_fits_80_columns_and_says_all_of_a_long_text() -> None:
    text = printed(record(alarms=("many words " * 30,)))
    assert max(map(len, text.splitlines())) <= 80
    assert text.count("many") == 30


def test_without_a_terminal_it_is_plain() -> None:
    assert "\x1b" not in printed(record(NEW))


def test_no_color_is_respected(monkeypatch: pytest.MonkeyPatch) -> None:
    gone = record(Outcome("https://a.example/gone", "failed", "HTTP 404"))
    assert "\x1b[31m" in printed(gone, force_terminal=True, color_system="standard")
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[31m" not in printed(gone, force_terminal=True, color_system="standard")


@pytest.mark.parametrize("hostile", ["\x1b[2J\x1b]0;title\x07", "[bold red]markup[/]", "[/nonsense]", "\u202eevil"])
def test_hostile_text_does_nothing_to_the_terminal(hostile: str) -> None:
    text = printed(record(Outcome("https://a.example/" + hostile, "failed", hostile), alarms=(hostile,)))
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert ("[bold red]markup[/]" in text) == (hostile == "[bold red]markup[/]")


def test_many_failures_are_counted() -> None:
    failed = [Outcome(f"https://a.example/{n}", "failed", "HTTP 500") for n in range(FAILED + 3)]
    text = printed(record(*failed))
    assert text.count("HTTP 500") == FAILED
    assert "and 3 more failed" in text


def test_progress_counts_every_page_and_tells_its_listeners() -> None:
    seen: list[tuple[int, int]] = []
    progress = Progress("news", lambda state: seen.append((state.done, state.found)))
    progress.doing("capturing")
    progress.find(2)
    progress.finish([NEW])
    progress.find(1, all_found=True)
    progress.finish([NEW, Outcome("u", "failed", "x")])
    assert seen == [(0, 0), (0, 2), (1, 2), (1, 3), (3, 3)]
    assert (progress.share, progress.complete) == (1.0, True)
    assert progress.state().startswith("capturing, 3 of 3 pages, 2 new, 1 failed, ")


def test_pages_that_came_wait_for_their_cleaning() -> None:
    progress = Progress("news")
    progress.doing("capturing")
    progress.find(3, all_found=True)
    progress.receive(3_000_000)
    progress.keep()
    progress.keep()
    assert progress.done == 0
    assert progress.rate > 0
    assert progress.state().startswith("capturing, 0 of 3 pages, 2 to clean, 3.0 MB, ")
    progress.clean([NEW, NEW])
    assert progress.state().startswith("capturing, 2 of 3 pages, 2 new, 3.0 MB, ")


def test_a_run_that_found_nothing_says_so() -> None:
    progress = Progress("news")
    assert progress.state().startswith("starting, no pages yet, ")
    progress.find(0, all_found=True)
    assert progress.state().startswith("starting, no pages, ")


def test_without_a_terminal_there_are_few_lines() -> None:
    said: list[str] = []
    with terminal_progress(said.append) as listener:
        progress = Progress("news", listener)
        progress.doing("capturing")
        for _ in range(500):
            progress.find(1)
            progress.finish([NEW])
        progress.doing("cleaning")
    assert [line.split(",")[0] for line in said] == ["news: capturing", "news: cleaning"]


def test_on_a_terminal_the_bar_is_gone_before_the_table(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    said: list[str] = []
    with terminal_progress(said.append) as listener:
        progress = Progress("news", listener)
        progress.find(1)
        progress.finish([NEW])
        progress.doing(DONE)
        shown = capsys.readouterr().err
        assert "1/1 pages" in shown
        assert shown.endswith("\x1b[?25h\r\x1b[1A\x1b[2K")  # cursor back, line erased
    assert said == []


@pytest.mark.parametrize(("columns", "bar"), [("80", False), ("130", True)])
def test_what_is_done_and_the_time_stand_whole_also_on_a_narrow_terminal(
    columns: str, bar: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", columns)
    with terminal_progress(lambda line: None) as listener:
        progress = Progress("news", listener)
        progress.doing("capturing")
        progress.find(4)
        progress.wait(["a-host-with-a-long-name.example:8080", "b.example"])
    shown = re.sub("\x1b\\[[^A-Za-z]*[A-Za-z]", "", capsys.readouterr().err)
    assert "news: capturing " in shown
    assert "0:00:00 0/4 pages" in shown
    assert ("━" in shown) == bar


def test_changes_are_told_by_rule_with_examples_that_stay_on_their_lines() -> None:
    changes = Changes(pages=3, changed=2)
    for text in ("[red]Читайте також", "[red]Читайте також", "long " * 40):
        changes.dropped["related", "uk.also-read"].add(text)
    changes.lost.add("a line that is gone")
    changes.fields["text"] += 2
    file = io.StringIO()
    print_changes(changes, Console(file=file, width=60))
    lines = file.getvalue().splitlines()
    assert lines[0].startswith("2 of 3 pages change, 3 passages newly dropped")
    assert "  3 × uk.also-read (related)" in lines
    assert lines.count("      [red]Читайте також") == 1
    assert sum("long long" in line for line in lines) == 1
    assert "      a line that is gone" in lines
    assert "  text 2" in lines
