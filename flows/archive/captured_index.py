"""Which pages of a source are archived, by address: compact enough to keep a million pages in memory."""

from __future__ import annotations

import struct
import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from flows.archive.held_captures import Entries, HeldCaptures
from flows.common.page_types import NOT_MODIFIED
from flows.urls.uri import BadAddressError, address_hash, to_uri

_LATEST = struct.Struct("<qhI")  # time, status, index of the payload: of the latest good capture; _NONE: there is none
# Time of the original, number of its shard, offset of its record, length of its digest, whose characters follow.
_PAYLOAD = struct.Struct("<qIqH")
_NONE = 0xFFFFFFFF
_KEY_BYTES = 15  # the longest digest that CPython keeps in 48 bytes; a source may hold a million pages
_FILE = -1  # the status of a file, which has no HTTP response
_EMPTY = _LATEST.pack(0, 0, _NONE)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class CapturedPage:
    """The latest good capture of an address.

    `digest` is the digest of its payload (`sha1:` and base32), `at` UTC: the file's modification time or the time of
    the capture, also when it only confirmed a known payload. `status` is None for files. `digests` are those of all
    payloads captured at the address.
    """

    digest: str
    at: datetime
    status: int | None
    digests: tuple[str, ...]


class Original(NamedTuple):
    """Where a payload was first archived: the time of that capture (UTC), and its record."""

    at: datetime
    shard: str
    offset: int


