"""How far a command is, on standard error: a bar on a terminal, elsewhere a line now and then."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SECONDS_BETWEEN = 5.0
"""Between two lines where standard error is no terminal."""
_SECONDS_BETWEEN_SIGHTS = 0.1


_MIB = 2**20


@contextmanager
def progress(*, in_bytes: bool = False) -> Iterator[Callable[[str, int, int], None]]:
    """A function that hears what is done, how much of it, and of how much: of things, or of bytes."""
    told = time.monotonic()
    if not sys.stderr.isatty():

        def tell(what: str, done: int, of: int) -> None:
            nonlocal told
            if time.monotonic() - told >= SECONDS_BETWEEN:
                told = time.monotonic()
                share = f"{done / _MIB:,.0f} of {of / _MIB:,.0f} MiB" if in_bytes else f"{done:,} of {of:,}"
                print(f"{what}: {share}", file=sys.stderr, flush=True)

        yield tell
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
        TransferSpeedColumn,
    )

    measures = (
        (DownloadColumn(binary_units=True), TransferSpeedColumn())
        if in_bytes
        else (MofNCompleteColumn(), TimeRemainingColumn())
    )
    columns = (TextColumn("{task.description}"), BarColumn(), *measures)
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("")

        def show(what: str, done: int, of: int) -> None:
            nonlocal told
            if done == of or time.monotonic() - told >= _SECONDS_BETWEEN_SIGHTS:
                told = time.monotonic()
                bar.update(task, description=what, completed=done, total=of)

        yield show
