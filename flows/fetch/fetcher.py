"""One page from the web, exactly as it came: asked for politely, safely, and within bounds of time and size.

httpx2 gives the addresses (IDNA, joining, ports) and its engine httpcore2 the protocol, over connections that are ours.
`Fetcher.get` is the one way out to the web. On every hop the host and its IP address are checked, then
the site's robots.txt, then it waits for the host's slot, then one request is sent.
"""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Self

from flows.archive.payload import PayloadError, open_payload
from flows.common.escape import one_line
from flows.common.page_types import NOT_MODIFIED
from flows.config.limits import WebLimits
from flows.fetch.explanation import FetchExplanation, deciding_rule
from flows.fetch.fetch_errors import CutError, FetchError, UnreachableError, fetch_error, stopped
from flows.fetch.politeness import Politeness, is_trouble, retry_after
from flows.fetch.redirects import asked_address, canonical_address, host_of, leads_to
from flows.fetch.request import Client, request_headers, user_agent
from flows.fetch.robots import Robots, unpack
from flows.fetch.ssrf import SsrfGuard
from flows.state.host_store import ROBOTS_BYTES

if TYPE_CHECKING:
    from types import TracebackType

    import httpx2

    from flows.common.page_types import Capture, Validators
    from flows.fetch.robots import RobotsFile

__all__ = ["FetchError", "FetchExplanation", "Fetcher", "user_agent"]

_ROBOTS_REDIRECTS = 5  # RFC 9309, 2.3.1.2
_NO_ROBOTS = (404, b"")
_PAGE = (200, 203)  # 202 is how bot walls answer, 204 has no page, 206 a part of one


