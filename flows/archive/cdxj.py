"""The CDXJ index beside a shard: derived from the shard alone, so it can be rebuilt at any time."""

from __future__ import annotations

import json
import os
import re
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType

from flows.archive.gzip_members import member_ends
from flows.archive.index_seal import Seal, unseal
from flows.archive.payload import payload_digest
from flows.common.errors import SitoError
from flows.store.present import present
from flows.urls.surt import surt
from flows.urls.uri import to_uri

if TYPE_CHECKING:
    from pathlib import Path

INDEX_SUFFIX = ".cdxj"
SHARD_SUFFIX = ".warc.gz"

CAPTURES = (WarcRecordType.resource, WarcRecordType.response, WarcRecordType.revisit)
HEAD_BYTES = 2**20
"""The longest header block that is read: FastWARC's own 32 KiB is less than some sites' cookies and policies."""

_NO_DIGIT = re.compile(r"\D")


class CdxjEntry(NamedTuple):  # made by the million; a tuple is the quickest
    """One line of an index: a capture, new (`revisit` false) or the same payload again."""

    url: str
    digest: str
    at: datetime
    status: int | None
    revisit: bool
    offset: int

    @property
    def is_page(self) -> bool:
        """Whether it is a new payload that is cleaned: a file, or a response with status 2xx."""
        return not self.revisit and (self.status is None or 200 <= self.status < 300)


def index_path(shard: Path) -> Path:
    """The path of the shard's index."""
    return shard.with_name(shard.name.removesuffix(SHARD_SUFFIX) + INDEX_SUFFIX)


def make_index(shard: Path, name: str) -> tuple[str, str | None]:
    """The sorted lines of the shard's index, and where the shard is damaged (None if it is whole).

    `name` is the shard's final file name, which it may not have yet. Of a damaged shard only the records before the
    damage are indexed, and never one whose payload does not match its digest: such pages must not count as captured.
    3,000 records a second with pages of 100 KB.
    """
    lines: list[str] = []
    changed: list[int] = []
    with present(shard).open("rb") as file:
        ends = [0, *member_ends(file)]
        lengths = {start: end - start for start, end in pairwise(ends)}
        reason = None if 0 < ends[-1] == file.seek(0, os.SEEK_END) else f"at offset {ends[-1]}"
        file.seek(0)
        try:
            for record in ArchiveIterator(file, parse_http=False, max_header_len=HEAD_BYTES):
                start = record.stream_pos
                if start not in lengths:
                    raise ValueError(f"the record at offset {start} is not a gzip member of its own")
                if record.record_type in CAPTURES:
                    key, fields = _describe(record)
                    if record.record_type != WarcRecordType.revisit and payload_of(record)[1] != fields["digest"]:
                        changed.append(start)
                        continue
                    fields |= {"length": str(lengths[start]), "offset": str(start), "filename": name}
                    lines.append(f"{key} {json.dumps(fields)}\n")
        except (OSError, ValueError) as error:
            if isinstance(error, OSError) and error.errno is not None:
                raise  # from the disk, not from FastWARC: it says nothing about the record
            reason = reason or " ".join(str(error).split())
    if changed:
        one = f"the payload of the record at offset {changed[0]} does not match its digest"
        more = one if len(changed) == 1 else f"{one}, nor do {len(changed) - 1:,} others"
        reason = f"{reason}; {more}" if reason else more
    return "".join(sorted(lines)), reason


def payload_of(record: WarcRecord) -> tuple[bytes, str]:
    """The rest of a record (the payload, if its HTTP head was parsed), and the digest of what was read."""
    payload: bytes = record.reader.read()
    return payload, payload_digest(payload)


def _describe(record: WarcRecord) -> tuple[str, dict[str, str]]:
    """The key and time of a capture, and the fields of its record. Raises ValueError for an incomplete record.

    The names of the fields are those that CDXJ readers know; `warc-date` is ours, because the time of a line has whole
    seconds only.
    """
    url, date, digest = (record.headers.get(f"WARC-{name}") for name in ("Target-URI", "Date", "Payload-Digest"))
    if url is None or date is None or digest is None:
        raise ValueError("a record does not name its page")
    datetime.fromisoformat(date)  # raises for an invalid date, which would make the index useless
    content_type, status = record.headers.get("Content-Type"), None
    if record.is_http:
        record.parse_http(max_header_len=HEAD_BYTES, strict_mode=False)
        if record.is_http_parsed:
            content_type, status = record.http_headers.get("Content-Type"), record.http_headers.status_code
    mime = re.split(r"[;\s]", content_type or "", maxsplit=1)[0]
    if record.record_type == WarcRecordType.revisit:
        mime = "warc/revisit"
    fields = {"url": url, "mime": mime, "status": status and str(status), "digest": digest, "warc-date": date}
    return f"{surt(url)} {_NO_DIGIT.sub('', date)[:14]}", {name: value for name, value in fields.items() if value}


def read_seal(shard: Path) -> Seal | None:
    """The seal of the shard's index; None: there is no index, or an earlier release made it, or it cannot be read."""
    try:
        with index_path(shard).open(encoding="utf-8") as file:
            return unseal(file.readline())[0]
    except (OSError, ValueError):
        return None


def read_entries(shard: Path) -> list[CdxjEntry]:
    """The shard's captures in order, from its index, or from the shard itself if the index is missing after a kill.

    Raises SitoError if the index cannot be read, or lost some of its lines.
    """
    index = index_path(shard)
    try:
        text = index.read_text("utf-8") if index.exists() else make_index(shard, shard.name)[0]
        seal, lines = unseal(text)
        if seal is not None and not seal.fits(lines):
            raise ValueError("it is not complete")
        return parse_entries(lines)
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise SitoError(f"{index}: cannot be read ({error}); delete it, the next run rebuilds it") from error


def parse_entries(lines: str) -> list[CdxjEntry]:
    """The captures that the lines of an index list, in their order. Raises ValueError, LookupError or TypeError."""
    fields = (line.split(" ", 2)[2] for line in lines.split("\n") if line)
    entries = [_entry(each) for each in json.loads(f"[{','.join(fields)}]")]  # one call: half the time of many
    return sorted(entries, key=lambda entry: entry.offset)


def find_entries(shard: Path, url: str) -> list[CdxjEntry]:
    """The shard's captures of one address, in order. Raises SitoError if the index cannot be read."""
    start, uri = f"{surt(to_uri(url))} ", to_uri(url)
    index = index_path(shard)
    try:
        with index.open(encoding="utf-8") as lines:
            found = [_entry(json.loads(line.split(" ", 2)[2])) for line in lines if line.startswith(start)]
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise SitoError(f"{index}: cannot be read ({error}); delete it, the next run rebuilds it") from error
    return sorted((entry for entry in found if entry.url == uri), key=lambda entry: entry.offset)


def _entry(fields: dict[str, str]) -> CdxjEntry:
    return CdxjEntry(
        url=fields["url"],
        digest=fields["digest"],
        at=datetime.fromisoformat(fields["warc-date"]),
        status=int(fields["status"]) if "status" in fields else None,
        revisit=fields.get("mime") == "warc/revisit",
        offset=int(fields["offset"]),
    )
