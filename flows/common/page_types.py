"""What travels between discovery, fetching, the archive and the report."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

__all__ = ["GONE", "NOT_MODIFIED", "Capture", "Outcome", "Status", "Target", "Validators"]

NOT_MODIFIED = 304
"""The status of an answer that says: the version that you have is current."""
GONE = (404, 410)
"""Those that say: there is no such page, or no more."""

Status = Literal["new", "changed", "unchanged", "gone", "empty", "failed", "refused", "waiting"]
"""How a run left one page.

`new` has text and was not held before, `changed` has text and is a new version of a page that was; a reprocess calls
so what it gave other rows. `empty` is either without text. `unchanged` is held already (not fetched, or with the same
answer as before), `gone` is held, and its site no longer has it (404, 410), `refused` may not be fetched (robots.txt, a
reservation of rights), `waiting` was not fetched in this run (its host is paused, a budget is used up, its next try is
due later), and `failed` is the rest.
"""


_ETAG = re.compile(r'(?:W/)?"[\x21\x23-\x7e]{0,256}"')
_DATE = re.compile(r"[A-Za-z0-9,: +-]{8,40}")


@dataclass(frozen=True, slots=True)
class Validators:
    """The validators of a held page's answer, to ask whether there is a newer version."""

    etag: str | None = None
    last_modified: str | None = None

    def headers(self) -> tuple[tuple[str, str], ...]:
        """As request headers; malformed ones are left out, as they come from an untrusted server."""
        return (
            *((("If-None-Match", self.etag),) if self.etag and _ETAG.fullmatch(self.etag) else ()),
            *(
                (("If-Modified-Since", self.last_modified),)
                if self.last_modified and _DATE.fullmatch(self.last_modified)
                else ()
            ),
        )


@dataclass(frozen=True, slots=True)
class Target:
    """One page that a source names, not yet captured.

    `url` identifies the page inside its source (`file:` URLs for folders are relative to the folder, so that the same
    folder on another machine gives the same identities). `path` and `offset` say where a folder's file or a WARC's
    record lies; both are None for pages of the web. `modified` is the file's time or what feed or sitemap states.
    `evidence` is the feed's own entry as JSON text. `problem` says why the page is not available if discovery has
    found that out (a damaged record, an unreadable folder): it is counted as failed with that reason. `validators`
    make the request conditional: only a changed page is wanted. `length` is the size of the record in its file, in
    bytes, if known; `record` is the record itself, if it is small and discovery has read it. `followed` marks a page to
    which another one has sent its readers: it is not left for a third one.
    """

    url: str
    path: str | None = None
    offset: int | None = None
    modified: datetime | None = None
    evidence: str | None = None
    problem: str | None = None
    validators: Validators | None = None
    length: int | None = None
    record: Capture | None = None
    followed: bool = False


@dataclass(frozen=True, slots=True)
class Capture:
    """One raw response, or one file, exactly as it came.

    `body` holds the bytes as received (an HTTP body still under its Content-Encoding). `status` and `headers` are those
    of the response, None and () for files. `at` is UTC: the moment of the response, or the file's modification time.
    `redirects` are the answers that led to this one, first to last, each under the address that gave it. `variant_of`
    is the canonical address that the page states, if this one is only a variant of it; `canonical` is what it states.
    `onward` is the page to which it sends its readers, if it is not itself what they came for.
    """

    url: str
    body: bytes
    at: datetime
    content_type: str | None = None
    status: int | None = None
    reason: str = ""
    protocol: str = "HTTP/1.1"
    headers: tuple[tuple[str, str], ...] = ()
    request_headers: tuple[tuple[str, str], ...] = ()
    evidence: str | None = None
    redirects: tuple[Capture, ...] = ()
    variant_of: str | None = None
    canonical: str | None = None
    onward: str | None = None

    def header(self, name: str) -> str | None:
        """The response's header of this name (lower case), joined if there are several; None: there is none."""
        return ", ".join(value for key, value in self.headers if key.lower() == name) or None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one page in one run. Words count kept and dropped text, `milliseconds` the cleaning.

    `flags` say in plain words what a person should look at.
    """

    url: str
    status: Status
    reason: str = ""
    shard: str | None = None
    words_kept: int = 0
    words_dropped: int = 0
    milliseconds: float = 0.0
    flags: tuple[str, ...] = ()
