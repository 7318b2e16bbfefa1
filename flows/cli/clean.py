"""`sito clean`: files in, documents or their explanation out."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from flows.cli.options import add_command, count
from flows.common.escape import one_line

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator

    from flows.cli.options import Commands
    from flows.pipeline.clean_files import Failure, Form, Printed

PROGRESS_FROM = 20
"""Fewer pages are done before anyone could read a progress bar."""

EXAMPLES = """\
  sito clean a.html b.html.gz notes.txt > documents.jsonl
  sito clean --together --jobs 4 saved/ | jq -r .title
  sito clean --explain page.html | less -R
"""


def register(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = add_command(commands, "clean", "clean files: one JSON document a line", EXAMPLES)
    parser.set_defaults(run=run)
    parser.add_argument(
        "paths",
        nargs="+",
        type=Path,
        metavar="PATH",
        help="HTML (.html, .htm, also .gz) or plain text (.txt); folders are searched",
    )
    parser.add_argument(
        "--explain",
        action="store_true",
        help="print every line for people, kept or struck, with the rule that struck it",
    )
    parser.add_argument(
        "--together", action="store_true", help="the pages are of one source: what recurs on many of them is chrome"
    )
    parser.add_argument(
        "--quotations",
        choices=("keep", "drop"),
        default="keep",
        help="sentences that quote another language, in `texts`: they stay whole or go whole (default: keep)",
    )
    parser.add_argument(
        "--corrections",
        type=Path,
        metavar="FILE",
        help="what a person says of the source of these pages: corrections/SOURCE.toml (see docs/corrections.md)",
    )
    parser.add_argument(
        "--jobs", type=count, metavar="N", help="processes (default: one for every 20 pages, at most the processors)"
    )
    parser.add_argument(
        "--seconds", type=count, default=120, metavar="N", help="a page that takes longer fails (default: 120)"
    )


def run(arguments: argparse.Namespace) -> int:
    """Print a document a line, or with `--explain` the ledger for people; 1 if some files could not be cleaned."""
    from flows.pipeline.clean_files import Failure, clean_files, find_pages

    pages = find_pages(arguments.paths)
    corrections = None
    if arguments.corrections is not None:
        from flows.config.corrections import load_file

        corrections = load_file(arguments.corrections)
    form: Form = "json"
    if arguments.explain:
        form = "colored explanation" if sys.stdout.isatty() and "NO_COLOR" not in os.environ else "explanation"
    failures: list[Failure] = []
    empty = drops = 0
    answers = clean_files(
        pages,
        form,
        together=arguments.together,
        jobs=arguments.jobs,
        seconds=arguments.seconds,
        quotations=arguments.quotations,
        corrections=corrections,
    )
    for answer in _progress(answers, len(pages)):
        if isinstance(answer, Failure):
            failures.append(answer)
            continue
        empty += answer.empty
        drops += arguments.explain and answer.cuts
        if arguments.explain:
            sys.stdout.write(answer.text.decode())  # in the terminal's encoding
        else:
            sys.stdout.buffer.write(answer.text)
    if drops:
        print("  sito rules ID says what a rule looks for")
    sys.stdout.flush()
    if empty:
        print(f"sito: {empty} of {len(pages)} pages hold no article text", file=sys.stderr)
    for failure in failures:
        print(f"sito: failed: {one_line(str(failure.path), 500)}: {failure.reason}", file=sys.stderr)
    return 1 if failures else 0


def _progress(answers: Iterator[Printed | Failure], total: int) -> Iterable[Printed | Failure]:
    if total < PROGRESS_FROM or not sys.stderr.isatty():
        return answers
    from rich.console import Console
    from rich.progress import track

    return track(answers, "cleaning", total=total, console=Console(stderr=True), transient=True)
