"""The second half of a replay: the pages that are judged again in their places, and the rows of all others copied."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from flows.common.page_types import Outcome
from flows.pipeline.form import form
from flows.pipeline.page_cleaner import write_page
from flows.pipeline.shard_result import ShardResult
from flows.tables.days import Days
from flows.tables.page_batches import page_batches
from flows.tables.shard_tables import COMMIT_MARKER, DAYS
from flows.tables.tables_writer import TablesWriter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pyarrow.parquet as pq

    from flows.pipeline.page_cleaner import PageCleaner
    from flows.pipeline.shard_result import CleanedPage
    from flows.tables.rows import DocumentRow, LedgerRow
    from flows.tables.shard_tables import ShardTables
    from flows.tables.tables_writer import SizedRows

__all__ = ["Copied", "copy_pages"]


@dataclass(frozen=True, slots=True)
class Copied:
    """What a replay does with the pages of a shard, by their offsets: those in none of these sets stay as they are.

    `anew` are judged again, `kept` are copied with the version of the cleaners and the memory that their rows then
    name, `failed` could not be read, now as before. `rows` are all documents rows with some of their columns,
    `in_ledger` the pages that have ledger rows.
    """

    rows: list[DocumentRow]
    in_ledger: set[int]
    anew: set[int]
    kept: dict[int, tuple[str, str | None]]
    failed: set[int]


def copy_pages(
    tables: ShardTables, plan: Copied, cleaner: PageCleaner, done: Callable[[CleanedPage], None]
) -> ShardResult:
    """Write the tables as planned, where they change at all; `done` is told of each page that was judged again."""
    job = cleaner.job
    with tables.reading() as (documents, ledger):
        words, cut = _words(documents), _cut_lines(ledger)
        result = ShardResult(job.shard.name)
        if not plan.anew:
            if job.write and any(plan.kept.get(row["offset"]) not in (None, _named(row)) for row in plan.rows):
                _write_documents(tables, documents, ledger, plan, form(job.quotations))
            for row in plan.rows:
                _add_kept(result, row, plan, words, cut)
            return replace(result, tally=result.tally.trimmed())
        rows = {row["offset"]: row for row in plan.rows}
        days = _days(documents)
        named: dict[int, str | None] = {}
        with TablesWriter(tables, form(job.quotations)) if job.write else nullcontext() as writer:
            for offset, own, lines in _pages(documents, ledger, plan):
                if offset not in plan.anew:
                    named[offset] = _memory(rows[offset], plan)
                    if writer is not None:
                        writer.copy(own, lines)
                    _add_kept(result, rows[offset], plan, words, cut)
                    continue
                before = own[0].to_pylist()[0], lines[0].to_pylist()
                page = cleaner.again(before, before)
                written = page if writer is None else write_page(writer, page)
                done(written)
                result.add(written)
                named[offset] = written.after[0]["memory"] if written.after else None
                if before[1] and written.after and not written.after[1]:
                    days.remove(*before)
                    plan.in_ledger.discard(offset)
            if writer is not None:
                at = ((row["fetched_at"], named[row["offset"]]) for row in plan.rows if row["offset"] in plan.in_ledger)
                writer.set_days(days.with_memories(at))
    return replace(result, tally=result.tally.trimmed())


def _named(row: DocumentRow) -> tuple[str, str | None]:
    return row["cleaners"], row["memory"]


def _memory(row: DocumentRow, plan: Copied) -> str | None:
    return plan.kept.get(row["offset"], _named(row))[1]


def _days(documents: pq.ParquetFile) -> Days:
    return Days.from_json(documents.metadata.metadata[DAYS].decode())


def _add_kept(
    result: ShardResult, row: DocumentRow, plan: Copied, words: dict[int, int], cut: dict[int, list[LedgerRow]]
) -> None:
    """Record a page whose rows stay: the same as if it had been judged again and had come out the same."""
    offset = row["offset"]
    lines = cut.get(offset, [])
    result.tally.add(row, lines)
    if offset in plan.failed:
        outcome = Outcome(row["url"], "failed", row["reason"], row["shard"])
    elif offset in plan.kept:
        dropped = sum(len(line["text"][c["start"] : c["end"]].split()) for line in lines for c in line["cuts"])
        outcome = Outcome(
            row["url"],
            "unchanged",
            row["reason"] or "",
            row["shard"],
            words_kept=words[offset],
            words_dropped=dropped,
            flags=tuple(row["flags"]),
        )
    else:
        return
    result.changes.pages += 1
    result.outcomes.append(outcome)


def _words(documents: pq.ParquetFile) -> dict[int, int]:
    """How many words of each page are kept."""
    found: dict[int, int] = {}
    for group in range(documents.num_row_groups):
        rows = documents.read_row_group(group, columns=["offset", "text"])
        texts = zip(rows["offset"].to_pylist(), rows["text"].to_pylist(), strict=True)
        found.update((offset, len(text.split())) for offset, text in texts)
    return found


def _cut_lines(ledger: pq.ParquetFile) -> dict[int, list[LedgerRow]]:
    """Of each page, the text and the cuts of the lines that have any."""
    found: dict[int, list[LedgerRow]] = {}
    for group in range(ledger.num_row_groups):
        rows = ledger.read_row_group(group, columns=["offset", "text", "cuts"])
        for row in rows.filter(pc.greater(pc.list_value_length(rows["cuts"]), 0)).to_pylist():
            found.setdefault(row["offset"], []).append(row)
    return found


def _write_documents(
    tables: ShardTables, documents: pq.ParquetFile, ledger: pq.ParquetFile, plan: Copied, own_form: str
) -> None:
    """Write the documents beside the ledger that is in place."""
    seal = ledger.metadata.metadata[COMMIT_MARKER].decode()
    with TablesWriter(tables, own_form, seal) as writer:
        for _, own, _ in _pages(documents, None, plan):
            writer.copy(own, None)
        at = ((row["fetched_at"], _memory(row, plan)) for row in plan.rows if row["offset"] in plan.in_ledger)
        writer.set_days(_days(documents).with_memories(at))


def _pages(
    documents: pq.ParquetFile, ledger: pq.ParquetFile | None, plan: Copied
) -> Iterator[tuple[int, SizedRows, SizedRows]]:
    """Each page with its rows of both tables, those that are kept with what they name now."""

    def named(table: pa.Table) -> pa.Table:
        now = zip(*(table[name].to_pylist() for name in ("offset", "cleaners", "memory")), strict=True)
        names = [plan.kept.get(offset, (version, memory)) for offset, version, memory in now]
        for place, name in enumerate(("cleaners", "memory")):
            column = pa.array([each[place] for each in names], pa.string())
            table = table.set_column(table.schema.get_field_index(name), name, column)
        return table

    return page_batches(documents, ledger, named)
