"""`sito stories`: which documents tell the same story, across sources and days."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from flows.cli.options import add_command, day
from flows.common.errors import SitoError
from flows.common.escape import one_line

if TYPE_CHECKING:
    import argparse

    from flows.cli.options import Commands

EXAMPLES = """\
  sito stories                          every source
  sito stories pravda harbourpost
  sito stories --since 2026-03-01       take in only documents of these days

Writes clean/stories/, a row for each document with text. Documents that were taken in before are compared with the new
ones; nothing is removed from any table. docs/stories.md says what is one story.
"""


def register(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = add_command(commands, "stories", "find which documents tell the same story", EXAMPLES)
    parser.set_defaults(run=run)
    parser.add_argument("names", nargs="*", metavar="SOURCE", help="names of sources in clean/ (default: all)")
    parser.add_argument(
        "--since", type=day, metavar="DATE", help="take in only documents of this day (YYYY-MM-DD) or later"
    )
    parser.add_argument("--until", type=day, metavar="DATE", help="take in only documents of this day or earlier")


def run(arguments: argparse.Namespace) -> int:
    """Bring clean/stories/ up to date; 1 if tables were damaged, which are named."""
    from flows.cli.progress import progress
    from flows.stories.find_stories import cleaned_sources, find_stories

    stored = cleaned_sources(arguments.data)
    for name in arguments.names:
        if name not in stored:
            where = arguments.data / "clean" / "documents"
            raise SitoError(f"there are no documents of '{name}' in {where}; `sito ingest {name}` makes them")
    if arguments.since and arguments.until and arguments.since > arguments.until:
        raise SitoError(f"--since {arguments.since} is after --until {arguments.until}")
    try:
        with progress() as tell:
            found = find_stories(arguments.data, arguments.names or stored, arguments.since, arguments.until, tell)
    except OSError as error:
        raise SitoError(f"clean/stories: cannot be written: {error.strerror or error}") from error
    for shard in found.damaged:
        print(
            f"sito: {one_line(shard, 500)}: its tables are damaged and were left out; `sito check` says more",
            file=sys.stderr,
        )
    print(found)
    return 1 if found.damaged else 0
