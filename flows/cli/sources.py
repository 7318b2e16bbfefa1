"""`sito sources`: what is configured, and what is kept of it."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from flows.cli.options import add_command
from flows.cli.output import print_columns

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from flows.cli.options import Commands
    from flows.config.kinds import Source

EXAMPLES = """\
  sito sources
  sito sources --sources other.toml
"""
HEADINGS = ("source", "kind", "schedule", "last run", "pages held", "from")


def register(commands: Commands) -> None:
    """Add the command to the parser."""
    summary = "list the sources: kind, schedule, last run, pages held"
    add_command(commands, "sources", summary, EXAMPLES).set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print a row for each source: name, kind, schedule, end of the last run, pages held, location."""
    from flows.config.sources import load_sources

    print_columns([HEADINGS, *(_row(source, arguments.data) for source in load_sources(arguments.sources).values())])
    return 0


def _row(source: Source, data: Path) -> tuple[str, ...]:
    from flows.archive.source_archive import Archive
    from flows.report.run_record import load_runs

    archive = Archive(data, source.name)
    with closing(archive.manifest):
        pages = len(archive.captured())
    runs = load_runs(data, source.name, last=1)
    schedule = f"{source.schedule.cron} {source.schedule.timezone}" if source.schedule else "by hand"
    return (
        source.name,
        source.kind,
        schedule,
        f"{runs[-1].finished:%Y-%m-%d %H:%M} UTC" if runs else "never",
        str(pages),
        source.location,
    )
