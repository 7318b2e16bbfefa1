"""`sito look`: sources, pages, rules and runs in a browser."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from flows.cli.options import add_command
from flows.common.look_port import LOOK_PORT

if TYPE_CHECKING:
    from flows.cli.options import Commands

EXAMPLES = """\
  sito look
  sito look --port 0          at any free port
  sito look --edit            a click on a line says what is right, shows what that changes, and keeps it

It listens on this machine alone. The link that it prints opens it for this browser; whoever has the link can read, and
with --edit also write corrections/SOURCE.toml and gold/ beside the sources file. Without --edit it changes nothing.
"""


def register(commands: Commands) -> None:
    """Add the command to the parser."""
    summary = "look at sources over time, pages and their lines, rules and runs in a browser"
    parser = add_command(commands, "look", summary, EXAMPLES)
    parser.set_defaults(run=run)
    parser.add_argument(
        "--port", type=_port, default=LOOK_PORT, metavar="N", help=f"where to listen (default: {LOOK_PORT})"
    )
    parser.add_argument("--edit", action="store_true", help="take corrections and gold, and keep them")


def _port(text: str) -> int:
    number = int(text) if text.isascii() and text.isdigit() else -1
    if not 0 <= number <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port from 0 to 65535")
    return number


def run(arguments: argparse.Namespace) -> int:
    """Serve the pages until Ctrl-C."""
    from flows.look.server import look

    look(arguments.data, arguments.port, arguments.sources if arguments.edit else None)
    return 0
