"""`sito check`: whether all that is stored is whole, and what mends what is not."""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING

from flows.cli.options import add_command, count
from flows.common.errors import SitoError
from flows.common.escape import lines, one_line

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from flows.cli.options import Commands

EXAMPLES = """\
  sito check                     every source
  sito check pravda --jobs 4

Reads all of raw/ and clean/, and the state: shards and their gzip members, payloads by their digests, indexes,
revisits, the two tables of each shard against each other and against the shard, the state against raw/; and, unless
sources are named, clean/stories/ against the documents. Nothing is fetched and nothing is mended. docs/running.md has a
table of what may be damaged and what mends it.

exit codes: 0 all is whole; 1 something is damaged (it is listed); 2 something cannot be checked
"""

_MIB = 2**20


def register(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = add_command(
        commands, "check", "verify all that is stored, and say what is damaged and what mends it", EXAMPLES
    )
    parser.set_defaults(run=run)
    parser.add_argument("names", nargs="*", metavar="SOURCE", help="names in the sources file (default: all)")
    parser.add_argument("--jobs", type=count, metavar="N", help="processes (default: all processors)")


def run(arguments: argparse.Namespace) -> int:
    """Print what is damaged, and a line for each source; 1 if anything is, 2 if a source could not be checked."""
    from flows.cli.progress import progress
    from flows.cli.stored_sources import stored_sources
    from flows.config.settings import load_settings
    from flows.pipeline.check_source import check_source
    from flows.state.integrity import damage

    settings = load_settings(data=arguments.data)
    chosen = stored_sources(arguments.sources, arguments.data, arguments.names)
    jobs = arguments.jobs or settings.workers
    code = 0
    broken = damage(settings.state)
    if broken is not None:
        code = 1
        _print_damage("state", broken, "`sito state rebuild` moves it aside and reads raw/ again")
    for name, source in chosen:
        state = settings.state if broken is None and source is not None and source.is_of_web else None
        try:
            with progress(in_bytes=True) as tell:
                found = check_source(name, arguments.data, state, jobs, partial(tell, name))
        except SitoError as error:
            print(f"sito: {lines(str(error))}", file=sys.stderr)
            code = 2
            continue
        for each in found.damages:
            _print_damage(each.where, each.what, each.mends)
        size = f"{found.shards:,} shards, {found.bytes / _MIB:,.1f} MiB, {found.captures:,} captures"
        print(f"{name}: {size}: {f'{len(found.damages):,} damages' if found.damages else 'whole'}", flush=True)
        code = max(code, 1 if found.damages else 0)
    return code if arguments.names else max(code, _check_stories(arguments.data))


def _check_stories(data: Path) -> int:
    from flows.cli.progress import progress
    from flows.stories.stories_table import story_files
    from flows.stories.verify import verify_stories

    files = story_files(data)
    if not files:
        return 0
    try:
        with progress() as tell:
            found = [*verify_stories(data, partial(tell, "stories, shards"))]
    except (SitoError, OSError) as error:
        print(f"sito: {lines(str(error))}", file=sys.stderr)
        return 2
    for each in found:
        _print_damage(each.where, each.what, each.mends)
    print(f"stories: {len(files):,} files: {f'{len(found):,} damages' if found else 'whole'}", flush=True)
    return 1 if found else 0


def _print_damage(where: str, what: str, mends: str) -> None:
    print(f"{one_line(where, 500)}: {one_line(what, 500)}\n  {mends}", flush=True)
