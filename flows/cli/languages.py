"""`sito languages`: paragraphs in, their languages and fragments out."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cleaners.languages import label
from flows.cli.output import print_json
from flows.common.errors import SitoError

if TYPE_CHECKING:
    from collections.abc import Iterable


NAMED = 20
"""Bad lines that are named; the rest is counted: a file of another kind has nothing but bad lines."""


def languages(file: str) -> int:
    """Label a JSON Lines file (`-`: standard input); 1 where some lines are no records, which are named."""
    if file == "-":
        return _label_lines(sys.stdin.buffer, "standard input")
    try:
        with Path(file).open("rb") as lines:
            return _label_lines(lines, file)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise SitoError(f"{file}: cannot be read: {error.strerror or error}") from error


def _label_lines(lines: Iterable[bytes], name: str) -> int:
    failed = 0
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            record = _record(line)
        except ValueError as error:
            failed += 1
            if failed <= NAMED:
                print(f"sito: failed: {name}, line {number}: {error}", file=sys.stderr)
            continue
        print_json(label(record))
    sys.stdout.flush()
    if failed > NAMED:
        print(f"sito: failed: {name}, and {failed - NAMED:,} more lines", file=sys.stderr)
    return 1 if failed else 0


def _record(line: bytes) -> dict[str, Any]:
    try:
        record: Any = json.loads(line)
    except RecursionError:
        raise ValueError("nested too deep") from None
    except ValueError as error:
        raise ValueError(f"not JSON: {error}") from None
    paragraphs = record.get("paragraphs") if isinstance(record, dict) else None
    if not isinstance(paragraphs, list) or not all(isinstance(p, str) for p in paragraphs) or "id" not in record:
        raise ValueError('expected {"id": .., "paragraphs": ["text", ..]}')
    found: dict[str, Any] = record
    return found
