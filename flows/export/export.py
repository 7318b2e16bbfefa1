"""An export from the question to the files: choose, write, count, describe."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.common.errors import SitoError
from flows.export.card import write_card
from flows.export.columns import chosen_columns
from flows.export.facts import Facts, dropped_by_category
from flows.export.forms import CARD, open_writers, refuse_existing_output
from flows.export.places import new_file, refuse_existing
from flows.export.records import Records
from flows.export.selection import select

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from flows.export.question import Export
    from flows.export.selection import Selection

    Tell = Callable[[str, int, int], None]
    """Hears what is done, how much of it, and of how much."""

__all__ = ["export"]


def export(data: Path, wanted: Export, tell: Tell = lambda what, done, of: None) -> tuple[Selection, Facts]:
    """Write an export; gives what was chosen and what is in it. Nothing is left behind where it fails.

    Raises SitoError for what the user can mend: nothing fits, the output exists, tables are missing or damaged.
    """
    columns = chosen_columns(wanted.columns)
    refuse_existing_output(wanted.form, wanted.output, wanted.split.names, force=wanted.force)
    if wanted.card:
        refuse_existing(wanted.card, force=wanted.force)
    selection = select(data, wanted.question, lambda done, of: tell("choosing, shards", done, of))
    if not selection.taken:
        reasons = ", ".join(f"{count:,} {reason}" for reason, count in selection.left_out.most_common())
        raise SitoError(f"no document fits ({selection.seen:,} looked at: {reasons or 'none'}); nothing is written")
    facts = Facts()
    records = Records(wanted.question, selection, wanted.mask, facts.masked)
    with open_writers(wanted.form, wanted.output, columns, wanted.split.names) as (writers, folder):
        for record in records:
            part = wanted.split.part_of(record)
            writers[part].write(record)
            facts.add(record, part)
            tell("writing, documents", facts.documents, selection.taken)
        facts.characters = records.characters
        if folder is not None or wanted.card:
            facts.dropped = dropped_by_category(selection, lambda done, of: tell("counting what was dropped", done, of))
        if folder is not None:
            write_card(folder / CARD, wanted, selection, facts)
        if wanted.card:
            with new_file(wanted.card) as path:
                write_card(path, wanted, selection, facts)
    return selection, facts