class Fetcher:
    """Gets pages within the limits of one source; safe to share between threads. A context manager.

    Without `hosts`, it keeps its own slots. Setting `stop` ends every wait.
    """

    def __init__(
        self, limits: WebLimits | None = None, hosts: Politeness | None = None, stop: threading.Event | None = None
    ) -> None:
        self._limits = limits or WebLimits()
        self._hosts = hosts or Politeness(delay=self._limits.delay_seconds, budget=self._limits.pages_per_host)
        self._stop = stop or threading.Event()
        self._client = Client(SsrfGuard(self._limits.private_hosts), self._stop)
        self._robots = Robots(self._ask_robots, self._hosts.robots)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._client.close()

    def abort(self) -> None:
        """Stop: waits end, connections in use are closed, and every `get` raises FetchError (waiting) at once."""
        self._stop.set()
        self._client.abort()

    def get(self, url: str, max_bytes: int | None = None, validators: Validators | None = None) -> Capture:
        """The answer 200 (or 203) of the address, with the redirects that led to it.

        With `validators` the answer may also be 304, with no body: the address itself says that nothing changed. They
        are not sent where a redirect leads, as they are not that page's. `max_bytes` bounds the body as received and
        unpacked, in place of the source's limits.page_bytes. Raises FetchError.
        """
        limit = max_bytes or self._limits.page_bytes
        redirects: list[Capture] = []
        address = asked_address(url)
        left = self._limits.timeout_seconds
        while True:
            begun = None if redirects else validators
            answer, left = self._hop(address, limit, left, begun)
            if not redirects:
                answer = replace(answer, url=url)
            target = leads_to(answer, address)
            if target is None:
                break
            redirects.append(answer)
            address = target
            if any(str(address) == str(asked_address(before.url)) for before in redirects):
                raise FetchError(f"redirects in a circle, to {_shown(address)} again")
            if left <= 0:  # said here, as it is no fault of the next host
                raise fetch_error(TimeoutError(), self._limits.timeout_seconds)
            if len(redirects) > self._limits.redirects:
                raise FetchError(f"more than {self._limits.redirects} redirects (limits.redirects)")
        if answer.status == NOT_MODIFIED and begun and begun.headers():
            return replace(answer, body=b"", redirects=())
        if answer.status not in _PAGE:
            raise _no_page(answer)
        try:
            open_payload(answer.body, answer.header("content-encoding"), limit)
        except PayloadError as error:
            raise FetchError(str(error)) from None
        return replace(answer, redirects=tuple(redirects))

    def robots(self, url: str) -> RobotsFile | None:
        """The robots.txt of the address's site; None where it cannot be read now.

        Raises FetchError where the site is not to be asked for anything, or not in this run.
        """
        file = self._robots.of(asked_address(url))
        return None if file.problem else file

    def explain(self, url: str, validators: Validators | None = None) -> FetchExplanation:
        """What would be done about the address, without asking for it; its robots.txt is asked for where need be.

        Raises FetchError where it is no web address.
        """
        address = canonical_address(url)
        file, problem, outcome = None, "", ""
        try:
            file = self._robots.of(address)
            file.check(str(address))
        except FetchError as error:
            problem, outcome = error.reason, error.outcome
        pause = self._hosts.pause(host_of(address))
        if not problem and pause > self._limits.patience_seconds:
            problem, outcome = f"its host is paused for {pause:,.0f} s more", "waiting"
        return FetchExplanation(
            url=str(address),
            problem=problem,
            outcome=outcome,
            robots=file,
            rule=deciding_rule(file, str(address)) if file else None,
            delay=self._hosts.delay(file.delay if file else 0.0),
            pause=pause,
            request=(
                ("", f"GET {address.raw_path.decode('ascii')} HTTP/1.1"),
                *request_headers(address, user_agent(), validators),
            ),
        )

    def _ask_robots(self, address: httpx2.URL) -> tuple[int, bytes]:
        left = self._limits.timeout_seconds
        first = True
        for _ in range(1 + _ROBOTS_REDIRECTS):
            try:
                answer, left = self._request(address, ROBOTS_BYTES, left, robots=True)
            except FetchError as error:
                if first or error.retryable or isinstance(error, UnreachableError):
                    raise
                return _NO_ROBOTS  # a redirect to where nobody can be asked
            try:
                target = leads_to(answer, address)
            except FetchError:
                return _NO_ROBOTS
            if target is None:
                return answer.status or 0, unpack(answer.body)
            address = target
            first = False
        return _NO_ROBOTS

    def _hop(
        self, address: httpx2.URL, limit: int, left: float, validators: Validators | None
    ) -> tuple[Capture, float]:
        """The answer of one address of a page, and the seconds that the page has left."""
        robots = self._robots.of(address)
        robots.check(str(address))
        return self._request(address, limit, left, validators, robots.delay)

    def _request(
        self,
        address: httpx2.URL,
        limit: int,
        left: float,
        validators: Validators | None = None,
        crawl_delay: float = 0.0,
        robots: bool = False,
    ) -> tuple[Capture, float]:
        """The answer, once the host's slot is free; temporary failures are retried."""
        host = host_of(address)
        for tries_left in range(self._limits.retries, -1, -1):
            with self._hosts.slot(
                host,
                crawl_delay,
                patience=self._limits.patience_seconds,
                lease=self._limits.timeout_seconds + 5,
                stop=self._stop,
                counts=not robots and tries_left == self._limits.retries,
            ) as slot:
                start = time.monotonic()
                try:
                    answer = self._client.ask(
                        address, left, limit, validators, cut=robots, said=self._limits.timeout_seconds
                    )
                except FetchError as error:
                    if self._stop.is_set():
                        raise stopped() from None
                    no_connection = isinstance(error, (CutError, UnreachableError))
                    if error.retryable or no_connection:
                        slot.failed()
                    if not (error.retryable and no_connection and tries_left):
                        raise
                    continue
                slot.answered(answer.status or 0, retry_after(answer.header("retry-after"), answer.at))
            if not is_trouble(answer.status or 0) or not tries_left:
                break
        return answer, left - (time.monotonic() - start)


def _no_page(answer: Capture) -> FetchError:
    status = answer.status or 0
    return FetchError(
        f"answered {status} {one_line(answer.reason)}".rstrip(),
        status == 202 or is_trouble(status),
        status,
        retry_after=retry_after(answer.header("retry-after"), answer.at),
    )


def _shown(address: httpx2.URL) -> str:
    return one_line(str(address), 200)
