"""robots.txt: what a site asks of robots, read by protego and obeyed as RFC 9309 says.

An answer 2xx is read, at most its first 500 KiB. Other answers (4xx, redirect loops) mean that the site has none:
everything may be fetched. 429, 5xx and no answer mean that we do not know: nothing may be fetched now, unless an older
copy is stored. Copies are valid for a day, failures for ten minutes.
"""

from __future__ import annotations

import re
import threading
import zlib
from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import httpx2
from protego import Protego

from flows.fetch.fetch_errors import FetchError, UnreachableError
from flows.fetch.politeness import is_trouble
from flows.state.host_store import ROBOTS_BYTES, RobotsState
from flows.urls.page_address import absolute_address

if TYPE_CHECKING:
    from collections.abc import Callable

    from flows.fetch.host_stores import RobotsStore

__all__ = ["TOKEN", "Robots", "RobotsFile", "read_robots", "unpack"]

TOKEN = "sito"  # noqa: S105 - the name by which a robots.txt speaks to us
_FRESH = timedelta(hours=24)  # RFC 9309, 2.4
_FRESH_PROBLEM = timedelta(minutes=10)
_STALE = timedelta(days=30)  # how long a copy is used while the file is unavailable (RFC 9309, 2.3.1.4)
_KEPT_CHARACTERS = 2**24  # of all files in memory together
_SITEMAPS = 1000

_AGENT = re.compile(r"\s*user[- ]?agent(?:\s*:|\s)\s*([^#]*)", re.I)
_PRODUCT = re.compile(r"[a-z_-]*", re.I)
# An error page with status 200, or the home page for every address: none of its lines is a rule.
_MARKUP = re.compile(rb"(?:\xef\xbb\xbf)?\s*<")


@dataclass(frozen=True, slots=True)
class RobotsFile:
    """What a site asks of us. `status` is that of the answer, None where none came; `text` holds its rules.

    `problem` says why it could not be read: nothing of the site may be fetched now. `delay` is the seconds between
    two requests that it asks for, `sitemaps` the addresses that it names.
    """

    url: str
    status: int | None
    at: datetime
    text: str = ""
    problem: str | None = None
    delay: float = 0.0
    sitemaps: tuple[str, ...] = ()
    rules: Protego | None = None

    def allows(self, url: str) -> bool:
        """Whether its rules allow us the address."""
        return self.rules is None or self.rules.can_fetch(url, TOKEN)

    def check(self, url: str) -> None:
        """Raise FetchError if the address may not be fetched: refused by a rule, or waiting for the file."""
        if self.problem is not None:
            raise FetchError(f"its site's robots.txt cannot be read: {self.problem}", True, self.status, "waiting")
        if not self.allows(url):
            raise FetchError("its site's robots.txt forbids it", outcome="refused")

    def fresh(self, now: datetime) -> bool:
        """Whether it need not be fetched again."""
        return timedelta(0) <= now - self.at < (_FRESH if self.problem is None else _FRESH_PROBLEM)


