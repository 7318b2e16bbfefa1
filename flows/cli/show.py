"""`sito show`: a kept page, its lines and why each was kept, struck or left out."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from flows.cli.options import add_command
from flows.common.errors import SitoError

if TYPE_CHECKING:
    import argparse

    from flows.cli.options import Commands

EXAMPLES = """\
  sito show demo file:///kobzar.html | less -R
  sito show pravda https://news.example/1 --version 1     its first capture
  sito show pravda https://news.example/1 --capture > page.html
  sito show pravda https://news.example/1 --record | less     what the server said: its headers and the page
  sito show pravda https://news.example/1 --html view.html    lines and capture beside each other, to send on
"""


def register(commands: Commands) -> None:
    """Add the command to the parser."""
    summary = "show a kept page: its lines, each kept, struck or left out and why, and where its metadata stands"
    parser = add_command(commands, "show", summary, EXAMPLES)
    parser.set_defaults(run=run)
    parser.add_argument("source", metavar="SOURCE", help="a source that was ingested")
    parser.add_argument("url", metavar="URL", help="the address of the page, or the last part of it")
    parser.add_argument(
        "--version",
        type=int,
        default=0,
        metavar="N",
        help="the capture of this number, from 1 (default: the last that came)",
    )
    form = parser.add_mutually_exclusive_group()
    form.add_argument(
        "--html", type=Path, metavar="FILE", help="write the view as one HTML file, which fetches nothing"
    )
    form.add_argument("--record", action="store_true", help="print the record: headers of archive and server, the page")
    form.add_argument("--capture", action="store_true", help="print the page itself as it was captured, unpacked")


def run(arguments: argparse.Namespace) -> int:
    """Print the view of the page."""
    from cleaners.explain import explain
    from flows.look.page_view import current, find_page, read_capture, view_page

    versions = find_page(arguments.data, arguments.source, arguments.url)
    if not 0 <= arguments.version <= len(versions):
        raise SitoError(f"the page has {len(versions)} versions; there is no version {arguments.version}")
    number = arguments.version - 1 if arguments.version else current(arguments.data, versions)
    if arguments.capture or arguments.record:
        version = versions[number]
        stored, damage = read_capture(arguments.data, version)
        if stored is None or (damage and arguments.capture):
            raise SitoError(f"the capture is not available: {damage}")
        if arguments.record:
            from flows.look.record_view import record_text, record_view

            sys.stdout.write(record_text(record_view(arguments.data, version, stored)))
        else:
            sys.stdout.buffer.write(stored.body)
        return 0
    view = view_page(arguments.data, versions, number)
    if arguments.html is not None:
        from flows.look.page_html import page_file

        language = os.environ.get("LC_ALL") or os.environ.get("LANG") or ""
        try:
            arguments.html.write_text(page_file(arguments.data, view, language), "utf-8")
        except OSError as error:
            raise SitoError(f"{arguments.html}: cannot be written ({error.strerror})") from error
        return 0
    color = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    sys.stdout.write(explain(view.document, color=color, facts=view.facts()))
    return 0
