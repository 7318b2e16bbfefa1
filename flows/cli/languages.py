"""`sito languages`: paragraphs in, their languages and fragments out."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.cli.options import add_command
from flows.cli.output import print_json
from flows.common.errors import SitoError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable

    from flows.cli.options import Commands

NAMED = 20
"""Bad lines that are named; further ones are only counted: in a file of another kind every line is bad."""

EXAMPLES = """\
  echo '{"id": 1, "paragraphs": ["Київ — столиця.", "He said “yes”."]}' | sito languages -
  sito languages pages.jsonl > languages.jsonl
"""


def register(commands: Commands) -> None:
    """Add the command to the parser."""
    summary = "tell the languages of paragraphs and of the fragments inside them"
    parser = add_command(commands, "languages", summary, EXAMPLES)
    parser.set_defaults(run=run)
    parser.add_argument(
        "file", metavar="FILE.jsonl", help='{"id": .., "paragraphs": ["text", ..]} a line; - is standard input'
    )


def run(arguments: argparse.Namespace) -> int:
    """Label a JSON Lines file (`-`: standard input); 1 if some lines are not records, which are named."""
    file: str = arguments.file
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
    from cleaners.languages import label

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
