"""`sito reprocess`: the kept pages of a source, cleaned again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.cli.options import add_command, day

if TYPE_CHECKING:
    import argparse

    from flows.cli.options import Commands

EXAMPLES = """\
  sito reprocess demo --dry-run
  sito reprocess pravda --since 2026-01-01 --until 2026-03-31
  sito reprocess pravda --from ledger
"""


def register(commands: Commands) -> None:
    """Add the command to the parser."""
    summary = "clean kept pages again with today's rules; nothing is fetched"
    parser = add_command(commands, "reprocess", summary, EXAMPLES)
    parser.set_defaults(run=run)
    parser.add_argument("name", metavar="SOURCE", help="a name in the sources file")
    parser.add_argument(
        "--since", type=day, metavar="DATE", help="only pages captured on or after this day (YYYY-MM-DD, UTC)"
    )
    parser.add_argument("--until", type=day, metavar="DATE", help="only pages captured on or before this day")
    parser.add_argument(
        "--from",
        dest="origin",
        choices=("raw", "ledger"),
        default="raw",
        help="read the raw pages again (default), or only judge the ledger's lines again: quicker, for changed rules",
    )
    parser.add_argument("--dry-run", action="store_true", help="say what would change, and write nothing")


def run(arguments: argparse.Namespace) -> int:
    """Clean what is kept of the source again; 1 if pages failed."""
    from flows.config.settings import load_settings
    from flows.config.sources import find_source, load_sources
    from flows.pipeline.cleaning_job import Period, Scope

    scope = Scope(Period(arguments.since, arguments.until), arguments.origin, arguments.dry_run)
    source = find_source(load_sources(arguments.sources), arguments.name)
    settings = load_settings(sources=arguments.sources, data=arguments.data)
    from flows.cli.runner import reprocess  # here: as in `sito ingest`

    return reprocess(settings, source, scope)