class CapturedIndex:
    """Maps an address to its captures; safe to share between threads.

    An address counts as captured when a file or a response with status 2xx was archived, and also when it redirects: a
    redirect is archived only together with its target. Other responses are remembered only so that the same error page
    is not stored twice.
    """

    # An entry is one packed bytes object under a 120-bit hash of its address: objects with named fields, and the
    # addresses themselves, would take some eight times the memory. Those that are held already are looked up one by one
    # where they are kept; here is only what came since, with b"" for what was forgotten.
    def __init__(self, held: HeldCaptures | None = None) -> None:
        self._entries: dict[bytes, bytes] = {}
        self._queries: dict[bytes, str] = {}  # of addresses with a query, under what they share with their twins
        self._pruned: set[bytes] = set()
        self._held = held
        self._captured = held.pages if held else 0
        self._names: list[str] = list(held.shards) if held else []
        self._shards = {name: number for number, name in enumerate(self._names)}
        self._lock = threading.Lock()

    def __len__(self) -> int:
        """The number of captured pages, without redirects."""
        return self._captured

    def __contains__(self, url: str) -> bool:
        """Whether the page is captured."""
        return self.get(url) is not None

    def get(self, url: str) -> CapturedPage | None:
        """The latest good capture of the address, in any spelling that `to_uri` accepts; None if there is none."""
        key = _key(url)
        entry = self._entry(key) if key is not None else None
        if entry is None:
            return None
        at, status, latest = _LATEST.unpack_from(entry)
        if latest == _NONE:
            return None
        digests = tuple(_unpack_payloads(entry))
        return CapturedPage(digests[latest], _time(at), None if status == _FILE else status, digests)

    def original(self, url: str, digest: str) -> Original | None:
        """When and where that payload was first archived for that address; None if it never was."""
        key = _key(url)
        entry = self._entry(key) if key is not None else None
        found = _unpack_payloads(entry).get(digest) if entry is not None else None
        return None if found is None else Original(_time(found[0]), self._names[found[1]], found[2])

    def prune(self, url: str, digest: str) -> None:
        """Remember a payload of the address that was held, and is not to be held again."""
        if _key(url) is not None:
            self._pruned.add(_shared(to_uri(url), digest))

    def was_pruned(self, url: str, digest: str) -> bool:
        """Whether this payload of the address was held and pruned."""
        if _key(url) is None:
            return False
        key = _shared(to_uri(url), digest)
        return key in self._pruned or (self._held is not None and self._held.was_pruned(key))

    def forget(self, url: str) -> None:
        """Forget the captures of an address, as the record of one of them is not there."""
        key = _key(url)
        with self._lock:
            entry = self._entry(key) if key is not None else None
            if key is not None and entry is not None:
                self._entries[key] = b""
                _, status, latest = _LATEST.unpack_from(entry)
                self._captured -= latest != _NONE and status < 300

    def twin(self, url: str, digest: str) -> str | None:
        """Another address whose latest good capture has this payload, and which differs in nothing but the query."""
        try:
            start, mark, query = to_uri(url).partition("?")
        except BadAddressError:
            return None
        found = self._query(_shared(start, digest))
        others = ([start] if mark else []) + ([f"{start}?{found}"] if found is not None and found != query else [])
        for other in others:
            page = self.get(other)
            if page is not None and page.digest == digest:
                return other
        return None

    def add(
        self,
        url: str,
        digest: str,
        at: datetime,
        status: int | None,
        revisit: bool = False,
        shard: str = "",
        offset: int = 0,
    ) -> None:
        """Record one capture, in the order of capture: `get` returns the last good one.

        `shard` and `offset` say where its record is. The last, not the one with the latest time, as a file may be
        replaced by an older one. A revisit of a payload that is not recorded is ignored: its original was in a shard
        that has been moved away. A 304 confirms the latest capture.
        """
        key = _key(url)
        if key is None:
            return
        time = (at - _EPOCH) // _MICROSECOND
        with self._lock:
            old = self._entry(key) or _EMPTY
            latest, payloads = _LATEST.unpack_from(old), _unpack_payloads(old)
            if revisit and digest not in payloads:
                return
            if status == NOT_MODIFIED:
                if latest[2] == _NONE:
                    return
                status = None if latest[1] == _FILE else latest[1]
            page = status is None or 200 <= status < 300
            if not revisit:
                payloads[digest] = (time, self.number_of(shard), offset)
            if page or (status is not None and 300 <= status < 400):
                was_page = latest[2] != _NONE and latest[1] < 300
                self._captured += page - was_page
                latest = (time, _FILE if status is None else status, list(payloads).index(digest))
                if page and "?" in url:
                    start, _, query = to_uri(url).partition("?")
                    shared = _shared(start, digest)
                    if self._query(shared) is None:
                        self._queries[shared] = query
            self._entries[key] = _LATEST.pack(*latest) + b"".join(_pack_payload(*each) for each in payloads.items())

    def number_of(self, shard: str) -> int:
        """The number under which entries name a shard: that of those named before it."""
        number = self._shards.setdefault(shard, len(self._shards))
        if number == len(self._names):
            self._names.append(shard)
        return number

    def _entry(self, key: bytes) -> bytes | None:
        found = self._entries.get(key)
        if found is None and self._held is not None:
            return self._held.entry(key)
        return found or None

    def _query(self, key: bytes) -> str | None:
        found = self._queries.get(key)
        return self._held.query(key) if found is None and self._held is not None else found

    def take_new(self) -> Entries:
        """What came since, by key, for those who keep it: from now on it is looked up where the rest is held."""
        new = Entries(self._entries, self._queries, self._pruned)
        self._entries, self._queries, self._pruned = {}, {}, set()
        return new


def _key(url: str) -> bytes | None:
    try:
        return address_hash(to_uri(url), _KEY_BYTES)
    except BadAddressError:  # cannot be archived
        return None


def _shared(start: str, digest: str) -> bytes:
    return address_hash(f"{start} {digest}", _KEY_BYTES)


def _pack_payload(digest: str, where: tuple[int, int, int]) -> bytes:
    name = digest.encode()
    return _PAYLOAD.pack(*where, len(name)) + name


def _unpack_payloads(entry: bytes) -> dict[str, tuple[int, int, int]]:
    """By digest: time, number of the shard, offset."""
    found, start = {}, _LATEST.size
    while start < len(entry):
        *where, length = _PAYLOAD.unpack_from(entry, start)
        start += _PAYLOAD.size + length
        found[entry[start - length : start].decode()] = (where[0], where[1], where[2])
    return found


def _time(microseconds: int) -> datetime:
    return _EPOCH + microseconds * _MICROSECOND
