"""`sito ingest`: the new pages of sources, pulled, kept and cleaned."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.cli.options import add_command
from flows.common.errors import SitoError

if TYPE_CHECKING:
    import argparse

    from flows.cli.options import Commands

EXAMPLES = """\
  sito ingest demo
  sito ingest pravda texty
  sito ingest --all --data /srv/corpus
  sito ingest reading-list < pages.txt     a source with file = "-"
  SITO_CONTACT=you@example.org sito ingest pravda

SITO_CONTACT, an e-mail address or a page of yours, is sent with every request. The next run continues a run that was
stopped or killed.
"""


def register(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = add_command(commands, "ingest", "pull the new pages of sources, keep them, clean them, report", EXAMPLES)
    parser.set_defaults(run=run)
    parser.add_argument("names", nargs="*", metavar="SOURCE", help="names in the sources file")
    parser.add_argument("--all", action="store_true", help="every source")


def run(arguments: argparse.Namespace) -> int:
    """Pull the sources one after the other; 1 if pages failed, 2 if a source did."""
    if bool(arguments.names) == arguments.all:
        raise SitoError("name the sources to ingest, or say --all; `sito sources` lists them")
    from flows.cli.runner import ingest

    return ingest(arguments.sources, arguments.data, arguments.names)
