"""The listing of a scope: which files are published, each with the object that holds it. Its replacement is the commit.

An object is written once and never changed: a file that is published again lies at another key. So whoever has a
listing reads whole files of one moment, or is told that one of them is gone, and takes the listing of now.
"""

from __future__ import annotations

import gzip
import json
import re
import secrets
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flows.common.errors import SitoError

if TYPE_CHECKING:
    from flows.store.scope import Scope

__all__ = ["MOST_BYTES", "Listing", "Published", "new_token", "object_key"]

VERSION = 1
MOST_BYTES = 2**28
"""Of a listing, packed; unpacked it has at most four times as many. A million files are some 40 MB."""
_TOKEN = re.compile(r"(?:[0-9a-f]{8})?")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_YEARS = 2**63


@dataclass(frozen=True, slots=True)
class Published:
    """A file as it is published; `mtime` is in ns since 1970, `token` tells the key of its object from its name."""

    size: int
    sha256: str
    mtime: int
    token: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """What is published, by name; `number` counts the commits, `known` is what the manifest says of the tables."""

    number: int = 0
    files: dict[str, Published] = field(default_factory=dict)
    known: dict[str, Any] = field(default_factory=dict)

    def to_bytes(self) -> bytes:
        """As an object; no two are the same, so that a writer knows its own."""
        told = {
            "sito": VERSION,
            "number": self.number,
            "commit": new_token(),
            "files": {name: [of.size, of.sha256, of.mtime, of.token] for name, of in sorted(self.files.items())},
            "known": self.known,
        }
        return gzip.compress(json.dumps(told, separators=(",", ":")).encode(), 6, mtime=0)

    @classmethod
    def from_bytes(cls, data: bytes, scope: Scope, where: str) -> Listing:
        """Read it. Raises SitoError where it is damaged, of a later release, or names what is no file of the scope."""
        try:
            told = json.loads(_unpacked(data))
            if told["sito"] != VERSION:
                raise SitoError(f"{where}: was written by another release of sito; bring this one up to date")
            files = {name: Published(*of) for name, of in told["files"].items()}
            for name, of in files.items():
                _check(name, of, scope)
            if not isinstance(told["number"], int) or not isinstance(told["known"], dict):
                raise ValueError("a field is of another type")
            return cls(told["number"], files, told["known"])
        except (OSError, EOFError, zlib.error, ValueError, LookupError, TypeError, AttributeError) as error:
            raise SitoError(
                f"{where}: is no listing of ours, or damaged ({error}); put back an earlier version"
            ) from error


def _unpacked(data: bytes) -> bytes:
    stream = zlib.decompressobj(zlib.MAX_WBITS | 16)
    found = stream.decompress(data, 4 * MOST_BYTES)
    if not stream.eof:
        raise ValueError("it is cut off, or too long")
    return found


def _check(name: str, of: Published, scope: Scope) -> None:
    if not scope.form.fullmatch(name):
        raise ValueError(f"{name!r} is no file of {scope.name}")
    right = isinstance(of.size, int) and isinstance(of.mtime, int) and 0 <= of.size < _YEARS and 0 <= of.mtime < _YEARS
    if not right or not _SHA256.fullmatch(of.sha256) or not _TOKEN.fullmatch(of.token):
        raise ValueError(f"what it says of {name!r} cannot be read")


def new_token() -> str:
    """Eight characters that nobody else has."""
    return secrets.token_hex(4)


def object_key(name: str, token: str) -> str:
    """The key of a file's object: its name, where the token is empty; else with the token before the endings."""
    if not token:
        return name
    folder, _, file = name.rpartition("/")
    dot = "." if file.startswith(".") else ""
    stem, point, rest = file.removeprefix(".").partition(".")
    return f"{folder}/{dot}{stem}.{token}{point}{rest}"
