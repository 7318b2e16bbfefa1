"""Results on standard output."""

from __future__ import annotations

import json
import sys
from typing import Any


def print_json(record: dict[str, Any]) -> None:
    """Print one record as a line of JSON in UTF-8, whatever the terminal's encoding is."""
    try:
        line = json.dumps(record, ensure_ascii=False).encode()
    except UnicodeEncodeError:  # a lone surrogate: JSON can say it, UTF-8 cannot
        line = json.dumps(record).encode()
    sys.stdout.buffer.write(line + b"\n")
