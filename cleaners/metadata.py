"""What a page says of itself."""

from __future__ import annotations

from datetime import datetime

from lxml.html import HtmlElement

from cleaners.dates import parse_date
from cleaners.document import Metadata

__all__ = ["read_metadata"]


def read_metadata(tree: HtmlElement, *, url: str | None = None, fetched_at: datetime | None = None) -> Metadata:
    """The page's metadata from its head."""
    metas = {
        (m.get("property") or m.get("name") or "").lower(): " ".join((m.get("content") or "").split())
        for m in reversed(tree.findall(".//meta"))
    }
    title = " ".join((tree.findtext(".//title") or "").split())
    h1 = " ".join("".join(h.itertext()) for h in tree.findall(".//h1")[:1])
    h1 = " ".join(h1.split())
    headlines = tuple(dict.fromkeys(t for t in (h1, metas.get("og:title"), title) if t))
    return Metadata(
        title=headlines[0] if headlines else None,
        published=parse_date(metas.get("article:published_time", ""), fetched_at),
        site_name=metas.get("og:site_name"),
        url=url,
        language=(tree.get("lang") or "")[:2].lower() or None,
        headlines=headlines,
    )
