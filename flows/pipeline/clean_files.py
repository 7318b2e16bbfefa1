"""Clean files without stores and without Prefect: what `sito clean` does.

The work is done in processes of their own, so that a page that takes too long, or ends its process, costs only itself.
The cleaners are imported there alone.
"""

from __future__ import annotations

import atexit
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from functools import cache
from queue import Empty, LifoQueue
from typing import TYPE_CHECKING, Any, Literal, Self

from cleaners.rules.site_memory import SiteMemory
from flows.archive.payload import PAGE_BYTES
from flows.common.allowance import cleaning_processes
from flows.common.errors import SitoError
from flows.common.fork_server import START_SECONDS, Child, ChildDied, ForkServer, Stopped
from flows.common.page_files import SUFFIXES, FolderError, content_type, walk

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from cleaners.corrections import Corrections
    from cleaners.document import Page
    from cleaners.training_text import Quotations

PAGES_PER_PROCESS = 20
"""A process costs about as much to start as this many pages cost to clean."""

Form = Literal["document", "json", "explanation", "colored explanation"]
"""What is wanted of a file: a `Document`, or `Printed` text of it."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A file that gave no document, and why, in one line."""

    path: Path
    reason: str


@dataclass(frozen=True, slots=True)
class Printed:
    """A document in a form: its text, in UTF-8, and whether it holds article text, and has dropped any."""

    text: bytes
    empty: bool
    cuts: bool


@dataclass(frozen=True, slots=True)
class Task:
    """A file to clean into a form, or (None) only to read. `page` is what was read of it earlier.

    `content` are the bytes of what only this process can read: standard input, a pipe of the shell.
    """

    path: Path
    form: Form | None
    page: Page | None = None
    content: bytes | None = None
    quotations: Quotations = "keep"


@dataclass(frozen=True, slots=True)
class Prepare:
    """What a process is told first: the site memory and the corrections by which it reads and judges."""

    memory: SiteMemory | None
    corrections: Corrections | None = None


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


def clean_files(
    paths: list[Path],
    form: Form = "document",
    *,
    together: bool = False,
    jobs: int | None = None,
    seconds: float = 120,
    quotations: Quotations = "keep",
    corrections: Corrections | None = None,
) -> Iterator[Any]:
    """Clean files in `jobs` processes (by default one for every 20 pages, as far as they fit); answers in order.

    An answer is what `form` says, or a Failure: also for a page that takes longer than `seconds` or ends its process.
    `quotations` is what becomes of sentences with a quotation in another language, in the texts by language.
    `corrections` are what a person says of the source of all. `together` says that the pages are of one source: what
    recurs on many of them is counted before the first is judged.
    Raises SitoError if no process can be started.
    """
    if jobs is None:
        jobs = max(1, min(cleaning_processes(), len(paths) // PAGES_PER_PROCESS))
    html = any(not path.is_file() or content_type(path) == "text/html" for path in paths)
    with _Children(jobs, seconds, html, corrections) as children:
        if not together:
            yield from children.each([Task(path, form, quotations=quotations) for path in paths])
            return
        pages = list(children.each([Task(path, None) for path in paths]))

        children.prepare(SiteMemory.of(page for page in pages if not isinstance(page, Failure)))
        tasks = [
            page if isinstance(page, Failure) else Task(path, form, page, quotations=quotations)
            for path, page in zip(paths, pages, strict=True)
        ]
        yield from children.each(tasks)


@cache
def _server(kind: Literal["html", "text"]) -> ForkServer:
    server = ForkServer("flows.pipeline.clean_file:work", f"flows.pipeline.warm_up:{kind}")
    atexit.register(server.close)
    return server


class _Children:
    """Up to `jobs` processes, started when first needed."""

    def __init__(self, jobs: int, seconds: float, html: bool, corrections: Corrections | None = None) -> None:
        self._jobs, self._seconds, self._server = jobs, seconds, _server("html" if html else "text")
        self._by = Prepare(None, corrections)
        self._idle: LifoQueue[Child] = LifoQueue()
        self._busy: set[Child] = set()
        self._closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._closed = True
        for child in list(self._busy):
            child.kill()
        self._end_idle()

    def prepare(self, memory: SiteMemory) -> None:
        """Judge what follows by this site memory; nothing may be in work."""
        self._by = replace(self._by, memory=memory)
        idle, self._idle = self._idle, LifoQueue()
        with suppress(Empty):
            while True:
                self._prepare(idle.get_nowait())

    def each(self, tasks: list[Task | Failure]) -> Iterator[Any]:
        """The answers to the tasks, in their order."""
        if self._jobs == 1:
            yield from map(self._do, tasks)
            return
        threads = ThreadPoolExecutor(self._jobs)
        try:
            yield from threads.map(self._do, tasks)
        finally:
            self._closed = self._closed or bool(self._busy)
            for child in list(self._busy):
                child.kill()
            threads.shutdown(cancel_futures=True)

    def _do(self, task: Task | Failure) -> Any:
        if isinstance(task, Failure):
            return task
        if task.page is None and not task.path.is_file():
            try:
                with task.path.open("rb") as file:
                    task = replace(task, content=file.read(PAGE_BYTES + 1))
            except OSError as error:
                return Failure(task.path, f"cannot be read: {error.strerror or error}")
        child = self._take()
        try:
            self._busy.add(child)
            with closing(child.ask(task, each=self._seconds)) as answers:
                return next(answers)
        except ChildDied as death:
            return Failure(task.path, str(death))
        except Stopped as error:
            raise SitoError("stopped") from error
        finally:
            self._busy.discard(child)
            if child.alive:
                self._idle.put(child)

    def _take(self) -> Child:
        with suppress(Empty):
            return self._idle.get_nowait()
        if self._closed:
            raise SitoError("stopped")
        try:
            self._prepare(self._server.start())
        except (ChildDied, Stopped) as death:
            raise SitoError(f"a cleaning process cannot be started: it {death}") from death
        return self._idle.get_nowait()

    def _prepare(self, child: Child) -> None:
        list(child.ask(self._by, each=START_SECONDS))
        self._idle.put(child)

    def _end_idle(self) -> None:
        with suppress(Empty):
            while True:
                self._idle.get_nowait().end()
