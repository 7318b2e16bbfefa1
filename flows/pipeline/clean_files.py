"""Clean files without stores and without Prefect: what `sito clean` does."""

from __future__ import annotations

import os
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from cleaners.errors import PageError
from cleaners.pipeline import judge, read_html, read_text
from cleaners.rules.site_memory import SiteMemory
from flows.archive.payload import PAGE_BYTES, PayloadError, open_payload
from flows.common.errors import SitoError, page_reason
from flows.common.page_files import SUFFIXES, FolderError, content_type, page_id, walk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from cleaners.document import Document, Page

T = TypeVar("T")

PAGES_PER_PROCESS = 20
"""A process costs about as much to start as this many pages cost to clean."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A file that gave no document, and why, in one line."""

    path: Path
    reason: str


def find_pages(paths: Iterable[Path]) -> list[Path]:
    """The page files at `paths`, in their order; folders give theirs sorted, hidden files left out.

    Raises SitoError for a path that does not exist, a folder that cannot be read, and one without a page.
    """
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            pages = list(walk(path))
            if not pages:
                raise SitoError(f"{path}: no page in this folder; pages end in {', '.join(SUFFIXES)} or these + .gz")
            for page in pages:
                if isinstance(page, FolderError):
                    raise SitoError(f"{page.folder}: cannot be read: {page}; fix its permissions, or name its files")
                if page.is_file():  # reading a named pipe could block for ever
                    found.append(page)
        elif path.exists():
            found.append(path)
        else:
            raise SitoError(f"{path}: no such file or folder; give HTML (also .gz), .txt, or folders of them")
    return found


def read_file(path: Path) -> bytes:
    """The file's bytes, gunzipped where they are gzip. Raises PageError where it cannot be read or unpacked."""
    try:
        with path.open("rb") as file:
            payload = file.read(PAGE_BYTES + 1)
        return open_payload(payload)
    except PayloadError as error:
        raise PageError(str(error)) from error
    except OSError as error:
        raise PageError(f"cannot be read: {error.strerror or error}") from error


def read_page(path: Path) -> Page | Failure:
    """Read one file up to judgement.

    When the page was fetched is not known: the file's own time may be that of a copy. So relative dates ("yesterday")
    give none.
    """
    try:
        payload = read_file(path)
        read = read_text if content_type(path) == "text/plain" else read_html
        return read(payload, id=page_id(path))
    except Exception as error:  # one bad file never ends the run
        return Failure(path, page_reason(error))


def judge_page(path: Path, page: Page | Failure, memory: SiteMemory | None = None) -> Document | Failure:
    """The document of a page that was read; a failure stays one."""
    if isinstance(page, Failure):
        return page
    try:
        return judge(page, memory)
    except Exception as error:
        return Failure(path, page_reason(error))


def clean_file(path: Path) -> Document | Failure:
    """Clean one file by itself."""
    return judge_page(path, read_page(path))


def clean_files(paths: list[Path], *, together: bool = False, jobs: int | None = None) -> Iterator[Document | Failure]:
    """Clean files in `jobs` processes (by default one for every 20 pages, at most the processors); answers in order.

    `together` says that the pages are of one source: what recurs on many of them is counted before the first is judged.
    """
    if jobs is None:
        jobs = max(1, min(os.cpu_count() or 1, len(paths) // PAGES_PER_PROCESS))
    if not together:
        yield from _in_order(clean_file, paths, jobs)
        return
    pages = list(_in_order(read_page, paths, jobs))
    memory = SiteMemory.of(page for page in pages if not isinstance(page, Failure))
    for path, page in zip(paths, pages, strict=True):
        yield judge_page(path, page, memory)


def _in_order(function: Callable[[Path], T], paths: list[Path], jobs: int) -> Iterator[T]:
    if jobs == 1:
        yield from map(function, paths)
        return
    try:
        with ProcessPoolExecutor(jobs) as pool:
            yield from pool.map(function, paths, chunksize=max(1, min(8, len(paths) // (4 * jobs))))
    except BrokenProcessPool as error:
        raise SitoError(
            "a cleaning process was killed from outside, usually because memory ran out; try fewer --jobs"
        ) from error
