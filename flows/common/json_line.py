"""A record as a line of JSON."""

from __future__ import annotations

import json
from typing import Any


def json_line(record: dict[str, Any]) -> bytes:
    """The record in UTF-8, with the end of the line."""
    try:
        return json.dumps(record, ensure_ascii=False).encode() + b"\n"
    except UnicodeEncodeError:  # a lone surrogate: JSON can say it, UTF-8 cannot
        return json.dumps(record).encode() + b"\n"
