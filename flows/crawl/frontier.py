"""The pages being fetched: queued by host, in flight, answered."""

from __future__ import annotations

from collections import deque
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, Generic, Self, TypeVar
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from types import TracebackType

    from flows.common.page_types import Target

__all__ = ["AT_ONCE", "Frontier"]

AT_ONCE = 128
"""Hosts that are fetched from concurrently, a thread each; most threads wait for the host's slot."""
WINDOW = 4096
"""Pages queued at most: enough to see many hosts in a mixed list, little memory for a long one."""
STEP = 256
"""Pages that are queued at a time, so that the first are fetched before the last are discovered."""

_LOOK = 0.1  # seconds between two looks for new targets while no answer arrives
_TELL = 1.0  # seconds between two calls of `tell` while no answer arrives

Answer = TypeVar("Answer")


class Frontier(Generic[Answer]):
    """Gives `(target, answer)` as the answers come: many hosts at once, the pages of one host one after another.

    `targets` are consumed as the queues have room; `attempt` is called in threads and must not raise. An exception of
    `targets` becomes `problem`, once the pages yielded before it are answered. A context manager; leaving it drops what
    is queued and does not wait for what is in flight. Iterating again continues where it stopped. `tell` is called now
    and then with the hosts whose answers are pending. A None among the targets says that the next one is not found yet;
    `idle` waits for it, and is called while nothing else is to be done.
    """

    def __init__(
        self,
        targets: Iterable[Target | None],
        attempt: Callable[[Target], Answer],
        *,
        at_once: int = AT_ONCE,
        tell: Callable[[list[str]], None] = lambda hosts: None,
        idle: Callable[[], None] = lambda: None,
    ) -> None:
        self._targets = iter(targets)
        self._attempt = attempt
        self._at_once = at_once
        self._tell, self._idle_wait = tell, idle
        self._pool = ThreadPoolExecutor(at_once, thread_name_prefix="fetch")
        self._waiting: dict[str, deque[Target]] = {}  # of each host that is idle or has a page in flight
        self._idle: deque[str] = deque()
        self._running: dict[Future[Answer], tuple[str, Target]] = {}
        self._done: deque[tuple[str, Target, Answer]] = deque()
        self._given: str | None = None
        self._waits = 0
        self._all_in = False
        self.problem: Exception | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    def __iter__(self) -> Iterator[tuple[Target, Answer]]:
        return self

    def __next__(self) -> tuple[Target, Answer]:
        # The caller has stored the previous answer only now: a kill before that loses one page of each host, not two.
        if self._given is not None:
            self._rest(self._given)
            self._given = None
        while not self._done:
            self._start()
            if not self._running:
                if self._all_in:
                    raise StopIteration
                self._idle_wait()
                continue
            self._tell([host for host, _ in self._running.values()])
            pause = _TELL if self._all_in or self._waits >= WINDOW else _LOOK
            for future in wait(self._running, pause, return_when=FIRST_COMPLETED).done:
                host, target = self._running.pop(future)
                self._done.append((host, target, future.result()))
        self._start()
        self._given, target, answer = self._done.popleft()
        return target, answer

    def add(self, target: Target) -> None:
        """Queue one more page, behind those of its host."""
        host = urlsplit(target.url).netloc
        if host not in self._waiting:
            self._waiting[host] = deque()
            self._idle.append(host)
        self._waiting[host].append(target)
        self._waits += 1

    def _start(self) -> None:
        """Submit as many pages as possible."""
        while True:
            while self._idle and len(self._running) < self._at_once:
                host = self._idle.popleft()
                target = self._waiting[host].popleft()
                self._waits -= 1
                self._running[self._pool.submit(self._attempt, target)] = (host, target)
            if len(self._running) >= self._at_once or self._waits >= WINDOW or self._all_in:
                return
            more = self._take_in()
            if not more and not self._idle:
                return

    def _take_in(self) -> bool:
        """Queue some targets; False: no more are found yet, or at all."""
        for _ in range(STEP):
            try:
                target = next(self._targets)
            except StopIteration:
                self._all_in = True
                return False
            except Exception as error:  # the targets found until then are fetched first
                self._all_in, self.problem = True, error
                return False
            if target is None:
                return False
            self.add(target)
        return True

    def _rest(self, host: str) -> None:
        """The host's page is answered and stored: its next one may follow, after those of the other hosts."""
        if self._waiting[host]:
            self._idle.append(host)
        else:
            del self._waiting[host]
