"""A run in the terminal: a bar on standard error while it goes, a short table on standard output when it is done."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar
from rich.table import Column, Table
from rich.text import Text

from flows.common.escape import one_line
from flows.report.look_paths import changes_path, run_path
from flows.report.markdown_report import address, seconds, share, summary
from flows.report.progress import DONE
from flows.tables.changes import most_first

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flows.report.progress import Progress
    from flows.report.run_record import RunRecord
    from flows.report.tally import Tally
    from flows.tables.changes import Changes

SECONDS_BETWEEN = 10.0
"""Between two lines where standard error is no terminal."""
FAILED = 10
FLAGS = 5
WIDE = 110
"""Columns of a terminal that has room for a bar beside the words."""


@contextmanager
def terminal_progress(log: Callable[[str], object]) -> Iterator[Callable[[Progress], None]]:
    """A listener for `Progress`: a bar on a terminal; elsewhere a line to `log` now and then."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _Lines(log)
        return
    # The longest part, which may be cut off, comes last: the hosts that are waited for.
    rest = TextColumn("{task.fields[counts]}", table_column=Column(ratio=1, no_wrap=True, overflow="ellipsis"))
    length = [BarColumn(16)] if console.width >= WIDE else []
    columns = (TextColumn("{task.description}", table_column=Column(no_wrap=True)), *length, TimeElapsedColumn(), rest)
    with Bar(*columns, console=console, transient=True, redirect_stdout=False, expand=True) as bar:
        task = bar.add_task("starting", total=None, counts="")

        def show(progress: Progress) -> None:
            failed = f", {progress.counts['failed']:,} failed" if progress.counts["failed"] else ""
            counts = f"{progress.done:,}/{progress.found:,} pages{failed}, {progress.rate:.1f}/s{progress.traffic()}"
            total = progress.found or None
            what = f"{progress.source}: {progress.activity}"
            bar.update(task, description=what, total=total, completed=progress.done, counts=counts)
            if progress.activity == DONE:
                bar.stop()  # the table comes next, and would be written into the bar's line
            else:
                bar.start()

        yield show


class _Lines:
    """At once when what is being done changes, else every ten seconds."""

    def __init__(self, log: Callable[[str], object]) -> None:
        self._log = log
        self._activity = ""
        self._next = 0.0

    def __call__(self, progress: Progress) -> None:
        if progress.activity != self._activity or time.monotonic() >= self._next:
            self._log(f"{progress.source}: {progress.state()}")
            self._activity = progress.activity
            self._next = time.monotonic() + SECONDS_BETWEEN


def print_run(record: RunRecord, tally: Tally, console: Console | None = None, look: str | None = None) -> None:
    """Print the run as a short table, fit for 80 columns; colour only on a terminal and without NO_COLOR.

    With `look`, where the pages of `sito look` are, a run that a person should look at names its page there.
    """
    console = console or Console()
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for name, text, style in _rows(record, tally):
        table.add_row(name, Text(text, style=style))
    if look and (record.alarms or record.failed):
        table.add_row("look", Text(f"sito look; {look}{run_path(record.source, record.run)}"))
    console.print(table)


def _rows(record: RunRecord, tally: Tally) -> Iterator[tuple[str, str, str]]:
    yield record.source, f"{record.kind} in {seconds(record.seconds)}: {summary(record)}", ""
    words = record.words_kept + record.words_dropped
    if words:
        middle = "" if record.median_words is None else f", median text {record.median_words:,.0f}"
        kept = f"{record.words_kept:,} kept ({share(record.words_kept, words)}), {record.words_dropped:,} dropped"
        yield "words", kept + middle, ""
    if tally.dropped:
        yield "dropped", ", ".join(f"{n:,} {category}" for category, n in tally.by_category().most_common()), ""
    if tally.letters:
        whole = tally.letters.total()
        yield "languages", ", ".join(f"{name} {share(n, whole)}" for name, n in tally.letters.most_common(5)), ""
    for page in record.failed[:FAILED]:
        yield "failed", f"{address(page['url'], 120)}: {one_line(page['reason'], 200)}", "red"
    if len(record.failed) > FAILED:
        yield "", f"and {len(record.failed) - FAILED:,} more failed: see runs/{record.source}/", "red"
    for row in record.reasons:
        if row["status"] in ("refused", "waiting"):
            yield row["status"], f"{row['pages']:,}: {one_line(row['reason'], 200)}", ""
    for row in record.flags[:FLAGS]:
        said = f"{row['pages']:,}: {one_line(row['flag'], 200)}, such as {address(row['url'], 120)}"
        yield "flagged", said, ""
    for note in record.notes:
        yield "note", one_line(note, 500), ""
    for alarm in record.alarms:
        yield "ALARM", one_line(alarm, 500), "bold yellow"


def print_changes(changes: Changes, console: Console | None = None, look: str | None = None) -> None:
    """Print what a reprocess would change, or changed: by rule, with examples and the address of the page of each.

    With `look`, where the pages of `sito look` are, the page that shows it page by page is named.
    """
    console = console or Console()
    console.print(Text(changes.summary(), style="bold"))
    tables = (
        ("newly dropped", changes.dropped),
        ("newly kept", changes.kept),
        ("newly found in the raw page", {("", "lines"): changes.found}),
        ("no longer found in it", {("", "lines"): changes.lost}),
    )
    for title, rules in tables:
        rows = most_first(rules)
        if rows:
            console.print(Text(f"\n{title}", style="bold"))
        for (category, rule), examples in rows:
            console.print(Text(f"  {examples.times:,} × {rule}" + (f" ({category})" if category else "")))
            for text, url in examples.of_page.items():
                console.print(Text(f"      {one_line(text, max(20, console.width - 6))}", style="dim"))
                if url:
                    console.print(Text(f"        {address(url, 200)}", style="dim"))
    if changes.fields:
        fields = ", ".join(f"{name} {pages:,}" for name, pages in changes.fields.most_common())
        console.print(Text("\npages by field that differs", style="bold"), Text(f"  {fields}"), sep="\n")
    if look and changes.run and changes.by_page:
        there = f"{look}{changes_path(changes.source, changes.run)}"
        console.print(Text("\npage by page", style="bold"), Text(f"  sito look; {there}"), sep="\n")
