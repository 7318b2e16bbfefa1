"""Listings parsed in a process of their own, under a deadline: a parser that is held cannot hold a run.

What parses is a function of this folder, named as "module:name". It takes `warn`, to be called with what it leaves
out, and its arguments, and gives its results one by one. Processes are kept for the next listing.
"""

from __future__ import annotations

import atexit
from contextlib import closing, suppress
from importlib import import_module
from queue import Empty, LifoQueue
from typing import TYPE_CHECKING, Any

from flows.common.errors import SitoError
from flows.common.escape import one_line
from flows.common.fork_server import Child, ChildDied, ForkServer, Stopped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flows.discover.context import Log
    from flows.discover.listings import Listing

__all__ = ["parse"]

_TOGETHER = 500
"""Results that are handed over at once."""

_server = ForkServer("flows.discover.parsing:answer")
_idle: LifoQueue[Child] = LifoQueue()


def parse(function: str, name: str, listing: Listing, log: Log, *arguments: object) -> Iterator[Any]:
    """What `function(warn, name, listing, *arguments)` gives for a listing of the source `name`; it warns in `log`.

    Raises what it raises; and SitoError, behind the results until then, if it takes longer than the setting
    `listing_seconds`, or its process ends.
    """
    from flows.config.settings import current_settings  # here, as the child needs none

    seconds = current_settings().listing_seconds
    shown = f"source '{name}': {one_line(listing.url, 300)}"
    child = None
    try:
        child = _take()
        with closing(child.ask((function, name, listing, arguments), whole=seconds)) as answers:
            for answer in answers:
                if isinstance(answer, str):
                    log.warning("%s", answer)
                elif answer is not None:  # it is the last
                    yield from answer
    except ChildDied as death:
        if death.late:
            raise SitoError(
                f"{shown} took longer than {seconds:g} s to parse; what was found until then counts "
                "(SITO_LISTING_SECONDS sets the limit)"
            ) from death
        raise SitoError(f"{shown} cannot be parsed: its parser {death}") from death
    except Stopped as error:
        raise SitoError("stopped; what was kept so far is in place") from error
    finally:
        if child and child.alive:
            _idle.put(child)


def answer(request: tuple[str, str, Listing, tuple[object, ...]], say: Callable[[object], None]) -> None:
    """The side of the child: says lists of results, and warnings as texts, in their order."""
    function, name, listing, arguments = request
    module, _, attribute = function.partition(":")
    found: list[object] = []

    def hand_over() -> None:
        if found:
            say(found)
            found.clear()

    def warn(text: str) -> None:
        hand_over()
        say(text)

    try:
        for result in getattr(import_module(f"flows.discover.{module}"), attribute)(warn, name, listing, *arguments):
            found.append(result)
            if len(found) >= _TOGETHER:
                hand_over()
    finally:
        hand_over()


def _take() -> Child:
    with suppress(Empty):
        while True:
            if (child := _idle.get_nowait()).alive:
                return child
    return _server.start()


@atexit.register
def _end() -> None:
    with suppress(Empty):
        while True:
            _idle.get_nowait().end()
    _server.close()
