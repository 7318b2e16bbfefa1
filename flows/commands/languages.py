"""`sito languages`: paragraphs in, their languages and fragments out."""

from __future__ import annotations

import json
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from cleaners.languages import label
from flows.commands.output import print_json
from flows.errors import SitoError


def languages(file: str) -> int:
    """Label a JSON Lines file (`-`: standard input); 1 where some lines are no records, which are named."""
    try:
        lines = nullcontext(sys.stdin.buffer) if file == "-" else Path(file).open("rb")
    except OSError as error:
        raise SitoError(f"{file}: cannot be read: {error.strerror or error}") from error
    failed = 0
    with lines as stream:
        for number, line in enumerate(stream, start=1):
            if not line.strip():
                continue
            try:
                record = _record(line)
            except ValueError as error:
                failed += 1
                print(f"sito: failed: {file}, line {number}: {error}", file=sys.stderr)
                continue
            print_json(label(record))
    sys.stdout.flush()
    return 1 if failed else 0


def _record(line: bytes) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except RecursionError:
        raise ValueError("nested too deep") from None
    except ValueError as error:
        raise ValueError(f"not JSON: {error}") from None
    paragraphs = record.get("paragraphs") if isinstance(record, dict) else None
    if not isinstance(paragraphs, list) or not all(isinstance(p, str) for p in paragraphs) or "id" not in record:
        raise ValueError('expected {"id": .., "paragraphs": ["text", ..]}')
    return record
