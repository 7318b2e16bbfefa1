"""`sito rules`: what the rules that drop lines look for."""

from __future__ import annotations

import shutil
import sys
import textwrap
from typing import TYPE_CHECKING

from flows.cli.options import add_command
from flows.cli.output import print_columns
from flows.common.errors import SitoError
from flows.common.nearest import nearest

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from cleaners.rules.reference import RuleEntry
    from flows.cli.options import Commands

EXAMPLES = """\
  sito rules                       all rules, a row each
  sito rules --category byline
  sito rules uk.prompt.line        one rule: examples, phrases, where it is defined

Each dropped line in a document, in the ledger and in `sito clean --explain` names its rule.
"""
HEADINGS = ("rule", "category", "what it drops")
NEAREST = 5
"""How many rules are suggested for an unknown one."""
NARROWEST = 40
"""Columns for the sentence about a rule, however narrow the terminal is."""


def register(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = add_command(commands, "rules", "list the rules that drop lines, or explain one of them", EXAMPLES)
    parser.set_defaults(run=run)
    which = parser.add_mutually_exclusive_group()
    which.add_argument("id", nargs="?", metavar="ID", help="print all that is known of this rule")
    which.add_argument("--category", metavar="CATEGORY", help="only rules of this category, such as byline")


def run(arguments: argparse.Namespace) -> int:
    """Print a row for each rule, or all about one of them."""
    from cleaners import CATEGORIES
    from cleaners.rules.reference import rules

    if arguments.id is not None:
        print(_find(arguments.id).to_text())
        return 0
    if arguments.category not in (None, *CATEGORIES):
        raise SitoError(f"there is no category '{arguments.category}'; the categories are {', '.join(CATEGORIES)}")
    found = [rule for rule in rules() if arguments.category in (None, rule.category)]
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    print_columns(_table(found, width))
    return 0


def _find(wanted: str) -> RuleEntry:
    from cleaners.rules.reference import find_rule, rules

    try:
        return find_rule(wanted)
    except KeyError:
        near = nearest(wanted, (rule.id for rule in rules()), NEAREST)
        hint = f"did you mean {', '.join(near)}? " if near else ""
        raise SitoError(f"there is no rule '{wanted}'; {hint}`sito rules` lists all") from None


def _table(found: Sequence[RuleEntry], width: int | None) -> list[tuple[str, str, str]]:
    """A row for each rule; for a terminal of some width the sentences are wrapped, into further rows."""
    rows = [HEADINGS]
    ids, categories = (
        max(len(cell) for cell in column)
        for column in zip(HEADINGS[:2], *((rule.id, rule.category) for rule in found), strict=True)
    )
    room = None if width is None else max(width - ids - categories - 4, NARROWEST)
    for rule in found:
        first, *others = textwrap.wrap(rule.summary, room) if room else [rule.summary]
        rows += [(rule.id, rule.category, first), *(("", "", other) for other in others)]
    return rows
