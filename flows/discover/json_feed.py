"""JSON Feed, versions 1.0 and 1.1 (jsonfeed.org): the entries in the form of feedparser's for the other formats."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

__all__ = ["JSON_FEED_BYTES", "read_json_feed"]

JSON_FEED_BYTES = 16 * 2**20
"""The parsed tree takes about ten times as much memory."""


def read_json_feed(body: bytes) -> list[dict[str, Any]] | None:
    """The items in their order; None: it is not a JSON Feed.

    Items have the fields of `feed`'s entries; the link is the page's own address, else the external one. A value of a
    wrong type counts as missing.
    """
    if len(body) > JSON_FEED_BYTES or not body[:64].removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
        return None
    try:
        # Surrogate pairs are joined; lone surrogates become question marks, as they are not characters.
        feed = json.loads(body.decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError):
        return None
    items = feed.get("items")
    if not isinstance(items, list) or "jsonfeed.org/version/" not in _text(feed.get("version")):
        return None
    return [_item(item) for item in items if isinstance(item, dict)]


def _item(item: dict[str, Any]) -> dict[str, Any]:
    identity = item.get("id")  # 1.0 allows numbers
    authors = item.get("authors") if isinstance(item.get("authors"), list) else [item.get("author")]
    names = [_text(author.get("name")) for author in authors or () if isinstance(author, dict)]
    return {
        "id": _text(str(identity) if isinstance(identity, int | float) else identity) or None,
        "link": _text(item.get("url")) or _text(item.get("external_url")) or None,
        "title": _text(item.get("title")) or None,
        "authors": [name for name in names if name],
        "published": _time(item.get("date_published")),
        "updated": _time(item.get("date_modified")),
        "summary": _text(item.get("summary")) or None,
        "content": _text(item.get("content_html")) or _text(item.get("content_text")) or None,
    }


def _text(value: object) -> str:
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""


def _time(stated: object) -> datetime | None:
    """RFC 3339; without a zone it counts as UTC."""
    try:
        at = datetime.fromisoformat(_text(stated)[:40].strip())
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
