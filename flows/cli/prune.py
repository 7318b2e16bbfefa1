"""`sito prune`: what nobody needs any more, shown, and removed where that is asked for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from flows.cli.options import add_command, age
from flows.cli.output import print_columns

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from flows.cli.options import Commands

EXAMPLES = """\
  sito prune                          what was superseded over a year ago, in all sources
  sito prune pravda --older-than 90d
  sito prune pravda --older-than 90d --yes

Superseded are versions of a page after which a later one came, and answers that only said once more that a page is as
it was; the days count from what came after them. Their records leave raw/, and their rows leave clean/. Of each page
its last version stays, the last one with text, and what the last answer confirms, whatever their age; so do the last 50
records of runs of each source. Nothing is fetched again because of it. The space is free when the next run begins, an
hour later at the earliest, as somebody may be reading. What Prefect keeps of runs it removes itself (docs/running.md).

exit codes: 0 done; 1 done, but some of it stays (it is listed); 2 wrong use, or a source could not be pruned
"""
HEADINGS = ("source", "what", "records", "KiB")


def register(commands: Commands) -> None:
    """Add the command to the parser."""
    summary = "remove superseded versions of pages, old records of runs and backups; without --yes, only show them"
    parser = add_command(commands, "prune", summary, EXAMPLES)
    parser.set_defaults(run=run)
    parser.add_argument("names", nargs="*", metavar="SOURCE", help="names in the sources file (default: all)")
    parser.add_argument(
        "--older-than",
        type=age,
        default=timedelta(days=365),
        metavar="DAYS",
        help="what was superseded, or left behind, longer ago: such as 90d (default: 365d)",
    )
    parser.add_argument("--yes", action="store_true", help="remove them; nothing brings them back but a backup")


def run(arguments: argparse.Namespace) -> int:
    """Print what goes, or would go, by source and kind; 1 if some of it has to stay."""
    from flows.cli.rewriting import show_or_do
    from flows.pipeline.prune_source import prunable, prune_source

    data, before = arguments.data, datetime.now(UTC) - arguments.older_than
    found, code = show_or_do(
        arguments,
        lambda name: prunable(data, name, before),
        lambda name, tell: prune_source(data, name, before, tell),
    )
    rows: list[tuple[str, ...]] = [
        (name, kind, f"{count:,}", _kib(of.bytes[kind])) for name, of in found for kind, count in of.records.items()
    ]
    if not arguments.names:
        rows += _states(data, before, remove=arguments.yes)
    if not rows:
        print(f"nothing was superseded before {before:%Y-%m-%d}")
        return code
    print_columns([HEADINGS, *rows])
    print("removed" if arguments.yes else "nothing is removed; --yes removes it")
    return code


def _states(data: Path, before: datetime, *, remove: bool) -> list[tuple[str, ...]]:
    """The damaged states that were set aside, which belong to no source."""
    from flows.config.settings import load_settings
    from flows.state.integrity import set_aside_before

    found = set_aside_before(load_settings(data=data).state, before)
    size = sum(path.stat().st_size for path in found)
    if remove:
        for path in found:
            path.unlink(missing_ok=True)
    return [("", "damaged states set aside", f"{len(found):,}", _kib(size))] if found else []


def _kib(size: int) -> str:
    return f"{size / 1024:,.1f}"
