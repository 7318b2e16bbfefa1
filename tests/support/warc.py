"""WARC files made record by record."""

from __future__ import annotations

from io import BytesIO

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

HTML = (("Content-Type", "text/html; charset=utf-8"),)
DATE = "2026-03-04T05:06:07Z"


class Warc:
    """Collects records; `offsets` says where each begins."""

    def __init__(self, packed: bool = True) -> None:
        self.out = BytesIO()
        self.offsets: list[int] = []
        self._writer = WARCWriter(self.out, gzip=packed)

    def add(
        self, url: str, body: bytes, kind: str = "response", status: str = "200 OK", headers: object = HTML, **warc: str
    ) -> Warc:
        self.offsets.append(self.out.tell())
        head = StatusAndHeaders(status, list(headers), protocol="HTTP/1.1") if kind == "response" else None  # type: ignore[call-overload]
        named = {"WARC-Date": DATE} | {name.replace("_", "-"): value for name, value in warc.items()}
        record = self._writer.create_warc_record(
            url, kind, payload=BytesIO(body), http_headers=head, warc_headers_dict=named
        )
        self._writer.write_record(record)
        return self

    def bytes(self) -> bytes:
        return self.out.getvalue()
