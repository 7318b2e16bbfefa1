"""Captures for tests of the archive, all invented."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from flows.archive.source_archive import Archive
from flows.common.page_types import Capture

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from flows.archive.captured_index import CapturedIndex

NOON = datetime(2026, 3, 1, 12, 0, 0, 250_000, tzinfo=UTC)
HTML = "<html><body><p>Міст через річку відкрили вранці.</p></body></html>".encode()


def file(url: str = "file:///pages/bridge.html", body: bytes = HTML, at: datetime = NOON, **more: object) -> Capture:
    return Capture(url, body, at, "text/html", **more)  # type: ignore[arg-type]


def response(
    url: str = "https://example.org/bridge",
    body: bytes = HTML,
    at: datetime = NOON,
    status: int = 200,
    headers: tuple[tuple[str, str], ...] = (("Content-Type", "text/html; charset=utf-8"),),
    **more: object,
) -> Capture:
    fields: dict[str, object] = {
        "status": status,
        "reason": "OK" if status == 200 else "No",
        "headers": headers,
        "request_headers": (("User-Agent", "sito"), ("Accept", "text/html")),
    }
    return Capture(url, body, at, **(fields | more))  # type: ignore[arg-type]


def keep(
    data: Path, captures: Iterable[Capture], shard_bytes: int = 2**26
) -> tuple[Archive, list[bool], CapturedIndex]:
    """Archive them in one run; whether each was new."""
    archive = Archive(data, "news", shard_bytes)
    with archive.lock():
        archive.recover()
        captured = archive.captured()
        with archive.writer(captured) as writer:
            new = [writer.add(capture) for capture in captures]
    return archive, new, captured
