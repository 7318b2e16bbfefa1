"""Records as `sito languages` reads and prints them."""

from __future__ import annotations

from typing import Any

from cleaners.languages.separation import language_spans

__all__ = ["label"]


def label(record: dict[str, Any]) -> dict[str, Any]:
    """Turn {"id", "paragraphs": [text, ..]} into {"id", "paragraphs": [{"language", "fragments"}, ..]}.

    A fragment is {"start", "end", "language"}, offsets in code points. `declared` and `hint`, ISO 639-1, may be in
    the record. Raises KeyError without "paragraphs".
    """
    lines = language_spans(record["paragraphs"], record.get("declared"), record.get("hint"))
    return {
        "id": record.get("id"),
        "paragraphs": [
            {
                "language": language,
                "fragments": [{"start": start, "end": end, "language": name} for start, end, name in spans],
            }
            for language, spans in lines
        ],
    }
