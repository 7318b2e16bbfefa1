"""`sito state`: what is remembered of pages and hosts between runs, shown or rebuilt from raw/."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.cli.options import add_command

if TYPE_CHECKING:
    import argparse

    from flows.cli.options import Commands

EXAMPLES = """\
  sito state show
  sito state show pravda
  sito state rebuild pravda
  SITO_STATE=postgresql://sito@db.example/sito sito state show
"""
DESCRIPTION = """

For each page sito remembers when it was requested, what the answer was, and when it is due again; for each feed and
host, how to request politely. This is kept in SITO_STATE, a database: by default the file state.sqlite in the data
folder. The pages themselves are in raw/ and stay there."""

SHOW_EXAMPLES = """\
  sito state show
  sito state show pravda texty
"""
REBUILD_EXAMPLES = """\
  sito state rebuild             after state.sqlite was lost or damaged (a damaged one is moved aside)
  sito state rebuild pravda      after shards were put back into raw/pravda

What raw/ does not tell is lost: failures, and pages that were discovered but never captured. The next run finds and
requests them again. No run of the source may be active.
"""


def register(commands: Commands) -> None:
    """Add the command, with its actions, to the parser."""
    summary = "show what is remembered of pages and hosts between runs, or rebuild it from raw/"
    parser = add_command(commands, "state", summary, EXAMPLES)
    parser.description = f"{parser.description}{DESCRIPTION}"
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    summary = "pages by outcome, how many are due, the first and last capture, paused hosts"
    show = add_command(actions, "show", summary, SHOW_EXAMPLES)
    show.set_defaults(run=run_show)
    summary = "forget the pages of the sources and read raw/ again; nothing is fetched, nothing in raw/ changes"
    rebuild = add_command(actions, "rebuild", summary, REBUILD_EXAMPLES)
    rebuild.set_defaults(run=run_rebuild)
    for action in (show, rebuild):
        action.add_argument("names", nargs="*", metavar="SOURCE", help="names in the sources file (default: all)")


def run_show(arguments: argparse.Namespace) -> int:
    """Print what is known of the sources."""
    from flows.cli.state_actions import show

    return show(arguments.sources, arguments.data, arguments.names)


def run_rebuild(arguments: argparse.Namespace) -> int:
    """Rebuild what is known of the sources."""
    from flows.cli.state_actions import rebuild

    return rebuild(arguments.sources, arguments.data, arguments.names)
