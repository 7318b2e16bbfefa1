"""What a command needs of a store, brought to this machine before it begins."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from flows.common.errors import SitoError
from flows.store.address import store_of

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence

__all__ = ["prepare"]

NOTHING = ("clean", "languages", "rules", "fetch")
BY_THEMSELVES = ("ingest", "reprocess")
"""They hold each source in turn, and bring it up to date then."""
INDEXES = ("sources", "state", "prune", "compact")
"""What else they open is fetched then."""
TABLES = ("show", "look", "correct", "corrections", "gold", "stories", "export", "stats")
ALL = ("check",)
STORIES_TOO = ("look", "stories", "export", "stats", "check", "show")


def prepare(arguments: argparse.Namespace) -> None:
    """Have here what the command reads of the store, if --data names one. Raises SitoError where it cannot be had."""
    at, command = store_of(arguments.data), arguments.command
    if at is None or command in (*NOTHING, *BY_THEMSELVES):
        return
    if command == "init" and arguments.folder is not None:
        return
    if command not in (*INDEXES, *TABLES, *ALL):
        raise SitoError(f"sito {command} works with a folder, and not with {at.address}: give it one with --data")
    from flows.cli.progress import progress
    from flows.store.held import bring_up_to_date, stored_names
    from flows.store.scope import STORIES

    stored = stored_names(arguments.data)
    chosen = [name for name in _named(arguments) if name in stored] or stored
    with progress() as tell:
        for name in chosen:
            bring_up_to_date(arguments.data, name, _wanted(command), partial(tell, f"{name}, files fetched"))
        if command in STORIES_TOO:
            bring_up_to_date(arguments.data, STORIES, lambda name: True, partial(tell, "stories, files fetched"))


def _wanted(command: str) -> Callable[[str], bool]:
    """Whether the bytes of a file are wanted before the command begins; others are fetched when they are opened."""
    folders = () if command in INDEXES else ("raw/", "clean/") if command in ALL else ("clean/",)
    return lambda name: name.startswith(folders) and (command in ALL or not name.endswith(".sums"))


def _named(arguments: argparse.Namespace) -> Sequence[str]:
    """The sources that the command names; none: it may read all."""
    named = getattr(arguments, "names", None) or [getattr(arguments, "source", None)]
    return [name for name in named if isinstance(name, str)]