class Robots:
    """The files of the sites, in memory and in the store; safe to share between threads.

    `ask` gets a robots.txt: its final status and its bytes. It raises FetchError, without `retryable` where the site
    cannot be asked for anything, as its address is refused.
    """

    def __init__(
        self,
        ask: Callable[[httpx2.URL], tuple[int, bytes]],
        store: RobotsStore | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._ask = ask
        self._store = store
        self._now = now
        self._files: OrderedDict[str, RobotsFile] = OrderedDict()
        self._size = 0
        self._asking: dict[str, threading.Lock] = {}
        self._lock = threading.Lock()

    def of(self, address: httpx2.URL) -> RobotsFile:
        """The file that holds for an address, asked for where none is known. Raises FetchError where that must wait."""
        origin = f"{address.scheme}://{address.netloc.decode('ascii')}"
        with self._lock:
            asking = self._asking.setdefault(origin, threading.Lock())
        with asking:  # a second thread finds the result of the first
            known = self._files.get(origin)
            if known is None or not known.fresh(self._now()):
                known = self._find(origin)
                self._keep(origin, known)
        return known

    def _find(self, origin: str) -> RobotsFile:
        url = f"{origin}/robots.txt"
        kept = self._store.robots(origin) if self._store else None
        older = read_robots(url, kept) if kept else None
        if older is not None and older.fresh(self._now()):
            return older
        try:
            status, body = self._ask(httpx2.URL(url))
            got, problem = RobotsState(status, body, self._now()), None
        except FetchError as error:
            # Without a connection there is nothing that could be forbidden.
            if isinstance(error, UnreachableError) or error.outcome == "waiting" or not error.retryable:
                raise
            got, problem = RobotsState(error.status, b"", self._now()), error.reason
        found = read_robots(url, got, problem)
        if found.problem and older is not None and older.problem is None and self._now() - older.at < _STALE:
            return older
        if self._store:
            self._store.record_robots(origin, got)
        return found

    def _keep(self, origin: str, file: RobotsFile) -> None:
        with self._lock:
            before = self._files.pop(origin, None)
            self._files[origin] = file
            self._size += len(file.text) - (len(before.text) if before else 0)
            while self._size > _KEPT_CHARACTERS:
                _, gone = self._files.popitem(last=False)
                self._size -= len(gone.text)


def read_robots(url: str, answer: RobotsState, problem: str | None = None) -> RobotsFile:
    """The file that an answer for `url` gives; `answer.body` is uncompressed."""
    if answer.status is None or is_trouble(answer.status):
        said = problem or ("no answer" if answer.status is None else f"answered {answer.status}")
        return RobotsFile(url, answer.status, answer.fetched_at, problem=said)
    if not 200 <= answer.status < 300:
        return RobotsFile(url, answer.status, answer.fetched_at)
    text = _text(answer.body)
    rules = Protego.parse(text)
    rate = rules.request_rate(TOKEN)
    return RobotsFile(
        url,
        answer.status,
        answer.fetched_at,
        text,
        delay=max(rules.crawl_delay(TOKEN) or 0.0, rate.seconds / rate.requests if rate else 0.0),
        sitemaps=tuple(_sitemaps(rules, url)),
        rules=rules,
    )


def unpack(body: bytes) -> bytes:
    """The beginning of a body that may be gzip or zlib, though none was asked for; as it is where it is neither."""
    if not body.startswith((b"\x1f\x8b", b"\x78")):
        return body[:ROBOTS_BYTES]
    try:
        return zlib.decompressobj(zlib.MAX_WBITS | 32).decompress(body, ROBOTS_BYTES)
    except zlib.error:
        return body[:ROBOTS_BYTES]


def _text(body: bytes) -> str:
    if _MARKUP.match(body):
        return ""
    if len(body) >= ROBOTS_BYTES:  # its last line may be cut: Allow: / of Allow: /press/
        body = body[: body.rfind(b"\n") + 1]
    encoding = "utf-16" if body.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    return "\n".join(_plain(body.decode(encoding, "replace").splitlines()))


def _plain(lines: list[str]) -> list[str]:
    """The lines with every user agent named sito, * or other.

    protego also takes names for ours that ours begins with (`s`, `sit`), and its work grows with the number of names
    times the number of rules, which would let half a megabyte hold us for minutes.
    """
    plain: list[str] = []
    for line in lines:
        if agent := _AGENT.match(line):
            name = agent[1].strip()
            product = _PRODUCT.match(name)
            ours = product is not None and product[0].lower() == TOKEN
            line = f"User-agent: {'*' if name == '*' else TOKEN if ours else 'other'}"
            if plain and plain[-1] == line:
                continue
        plain.append(line)
    return plain


def _sitemaps(rules: Protego, url: str) -> list[str]:
    found: dict[str, None] = {}
    for link in dict.fromkeys(rules.sitemaps):
        try:
            found[absolute_address(link, url)] = None
        except ValueError:
            continue
        if len(found) == _SITEMAPS:
            break
    return list(found)
