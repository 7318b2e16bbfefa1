"""`sito fetch`: one page requested as a run would, to look at it or to find out why it does not arrive."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.cli.options import add_command

if TYPE_CHECKING:
    import argparse

    from flows.cli.options import Commands

EXAMPLES = """\
  sito fetch https://news.example/1 > page.html
  sito fetch https://news.example/1 --explain    robots.txt, state, what is kept, the answer
  sito fetch https://news.example/1 --explain --source pravda
"""


def register(commands: Commands) -> None:
    """Add the command to the parser."""
    summary = "request one page as a run would, and print it without keeping it"
    parser = add_command(commands, "fetch", summary, EXAMPLES)
    parser.set_defaults(run=run)
    parser.add_argument("url", metavar="URL", help="the address of the page")
    parser.add_argument("--explain", action="store_true", help="print all that is known of the page, and the answer")
    parser.add_argument(
        "--source", metavar="SOURCE", help="whose limits apply (default: the source that knows the address)"
    )


def run(arguments: argparse.Namespace) -> int:
    """Print the page, or with `--explain` all that is known of it; 1 if there is no page."""
    from flows.cli.fetch_page import fetch_page

    return fetch_page(
        arguments.sources, arguments.data, arguments.url, name=arguments.source, explain=arguments.explain
    )
