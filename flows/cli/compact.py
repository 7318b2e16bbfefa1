"""`sito compact`: many small shards made into few, shown, and done where that is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.cli.options import add_command
from flows.cli.output import print_columns

if TYPE_CHECKING:
    import argparse

    from flows.cli.options import Commands

EXAMPLES = """\
  sito compact                        how many small shards there are, in all sources
  sito compact pravda --yes

A run leaves small files in raw/ and clean/; here those that follow each other are put together, up to 64 MiB of records
in a shard. Every version of every page stays, with its rows, as it is; only answers that nothing changed go, after
which others came. Nothing is cleaned or fetched. The old files go when the next run begins, an hour later at the
earliest, as somebody may be reading.

exit codes: 0 done; 1 done, but some small shards stay (they are listed); 2 wrong use, or a source was left out
"""
HEADINGS = ("source", "small shards", "become", "revisits that go")


def register(commands: Commands) -> None:
    """Add the command to the parser."""
    summary = "put many small shards together; without --yes, only say how many"
    parser = add_command(commands, "compact", summary, EXAMPLES)
    parser.set_defaults(run=run)
    parser.add_argument("names", nargs="*", metavar="SOURCE", help="names in the sources file (default: all)")
    parser.add_argument("--yes", action="store_true", help="do it")


def run(arguments: argparse.Namespace) -> int:
    """Print what is, or would be, put together, by source; 1 if a small shard has to stay as it is."""
    from flows.cli.rewriting import show_or_do
    from flows.pipeline.compact_source import compact_source, compactable

    data = arguments.data
    found, code = show_or_do(
        arguments, lambda name: compactable(data, name), lambda name, tell: compact_source(data, name, tell)
    )
    rows = [(name, f"{of.shards:,}", f"{len(of.groups):,}", f"{of.revisits:,}") for name, of in found if of.groups]
    if not rows:
        print("there are no small shards that could be put together")
        return code
    print_columns([HEADINGS, *rows])
    print("done" if arguments.yes else "nothing is done; --yes does it")
    return code
