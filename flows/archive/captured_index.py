"""What a source holds already, by address: small enough to keep a million pages in memory."""

from __future__ import annotations

import struct
import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flows.common.page_types import NOT_MODIFIED
from flows.urls.uri import BadAddressError, address_hash, to_uri

_LATEST = struct.Struct("<qhI")  # time, status, which payload: of the latest good capture; payload _NONE: there is none
_PAYLOAD = struct.Struct("<qH")  # time of the original, length of its digest; the digest's characters follow
_NONE = 0xFFFFFFFF
_FILE = -1  # the status of what is no HTTP response
_NOTHING = _LATEST.pack(0, 0, _NONE)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class CapturedPage:
    """The latest good capture of an address.

    `digest` is that of its payload (`sha1:` and base32), `at` UTC: the file's modification time or the moment of the
    capture, also when it only confirmed a known payload. `status` is None for files. `digests` are those of all
    payloads seen at the address.
    """

    digest: str
    at: datetime
    status: int | None
    digests: tuple[str, ...]


class CapturedIndex:
    """Address -> what is held of it; safe to share between threads.

    A page is held when a file, or a response with status 2xx, was archived, and so is an address that redirects, as a
    redirect is archived only with the page that it led to. Other responses are remembered only so that the same error
    page is not stored twice.
    """

    # An entry is one packed bytes object under a 120-bit hash of its address: objects with named fields, and the
    # addresses themselves, would take some eight times the memory.
    def __init__(self) -> None:
        self._entries: dict[bytes, bytes] = {}
        self._captured = 0
        self._lock = threading.Lock()

    def __len__(self) -> int:
        """How many pages are held; redirects do not count."""
        return self._captured

    def __contains__(self, url: str) -> bool:
        """Whether the page is held."""
        return self.get(url) is not None

    def get(self, url: str) -> CapturedPage | None:
        """What is held of the address, in whatever spelling `to_uri` takes; None: nothing good."""
        key = _key(url)
        entry = self._entries.get(key) if key is not None else None
        if entry is None:
            return None
        at, status, latest = _LATEST.unpack_from(entry)
        if latest == _NONE:
            return None
        digests = tuple(_payloads(entry))
        return CapturedPage(digests[latest], _time(at), None if status == _FILE else status, digests)

    def original(self, url: str, digest: str) -> datetime | None:
        """When that payload was first archived for that address; None: never."""
        key = _key(url)
        entry = self._entries.get(key) if key is not None else None
        at = _payloads(entry).get(digest) if entry is not None else None
        return None if at is None else _time(at)

    def add(self, url: str, digest: str, at: datetime, status: int | None, revisit: bool = False) -> None:
        """Enter one capture, in the order of capture: the last good one is what `get` tells of.

        The last, not the one with the greatest time, as a file may be replaced by an older one. A revisit of a payload
        that was not entered before holds nothing: its original was in a shard that has been moved away. A 304 confirms
        what is held.
        """
        key = _key(url)
        if key is None:
            return
        time = (at - _EPOCH) // _MICROSECOND
        with self._lock:
            old = self._entries.get(key, _NOTHING)
            latest, payloads = _LATEST.unpack_from(old), _payloads(old)
            if revisit and digest not in payloads:
                return
            if status == NOT_MODIFIED:
                if latest[2] == _NONE:
                    return
                status = None if latest[1] == _FILE else latest[1]
            page = status is None or 200 <= status < 300
            if not revisit:
                payloads[digest] = time
            if page or (status is not None and 300 <= status < 400):
                was_page = latest[2] != _NONE and latest[1] < 300
                self._captured += page - was_page
                latest = (time, _FILE if status is None else status, list(payloads).index(digest))
            self._entries[key] = _LATEST.pack(*latest) + b"".join(_pack(d, t) for d, t in payloads.items())


def _key(url: str) -> bytes | None:
    try:
        return address_hash(to_uri(url))
    except BadAddressError:  # nothing can be held of it
        return None


def _pack(digest: str, at: int) -> bytes:
    name = digest.encode()
    return _PAYLOAD.pack(at, len(name)) + name


def _payloads(entry: bytes) -> dict[str, int]:
    found, start = {}, _LATEST.size
    while start < len(entry):
        at, length = _PAYLOAD.unpack_from(entry, start)
        start += _PAYLOAD.size + length
        found[entry[start - length : start].decode()] = at
    return found


def _time(microseconds: int) -> datetime:
    return _EPOCH + microseconds * _MICROSECOND
