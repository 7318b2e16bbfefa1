"""`sito stats`: what is in clean/, by source, month and language."""

from __future__ import annotations

import csv
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from flows.cli.options import add_command, day
from flows.cli.output import print_columns

if TYPE_CHECKING:
    import argparse

    from flows.cli.options import Commands

EXAMPLES = """\
  sito stats
  sito stats pravda texty --since 2026-01-01
  sito stats --format csv > stats.csv
  sito stats --chart stats.svg          words by month, by source and by language; also .png

Counts what `sito export` would write with --reserved: the last version of each page with text. The month is that of
publication, else of the capture. The share kept is of the characters in the bodies of articles. Repeats are documents
that repeat the main one of their story (see `sito stories`).
"""


def register(commands: Commands) -> None:
    """Add the command to the parser."""
    summary = "count documents and words by source, month and language"
    parser = add_command(commands, "stats", summary, EXAMPLES)
    parser.set_defaults(run=run)
    parser.add_argument("names", nargs="*", metavar="SOURCE", help="names of sources (default: all that are cleaned)")
    parser.add_argument("--since", type=day, metavar="DAY", help="published, else captured, on that day or later")
    parser.add_argument("--until", type=day, metavar="DAY", help="likewise, on that day or earlier")
    parser.add_argument("--format", choices=("table", "csv"), default="table", help="default: table")
    parser.add_argument(
        "--chart", type=Path, metavar="FILE", help="write a chart, too, as .svg, or .png; replaces the file"
    )


def run(arguments: argparse.Namespace) -> int:
    """Print a row for each source, month and language."""
    from flows.cli.progress import progress
    from flows.export.places import new_file
    from flows.export.question import Question
    from flows.export.statistics import HEADINGS, count_documents

    names = tuple(arguments.names)
    question = Question(sources=names, since=arguments.since, until=arguments.until, reserved=True)
    with progress() as tell:
        rows = count_documents(arguments.data, question, tell)
    if arguments.chart:
        from flows.look.stats_chart import chart_bytes

        drawn = chart_bytes([dict(zip(HEADINGS, row, strict=True)) for row in rows], arguments.chart)
        with new_file(arguments.chart) as path:
            path.write_bytes(drawn)
    if arguments.format == "csv":
        csv.writer(sys.stdout, lineterminator="\n").writerows([HEADINGS, *rows])
    else:
        print_columns([HEADINGS, *rows])
    return 0
