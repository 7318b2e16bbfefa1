"""`sito corrections`: what was said of sources, listed and checked."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from flows.cli.options import add_command, count
from flows.common.escape import lines, one_line

if TYPE_CHECKING:
    import argparse

    from flows.cli.options import Commands
    from flows.config.kinds import Source

EXAMPLES = """\
  sito corrections list
  sito corrections check town
  sito corrections remove town source.drop.123456

`sito correct` adds one; they are in corrections/SOURCE.toml beside the sources file, to be edited by hand.
"""
REMOVE_EXAMPLES = """\
  sito corrections remove town source.drop.123456
  sito correct town drop --prefix "Наш Вісник" --page URL --note "slogan" --instead-of source.drop.123456

It says what would change on the last pages, then asks; --yes asks nothing. Comments in the entry, and directly
above it, go with it; all else in the file stays as it is.
"""
CHECK_EXAMPLES = """\
  sito corrections check
  sito corrections check town

Each is tried on the last 100 pages of its source and on the page that it came from. What is found:
  unmatched          it means nothing there (any more): a template or a wording has changed
  needless           it keeps lines at which no rule strikes (any more)
  contradicts        another says the opposite of the same lines
  unknown            it names a rule that there is not
  for every source   other sources say the same, or keep such lines: a candidate for cleaners/vocabulary

exit codes: 0 nothing is wrong; 1 something is to be looked at; 2 something cannot be checked
"""


def register(commands: Commands) -> None:
    """Add the command, with its actions, to the parser."""
    summary = "list what was said of sources, or check whether it still means anything"
    parser = add_command(commands, "corrections", summary, EXAMPLES)
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    shown = add_command(actions, "list", "every correction with its name in the ledger", EXAMPLES)
    shown.set_defaults(run=run_list)
    checked = add_command(
        actions, "check", "say which mean nothing, contradict, or would be right everywhere", CHECK_EXAMPLES
    )
    checked.set_defaults(run=run_check)
    gone = add_command(actions, "remove", "take one back, and say what that changes", REMOVE_EXAMPLES)
    gone.set_defaults(run=run_remove)
    gone.add_argument("source", metavar="SOURCE", help="a name in the sources file")
    gone.add_argument("name", metavar="NAME", help="of the correction, as the list and the ledger name it")
    gone.add_argument("--pages", type=count, default=50, metavar="N", help="tried on the last N pages (default: 50)")
    gone.add_argument("--yes", action="store_true", help="remove it without asking")
    for action in (shown, checked):
        action.add_argument("names", nargs="*", metavar="SOURCE", help="names in the sources file (default: all)")


def run_list(arguments: argparse.Namespace) -> int:
    """Print a line for each correction."""
    from flows.cli.output import print_columns
    from flows.config.corrections import corrections_path, load_entries

    rows = [
        (
            name,
            entry.correction.name,
            str(entry.date),
            f"{entry.by} {one_line(entry.value, 60)}",
            one_line(entry.note, 60),
        )
        for name in _chosen(arguments, _known(arguments))
        for entry in load_entries(corrections_path(arguments.sources, name))
    ]
    if rows:
        print_columns(rows)
    return 0


def run_check(arguments: argparse.Namespace) -> int:
    """Print what is found; 1 if anything but a candidate is."""
    from flows.corrections.check import check_corrections

    known = _known(arguments)
    code = 0
    for name in _chosen(arguments, known):
        found = check_corrections(known, arguments.sources, arguments.data, name)
        for each in found:
            print(f"{name}: {each.kind}: {each.name}: {one_line(each.said, 500)}", flush=True)
            code = max(code, int(each.kind != "for every source"))
    return code


def run_remove(arguments: argparse.Namespace) -> int:
    """Print the correction and what its end would change, and take it out if the person says so."""
    from flows.cli.correct import agreed
    from flows.config.corrections import corrections_path, load_entries
    from flows.config.sources import find_source
    from flows.corrections.in_place import find_entry
    from flows.corrections.preview import preview
    from flows.corrections.write import as_toml, remove_entry
    from flows.report.terminal import print_changes

    source = find_source(_known(arguments), arguments.source)
    path = corrections_path(arguments.sources, source.name)
    entry = find_entry(path, load_entries(path), arguments.name)
    tried = preview(
        *(arguments.sources, arguments.data, source.name, None),
        instead=arguments.name,
        language=source.language,
        last=arguments.pages,
    )
    print(lines(as_toml(entry)))
    print_changes(tried.changes)
    if tried.unread:
        print(f"sito: pages that could not be read again: {tried.unread}", file=sys.stderr)
    if not arguments.yes and not agreed(f"take it out of {one_line(str(path), 300)}?"):
        print("sito: nothing is removed; --yes removes it without asking", file=sys.stderr)
        return 0
    remove_entry(path, arguments.name)
    print(f"removed from {path}; `sito reprocess {source.name}` applies it to what is kept")
    return 0


def _known(arguments: argparse.Namespace) -> dict[str, Source]:
    from flows.config.sources import load_sources

    return load_sources(arguments.sources)


def _chosen(arguments: argparse.Namespace, known: dict[str, Source]) -> list[str]:
    from flows.config.sources import find_source

    return [find_source(known, name).name for name in arguments.names] or list(known)
