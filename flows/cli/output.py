"""Results on standard output."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from flows.common.json_line import json_line

if TYPE_CHECKING:
    from collections.abc import Sequence


def print_json(record: dict[str, Any]) -> None:
    """Print one record as a line of JSON in UTF-8, whatever the terminal's encoding is."""
    sys.stdout.buffer.write(json_line(record))


def print_columns(rows: Sequence[Sequence[str]]) -> None:
    """Print rows of equal length in aligned columns."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
