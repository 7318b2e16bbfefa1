"""What commands that rewrite stored sources have in common: each source shown or done, and what stays said."""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING, Protocol, TypeVar

from flows.cli.stored_sources import stored_sources
from flows.common.errors import SitoError
from flows.common.escape import lines, one_line

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    Tell = Callable[[int, int], None]

__all__ = ["show_or_do"]


class Found(Protocol):
    """What was found of a source; `left` says what has to stay, and why."""

    left: list[str]


F = TypeVar("F", bound=Found)


def show_or_do(
    arguments: argparse.Namespace, show: Callable[[str], F], do: Callable[[str, Tell], F]
) -> tuple[list[tuple[str, F]], int]:
    """What `show` finds of each chosen source or, with --yes, what `do` did, which hears where to tell its progress.

    Gives them by name, and the exit code: 1 if something has to stay, 2 if a source was left out; both are printed.
    """
    from flows.cli.progress import progress

    by_name: list[tuple[str, F]] = []
    code = 0
    for name, _ in stored_sources(arguments.sources, arguments.data, arguments.names):
        try:
            if arguments.yes:
                with progress() as tell:
                    found = do(name, partial(tell, f"{name}, shards"))
            else:
                found = show(name)
        except SitoError as error:
            print(f"sito: {lines(str(error))}", file=sys.stderr)
            code = 2
            continue
        by_name.append((name, found))
        for said in found.left:
            print(f"sito: {one_line(said, 500)}", file=sys.stderr)
            code = max(code, 1)
    return by_name, code
