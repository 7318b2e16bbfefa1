"""Everything about a shard's two tables that can be verified: that they are whole, agree, and are of their shard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.common.damage import Damage
from flows.tables.rows import kept_text
from flows.tables.shard_tables import DamagedTables, ShardTables

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from flows.tables.rows import DocumentRow, LedgerRow

AGAIN = "`sito reprocess {source}` makes both tables anew from raw/"


def verify_tables(tables: ShardTables, source: str, captures: Mapping[int, str] | None) -> Iterator[Damage]:
    """The damages of two tables.

    `captures` are the pages that the shard holds: offset and digest of the payload of each; None: the shard is not
    there, or is damaged itself, and cannot be compared.
    """
    again = AGAIN.format(source=source)
    if tables.versions() is None:
        if captures or tables.documents.exists() or tables.ledger.exists():
            ingest = f"the next `sito ingest {source}` makes both tables anew from raw/"
            yield Damage(str(tables.documents), "is missing, or does not match its ledger", ingest)
        return
    if not tables.readable():
        yield Damage(str(tables.documents), "it or its ledger was changed since it was written", again)
        return
    rows: dict[int, str] = {}
    try:
        for row, lines in tables.pages():
            rows[row["offset"]] = row["digest"]
            if what := _disagreement(row, lines):
                yield Damage(str(tables.documents), f"the page at offset {row['offset']} {what}", again)
                return
    except DamagedTables as error:
        yield Damage(str(tables.documents), f"it, or its ledger, cannot be read ({error.reason})", again)
        return
    if captures is not None and rows != captures:
        missing, strange = len(captures.keys() - rows.keys()), len(rows.keys() - captures.keys())
        other = len(captures) - missing - sum(rows.get(offset) == digest for offset, digest in captures.items())
        what = f"{missing:,} pages of the shard are missing, {strange:,} are not of it, {other:,} have another payload"
        yield Damage(str(tables.documents), what, again)


def _disagreement(row: DocumentRow, lines: list[LedgerRow]) -> str | None:
    """How a page's row and its lines contradict each other."""
    if row["status"] == "failed":
        return None  # its lines may be those of an earlier time
    if [line["place"] for line in lines] != list(range(len(lines))):
        return "lacks some of its lines in the ledger"
    if "\n".join(filter(None, map(kept_text, lines))) != row["text"]:
        return "has another text than its lines in the ledger"
    return None
