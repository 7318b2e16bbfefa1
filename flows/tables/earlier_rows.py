"""Rows of tables that an earlier release wrote, by today's columns: it kept the words of a page in several of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

__all__ = ["as_today", "is_earlier"]

_PARAGRAPHS = {"text", "language", "tag", "fragments"}


def is_earlier(field: pa.Field) -> bool:
    """Whether a stored column is `paragraphs` with the texts in it."""
    kind = field.type
    if field.name != "paragraphs" or not pa.types.is_list(kind) or not pa.types.is_struct(kind.value_type):
        return False
    return {part.name for part in kind.value_type} == _PARAGRAPHS


def as_today(row: Mapping[str, Any]) -> dict[str, Any]:
    """What today's columns hold of a row, where an earlier release had it in others; nothing for a row of today's."""
    found: dict[str, Any] = {}
    if "kept" in row:
        found["remains"] = row["kept"] if row["verdict"] == "cut" else None
    if any("text" in paragraph for paragraph in row.get("paragraphs", ())):
        found["paragraphs"] = list(_as_spans(row["paragraphs"]))
    return found


def _as_spans(paragraphs: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Paragraphs with their texts as spans of `text`, which holds them a line each."""
    at = 0
    for paragraph in paragraphs:
        end = at + len(paragraph["text"])
        fragments = [f | {"start": at + f["start"], "end": at + f["end"]} for f in paragraph["fragments"]]
        span = {"start": at, "end": end, "language": paragraph["language"], "tag": paragraph["tag"]}
        yield span | {"fragments": fragments}
        at = end + 1
