"""Builds WARC records from captures. Untrusted input can forge neither a header nor a record."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from importlib.metadata import version
from io import BytesIO
from typing import TYPE_CHECKING

from warcio.recordbuilder import RecordBuilder
from warcio.statusandheaders import StatusAndHeaders

from flows.archive.payload import UNKNOWN_TYPE
from flows.common.page_types import NOT_MODIFIED
from flows.urls.uri import to_uri

if TYPE_CHECKING:
    from collections.abc import Iterator

    from warcio.recordloader import ArcWarcRecord

    from flows.common.page_types import Capture

_BREAKS = re.compile(r"[\r\n\0]+")
_NO_TOKEN = re.compile(r"[^!#$%&'*+.^_`|~0-9A-Za-z-]")  # RFC 9110, field-name
_SERVER = re.compile(r"^[^:/?#]+:(//[^/?#]*)?")

# WARC 1.1, 6.7.3: the server said that our copy is still current.
_NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"

_builder = RecordBuilder(warc_version="1.1")


class HttpHead(StatusAndHeaders):  # type: ignore[misc]  # warcio has no types
    """A start line and headers whose bytes are those received.

    warcio itself percent-encodes headers that are not ASCII, and so changes them.
    """

    def to_ascii_bytes(self, header_filter: object = None) -> bytes:
        """The head exactly as received; overrides the method that warcio calls when it writes."""
        lines = [f"{self.protocol} {self.statusline}".rstrip(), *(f"{name}: {value}" for name, value in self.headers)]
        return b"".join(_encode(line) + b"\r\n" for line in [*lines, ""])


def warc_date(at: datetime) -> str:
    """A WARC/1.1 date in UTC with microseconds."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ").rjust(27, "0")  # strftime does not pad the year


def info(source: str, filename: str) -> ArcWarcRecord:
    """The warcinfo record that opens a shard."""
    return _builder.create_warcinfo_record(
        filename,
        {
            "software": f"sito/{version('sito')}",
            "format": "WARC File Format 1.1",
            "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
            "isPartOf": source,
        },
    )


def records(capture: Capture, digest: str, original: datetime | None) -> Iterator[ArcWarcRecord]:
    """The capture's records: the page, or a revisit of it if `original` is given; then request and evidence.

    `digest` is the digest of the page's payload, also if a 304 only confirmed it.
    """
    uri, date = to_uri(capture.url), warc_date(capture.at)
    head = _response_head(capture)
    headers = {"WARC-Date": date}
    if head is None:
        headers["Content-Type"] = _one_line(capture.content_type or "") or UNKNOWN_TYPE
    if original is not None:
        page = _builder.create_revisit_record(
            uri, digest, uri, warc_date(original), http_headers=head, warc_headers_dict=headers
        )
        if capture.status == NOT_MODIFIED:
            page.rec_headers.replace_header("WARC-Profile", _NOT_MODIFIED)
    else:
        page = _builder.create_warc_record(
            uri,
            "resource" if head is None else "response",
            payload=BytesIO(capture.body),
            length=len(capture.body),
            warc_headers_dict=headers | {"WARC-Payload-Digest": digest},
            http_headers=head,
        )
    yield page
    beside = {"WARC-Date": date, "WARC-Concurrent-To": page.rec_headers["WARC-Record-ID"]}
    if head is not None and capture.request_headers:
        yield _builder.create_warc_record(uri, "request", warc_headers_dict=beside, http_headers=_request_head(capture))
    if capture.evidence is not None:
        # A lone surrogate becomes its JSON escape.
        evidence = capture.evidence.encode("utf-8", "backslashreplace")
        refers = {"WARC-Refers-To": beside["WARC-Concurrent-To"], "Content-Type": "application/json"}
        yield _builder.create_warc_record(
            uri, "metadata", payload=BytesIO(evidence), length=len(evidence), warc_headers_dict=beside | refers
        )


def _response_head(capture: Capture) -> HttpHead | None:
    if capture.status is None:
        return None
    return HttpHead(
        f"{capture.status} {_one_line(capture.reason)}".rstrip(),
        [_stored(name, value) for name, value in _clean(capture.headers)],
        # HTTP/2 has no text form, and WARC readers know these two.
        protocol="HTTP/1.0" if capture.protocol == "HTTP/1.0" else "HTTP/1.1",
    )


def _request_head(capture: Capture) -> HttpHead:
    target = _SERVER.sub("", to_uri(capture.url)).partition("#")[0]
    line = f"{target if target.startswith('/') else '/' + target} HTTP/1.1"
    return HttpHead(line, list(_clean(capture.request_headers)), protocol="GET")


def _clean(headers: tuple[tuple[str, str], ...]) -> Iterator[tuple[str, str]]:
    for name, value in headers:
        token = _NO_TOKEN.sub("_", name)
        if token:
            yield token, _one_line(value)


def _stored(name: str, value: str) -> tuple[str, str]:
    # The HTTP client has decoded the transfer encoding already: readers must not look for chunks in the body.
    return (f"X-Archive-Orig-{name}" if name.lower() == "transfer-encoding" else name), value


def _one_line(value: str) -> str:
    return _BREAKS.sub(" ", value).strip()


def _encode(line: str) -> bytes:
    try:
        return line.encode("latin-1")  # HTTP clients give the bytes of headers as these characters
    except UnicodeEncodeError:
        return line.encode("utf-8", "backslashreplace")
