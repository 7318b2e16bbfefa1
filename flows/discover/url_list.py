"""The pages of a list: in the sources file itself, or in a text file."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from flows.common.errors import SitoError
from flows.common.escape import one_line
from flows.common.page_types import Target
from flows.config.kinds import STANDARD_INPUT
from flows.urls.page_address import page_address

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from flows.config.kinds import UrlsSource
    from flows.discover.context import Context

__all__ = ["find_listed", "read_list"]

_LINE_BYTES = 2**16


def find_listed(source: UrlsSource, context: Context) -> Iterator[Target]:
    """The listed pages in order; a wrong address is a target with a problem, which names the file and line.

    Standard input is read line by line, so that a run starts before the list is complete.

    Raises SitoError if the file cannot be read.
    """
    if source.urls is not None:
        for url in source.urls:
            try:
                yield Target(page_address(url))
            except ValueError as error:
                yield Target(url, problem=f"the address {error}")
    elif source.file == STANDARD_INPUT:
        yield from read_list(_standard_input(source.name), "standard input")
    elif source.file is not None:
        try:
            lines = source.file.read_text("utf-8-sig").splitlines()
        except OSError as error:
            raise SitoError(
                f"source '{source.name}': the list {source.file} cannot be read: {error.strerror}; fix file in the "
                "sources file"
            ) from None
        except UnicodeDecodeError as error:
            raise SitoError(
                f"source '{source.name}': the list {source.file} is not UTF-8 at byte {error.start}; save it as UTF-8"
            ) from None
        yield from read_list(lines, source.file)


def _standard_input(name: str) -> Iterator[str]:
    """Its lines as they arrive; an endless line is split. Raises SitoError if nothing is piped in."""
    if sys.stdin is None or sys.stdin.closed or sys.stdin.isatty():
        raise SitoError(
            f"source '{name}': no list comes over standard input; give one, such as `sito ingest {name} < list.txt` "
            "(runs that `sito serve` starts have none: name a file for these)"
        )
    while line := sys.stdin.buffer.readline(_LINE_BYTES):
        yield line.decode("utf-8-sig", "replace")


def read_list(lines: Iterable[str], file: Path | str) -> Iterator[Target]:
    """The addresses of a list, one a line; # at the beginning of a line, or after a space, begins a comment."""
    for number, line in enumerate(lines, start=1):
        link = line.split(" #", 1)[0].strip()
        if not link or link.startswith("#"):
            continue
        try:
            yield Target(page_address(link))
        except ValueError as error:
            name = file if isinstance(file, str) else file.name
            yield Target(f"{name}:{number}", problem=f"{name}, line {number}: {_without_password(link)} {error}")


def _without_password(link: str) -> str:
    return "the address" if "@" in link else f"'{one_line(link)}'"
