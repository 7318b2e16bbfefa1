"""Records as `sito languages` reads and prints them."""

from __future__ import annotations

from typing import Any

from cleaners.languages.separation import separate

__all__ = ["label"]


def label(record: dict[str, Any]) -> dict[str, Any]:
    """Turn {"id", "paragraphs": [text, ..]} into {"id", "paragraphs": [{"language", "fragments"}, ..]}.

    A fragment is {"start", "end", "language"}, offsets in code points. `declared` and `hint`, ISO 639-1, may stand in
    the record. Raises KeyError without "paragraphs".
    """
    lines = separate(record["paragraphs"], declared=record.get("declared"), hint=record.get("hint"))
    return {
        "id": record.get("id"),
        "paragraphs": [
            {
                "language": line.language,
                "fragments": [{"start": f.start, "end": f.end, "language": f.language} for f in line.fragments],
            }
            for line in lines
        ],
    }
