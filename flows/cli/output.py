"""Results on standard output."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence


def print_json(record: dict[str, Any]) -> None:
    """Print one record as a line of JSON in UTF-8, whatever the terminal's encoding is."""
    try:
        line = json.dumps(record, ensure_ascii=False).encode()
    except UnicodeEncodeError:  # a lone surrogate: JSON can say it, UTF-8 cannot
        line = json.dumps(record).encode()
    sys.stdout.buffer.write(line + b"\n")


def print_columns(rows: Sequence[Sequence[str]]) -> None:
    """Print rows of equal length in aligned columns."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
