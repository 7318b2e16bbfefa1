"""The columns of an export in their order, as an Arrow schema; docs/export.md says the same (a test compares)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from flows.common.errors import SitoError
from flows.common.nearest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["COLUMNS", "chosen_columns"]


def _column(name: str, kind: pa.DataType, description: str, *, nullable: bool = False) -> pa.Field:
    return pa.field(name, kind, nullable=nullable, metadata={"description": description})


COLUMNS = pa.schema(
    [
        _column("id", pa.string(), "unique: source/shard/offset, which name the record of the raw page"),
        _column("url", pa.string(), "address under which the page was captured"),
        _column("source", pa.string(), "name in the sources file"),
        _column("title", pa.string(), "headline without the site's name", nullable=True),
        _column("authors", pa.list_(pa.string()), "as the page names them"),
        _column("published", pa.string(), "ISO 8601: YYYY-MM-DD, or with time and zone where stated", nullable=True),
        _column("fetched_at", pa.timestamp("us", "UTC"), "time of the capture"),
        _column("language", pa.string(), "that of most letters of the document, ISO 639-1; und: none"),
        _column("words", pa.int64(), "words of `text`, between white space"),
        _column("text", pa.string(), "paragraphs, a line each"),
        _column("section", pa.string(), "the site's name for the page's department", nullable=True),
        _column("site_name", pa.string(), "as the page states it", nullable=True),
        _column("agency", pa.string(), "news agency that the page credits its text to", nullable=True),
        _column("paywalled", pa.bool_(), "whether reading on takes a subscription", nullable=True),
        _column("reservations", pa.list_(pa.string()), "what the site or page says of its use: noindex, TDM reserved"),
        _column("flags", pa.list_(pa.string()), "what a person should look at, such as an unusual loss of words"),
        _column("story", pa.string(), "equal for documents of one story; null: not looked for", nullable=True),
        _column("repeat", pa.string(), "how it repeats its story's main document; null: it does not", nullable=True),
        _column("digest", pa.string(), "digest of the raw payload, as in WARC-Payload-Digest"),
        _column("cleaners", pa.string(), "version of the cleaners that judged the lines"),
    ]
)


def chosen_columns(names: Sequence[str] = ()) -> pa.Schema:
    """The schema of these columns in the order given; none named: all. Raises SitoError for one that is unknown."""
    for name in names:
        if name not in COLUMNS.names:
            meant = did_you_mean(name, COLUMNS.names)
            raise SitoError(
                f"there is no column '{name}'; {meant + ' ' if meant else ''}known: {', '.join(COLUMNS.names)}"
            )
        if names.count(name) > 1:
            raise SitoError(f"the column '{name}' is named twice")
    return pa.schema([COLUMNS.field(name) for name in names]) if names else COLUMNS
