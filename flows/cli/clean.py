"""`sito clean`: files in, documents or their explanation out."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from cleaners.explain import explain as explain_document
from flows.cli.output import print_json
from flows.common.escape import one_line
from flows.pipeline.clean_files import Failure, clean_files, find_pages

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from cleaners.document import Document

PROGRESS_FROM = 20
"""Fewer pages are done before a progress bar is read."""


def clean(paths: Sequence[Path], *, explain: bool, together: bool, jobs: int | None) -> int:
    """Print a document a line, or with `explain` the ledger for people; 1 where some files gave none."""
    pages = find_pages(paths)
    color = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    failures: list[Failure] = []
    empty = 0
    for answer in _progress(clean_files(pages, together=together, jobs=jobs), len(pages)):
        if isinstance(answer, Failure):
            failures.append(answer)
            continue
        empty += not answer.paragraphs
        if explain:
            sys.stdout.write(explain_document(answer, color=color) + "\n")
        else:
            print_json(answer.to_json())
    sys.stdout.flush()
    if empty:
        print(f"sito: {empty} of {len(pages)} pages hold no article text", file=sys.stderr)
    for failure in failures:
        print(f"sito: failed: {one_line(str(failure.path), 500)}: {failure.reason}", file=sys.stderr)
    return 1 if failures else 0


def _progress(answers: Iterator[Document | Failure], total: int) -> Iterable[Document | Failure]:
    if total < PROGRESS_FROM or not sys.stderr.isatty():
        return answers
    from rich.console import Console
    from rich.progress import track

    return track(answers, "cleaning", total=total, console=Console(stderr=True), transient=True)
