"""What is remembered of pages and hosts between runs, shown or rebuilt from raw/: the work of `sito state`."""

from __future__ import annotations

import sys
import time
from contextlib import ExitStack, nullcontext
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from flows.archive.source_archive import Archive
from flows.common.escape import one_line
from flows.config.settings import load_settings
from flows.config.sources import find_source, load_sources
from flows.state import Policy, State
from flows.state.integrity import damage, set_aside

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from flows.config.kinds import Source

SECONDS_BETWEEN = 5.0
"""Between two lines of progress of a long rebuild."""

HOSTS_SHOWN = 50


def rebuild(sources_file: Path, data: Path, names: Sequence[str]) -> int:
    """Forget what is known of the pages of the sources (none named: all), read raw/ again, print a line for each.

    A damaged SQLite file is moved aside first; as all sources are in it, all are rebuilt then.
    """
    address = load_settings(data=data).state
    chosen = _chosen(sources_file, names)
    with ExitStack() as stack:
        if broken := damage(address):
            chosen = _chosen(sources_file, ())
            for source in chosen:
                _lock(stack, Archive(data, source.name))  # no run may write into the file that is moved
            place = set_aside(address)
            print(f"the state was damaged ({one_line(broken)}); it is now {place}, and all sources are rebuilt")
        state = stack.enter_context(State.open(address))
        for source in chosen:
            archive = Archive(data, source.name)
            if not archive.shards():
                print(f"{source.name}: nothing in raw/ yet")
                continue
            with nullcontext() if broken else archive.lock():  # no run may record pages meanwhile
                for said in archive.recover():
                    print(f"sito: {one_line(said, 500)}", file=sys.stderr)
                captures = state.rebuild(source.name, archive, Policy.of(source), _progress(source.name))
            pages = sum(state.pages.counts(source.name).values())
            shards = len(archive.shards())
            print(f"{source.name}: {pages:,} pages by {captures:,} captures in {shards:,} shards", flush=True)
    return 0


def _lock(stack: ExitStack, archive: Archive) -> None:
    if archive.folder.exists():
        stack.enter_context(archive.lock())


def show(sources_file: Path, data: Path, names: Sequence[str]) -> int:
    """Print what is known of the sources (none named: all): pages by outcome, what is due, paused hosts."""
    now = datetime.now(UTC)
    with _open(data) as state:
        print(f"state: {state.name}")
        for source in _chosen(sources_file, names):
            print(f"\n{source.name}")
            for what, text in _rows(state, source, now):
                print(f"  {what:9}{text}")
        paused = state.hosts.suspended(now)
        if paused:
            print("\npaused hosts, and until when")
        for host, until in list(paused.items())[:HOSTS_SHOWN]:
            print(f"  {one_line(host)}  {_moment(until)}")
        if len(paused) > HOSTS_SHOWN:
            print(f"  and {len(paused) - HOSTS_SHOWN:,} more")
    return 0


def _open(data: Path) -> State:
    return State.open(load_settings(data=data).state)


def _chosen(sources_file: Path, names: Sequence[str]) -> list[Source]:
    known = load_sources(sources_file)
    return [find_source(known, name) for name in names] or list(known.values())


def _rows(state: State, source: Source, now: datetime) -> list[tuple[str, str]]:
    if not source.is_of_web:
        return [("pages", "files and records, which need no state")]
    counts, summary = state.pages.counts(source.name), state.pages.summary(source.name, now)
    if not counts:
        return [("pages", "none known")]
    outcomes = ", ".join(
        f"{count:,} {outcome}" for outcome, count in sorted(counts.items(), key=lambda row: (-row[1], row[0]))
    )
    rows = [("pages", f"{sum(counts.values()):,}: {outcomes}"), ("due now", f"{summary.due:,}")]
    if summary.given_up:
        rows.append(("given up", f"{summary.given_up:,}, as they were not found again and again"))
    if summary.oldest and summary.newest:
        rows.append(("captured", f"{_moment(summary.oldest)} to {_moment(summary.newest)}"))
    listings = state.listings.all(source.name)
    if listings:
        failing = sum(listing.failures > 0 for listing in listings)
        rows.append(("lists", f"{len(listings):,} (feeds, sitemaps, section pages), {failing:,} of them failing"))
    return rows


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"


def _progress(name: str) -> Callable[[int, int], None]:
    told = time.monotonic()

    def tell(done: int, of: int) -> None:
        nonlocal told
        if time.monotonic() - told >= SECONDS_BETWEEN:
            told = time.monotonic()
            print(f"{name}: {done:,} of {of:,} shards", file=sys.stderr, flush=True)

    return tell
