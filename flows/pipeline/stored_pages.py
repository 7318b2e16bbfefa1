"""From a page in the archive to a page as the cleaners take it."""

from __future__ import annotations

import json
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from cleaners.document import Given
from cleaners.errors import PageError
from cleaners.pipeline import read_html, read_text
from flows.common.escape import one_line
from flows.common.page_files import page_id

if TYPE_CHECKING:
    from cleaners.corrections import Corrections
    from cleaners.document import Page
    from flows.archive.shard_reader import StoredPage


def read_stored(stored: StoredPage, name: str, language: str | None, corrections: Corrections | None = None) -> Page:
    """Read the lines of an archived page; `name` becomes its id. Raises PageError for a page that cannot be read."""
    if stored.error is not None:
        raise PageError(stored.error)
    if is_plain_text(stored):
        return read_text(stored.body, id=name, url=stored.url, fetched_at=stored.at, language=language)
    return read_html(
        stored.body,
        id=name,
        url=stored.url,
        content_type=stored.content_type,
        fetched_at=stored.at,
        language=language,
        given=given_by(stored.evidence),
        corrections=corrections,
    )


def given_by(evidence: str | None) -> Given | None:
    """What the entry of a feed that is kept beside a page says; None: nothing. A value of a wrong type is left out."""
    try:
        said = json.loads(evidence or "")
    except (ValueError, RecursionError):  # the record may come from elsewhere
        return None
    if not isinstance(said, dict):
        return None
    authors = said.get("authors")
    return Given(
        title=_text(said.get("title")),
        authors=tuple(name for name in authors if isinstance(name, str)) if isinstance(authors, list) else (),
        published=_text(said.get("published")),
        text=_text(said.get("content")) or _text(said.get("summary")),
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value.strip() else None


def why_empty(stored: StoredPage) -> str | None:
    """The reason why a page that holds no article text may hold none: it sends its readers elsewhere."""
    from flows.urls.onward import onward  # few pages need it, and it is slow to import

    there = onward(stored.body, (("content-type", stored.content_type or ""),), stored.url)
    return f"sends its readers to {one_line(there.url, 300)} ({there.by})" if there else None


def is_plain_text(stored: StoredPage) -> bool:
    """Whether the page was served as plain text."""
    return (stored.content_type or "").partition(";")[0].strip().lower() == "text/plain"


def page_name(url: str) -> str:
    """The id of a page: the last part of its address without the ending, else the host."""
    try:
        parts = urlsplit(url)
    except ValueError:  # some old WARC files hold addresses like http://[wrong/
        return url
    name = PurePosixPath(unquote(parts.path)).name
    return page_id(Path(name)) if name else parts.netloc or url
