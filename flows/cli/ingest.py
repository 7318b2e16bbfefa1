"""`sito ingest`: the new pages of sources, pulled, kept and cleaned."""

from __future__ import annotations

import sys
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
  sito ingest pravda --refetch https://www.pravda.example/news/1     a page again, due or not
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
    parser.add_argument(
        "--refetch",
        nargs="+",
        default=(),
        metavar="URL",
        help="ask for these pages of one source again, and nothing else",
    )


def run(arguments: argparse.Namespace) -> int:
    """Pull the sources one after the other; 1 if pages failed, 2 if a source did."""
    if bool(arguments.names) == arguments.all:
        raise SitoError("name the sources to ingest, or say --all; `sito sources` lists them")
    if arguments.refetch and len(arguments.names) != 1:
        raise SitoError("--refetch asks for pages of one source: sito ingest SOURCE --refetch URL...")
    from flows.config.contact import without_contact
    from flows.config.settings import load_settings
    from flows.config.sources import find_source, load_sources

    known = load_sources(arguments.sources)
    chosen = [find_source(known, name) for name in arguments.names or known]
    settings = load_settings(sources=arguments.sources, data=arguments.data)
    if said := without_contact(chosen):
        print(f"sito: {said}", file=sys.stderr)
    from flows.cli.runner import ingest  # here: what is wrong with the configuration is said before this is waited for

    return ingest(settings, chosen, arguments.refetch)
