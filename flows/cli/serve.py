"""`sito serve`: schedules and forms, until it is stopped."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from flows.cli.options import add_command

if TYPE_CHECKING:
    import argparse

    from flows.cli.options import Commands

EXAMPLES = """\
  sito serve
  PREFECT_API_URL=http://127.0.0.1:4200/api sito serve
"""


def register(commands: Commands) -> None:
    """Add the command to the parser."""
    summary = "run the schedules and the forms of the Prefect UI; starts a local server when none is configured"
    add_command(commands, "serve", summary, EXAMPLES).set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Run schedules and forms until Ctrl-C."""
    from flows.config.contact import without_contact
    from flows.config.settings import load_settings
    from flows.config.sources import load_sources

    settings = load_settings(sources=arguments.sources, data=arguments.data)
    sources = load_sources(settings.sources)
    if said := without_contact(sources.values()):
        print(f"sito: {said}", file=sys.stderr)
    from flows.serve import serve  # here: what is wrong with the configuration is said before this is waited for

    serve(settings, sources)
    return 0
