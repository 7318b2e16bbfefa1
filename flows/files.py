"""Clean files without stores and without Prefect: what `sito clean` does."""

from __future__ import annotations

import gzip
import os
import zlib
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from cleaners.errors import PageError
from cleaners.memory import SiteMemory
from cleaners.pipeline import judge, read_html, read_text
from flows.errors import SitoError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from cleaners.document import Document, Page

PAGE_SUFFIXES = (".html", ".htm", ".xhtml", ".txt")
PAGE_BYTES = 64 * 2**20
"""The largest file that is read, after gunzip; the cleaners set their own, lower limit to markup."""

PAGES_PER_PROCESS = 20
"""A process costs about as much to start as this many pages cost to clean."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A file that gave no document, and why, in one line."""

    path: Path
    reason: str


def find_pages(paths: Iterable[Path]) -> list[Path]:
    """The page files at `paths`, in their order; folders give theirs sorted, hidden files left out.

    Raises SitoError for a path that does not exist and for a folder without a page.
    """
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            pages = sorted(p for p in path.rglob("*") if is_page(p) and not _hidden(p.relative_to(path)))
            if not pages:
                raise SitoError(
                    f"{path}: no page in this folder; pages end in {', '.join(PAGE_SUFFIXES)} or these + .gz"
                )
            found += pages
        elif path.exists():
            found.append(path)
        else:
            raise SitoError(f"{path}: no such file or folder; give HTML (also .gz), .txt, or folders of them")
    return found


def is_page(path: Path) -> bool:
    """Whether a folder's file is taken for a page, by its name."""
    name = path.name.lower().removesuffix(".gz")
    return name.endswith(PAGE_SUFFIXES) and path.is_file()


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def page_id(path: Path) -> str:
    """The file's name without .gz and without .html, .htm, .xhtml or .txt."""
    name = path.name
    for suffix in (".gz", *PAGE_SUFFIXES):
        if name.lower().endswith(suffix):
            name = name[: -len(suffix)]
            if suffix != ".gz":
                break
    return name or path.name


def read_file(path: Path) -> bytes:
    """The file's bytes, gunzipped where they are gzip. Raises PageError where that cannot be had."""
    try:
        with path.open("rb") as file:
            if file.read(2) == b"\x1f\x8b":
                file.seek(0)
                with gzip.open(file) as unzipped:
                    payload = unzipped.read(PAGE_BYTES + 1)
            else:
                file.seek(0)
                payload = file.read(PAGE_BYTES + 1)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise PageError(f"broken gzip: {error}") from error
    except OSError as error:
        raise PageError(f"cannot be read: {error.strerror or error}") from error
    if len(payload) > PAGE_BYTES:
        raise PageError(f"over {PAGE_BYTES // 2**20} MB")
    return payload


def read_page(path: Path) -> Page | Failure:
    """Read one file up to judgement. Dates that are relative ("yesterday") count from the file's time."""
    try:
        payload = read_file(path)
        fetched_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        name = path.name.lower().removesuffix(".gz")
        read = read_text if name.endswith(".txt") else read_html
        return read(payload, id=page_id(path), fetched_at=fetched_at)
    except PageError as error:
        return Failure(path, str(error))
    except (RecursionError, MemoryError) as error:
        return Failure(path, f"{type(error).__name__} while it was read")


def clean_file(path: Path) -> Document | Failure:
    """Clean one file by itself."""
    page = read_page(path)
    return page if isinstance(page, Failure) else judge(page)


def clean_files(paths: list[Path], *, together: bool = False, jobs: int | None = None) -> Iterator[Document | Failure]:
    """Clean files in `jobs` processes (by default one for every 20 pages, at most the processors); answers in order.

    `together` says that the pages are of one source: what recurs on many of them is known before the first is judged.
    """
    if jobs is None:
        jobs = max(1, min(os.cpu_count() or 1, len(paths) // PAGES_PER_PROCESS))
    with _mapper(jobs, len(paths)) as in_order:
        if not together:
            yield from in_order(clean_file, paths)
            return
        pages = list(in_order(read_page, paths))
    memory = SiteMemory.of(page for page in pages if not isinstance(page, Failure))
    for page in pages:
        yield page if isinstance(page, Failure) else judge(page, memory)


@contextmanager
def _mapper(jobs: int, pages: int) -> Iterator[Callable[..., Iterator[Document | Page | Failure]]]:
    if jobs == 1:
        yield map
        return
    with ProcessPoolExecutor(jobs) as pool:
        try:
            yield lambda function, items: pool.map(function, items, chunksize=max(1, min(8, pages // (4 * jobs))))
        except BrokenProcessPool as error:
            raise SitoError(
                "a cleaning process was ended from outside, most often for want of memory; try fewer --jobs"
            ) from error
