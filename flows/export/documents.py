"""The rows of the documents tables, read in one order and in constant memory, and what is derived from a row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from cleaners.read.letters import count_letters
from flows.common.errors import SitoError
from flows.store.present import present
from flows.tables.earlier_rows import as_today
from flows.tables.schema import DOCUMENTS
from flows.tables.shard_tables import ShardTables

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from flows.tables.rows import DocumentRow

__all__ = ["read_rows", "shard_tables", "source_names", "text_in", "words"]

_FOREIGN = 0.1
"""A paragraph is whole in its language up to this share of letters in others: names and titles within a sentence."""


def source_names(data: Path, wanted: Sequence[str] = ()) -> list[str]:
    """The sources with tables, in order: those wanted, else all. Raises SitoError for one that has none."""
    known = sorted(p.name.removeprefix("source=") for p in (data / "clean" / "documents").glob("source=*"))
    for name in wanted:
        if name not in known:
            said = f"of the source '{name}' nothing is cleaned; there are {', '.join(known) or 'none yet'}"
            raise SitoError(f"{said} (in {data / 'clean' / 'documents'})")
    if not known:
        raise SitoError(f"{data / 'clean' / 'documents'} holds no documents; `sito ingest SOURCE` makes some")
    return sorted(set(wanted)) or known


def shard_tables(data: Path, source: str) -> list[ShardTables]:
    """The pairs of tables of a source, in order. Raises SitoError where one is not whole."""
    found = [ShardTables.of(data, source, shard) for shard in ShardTables.shards(data, source)]
    for tables in found:
        if tables.marker() is None:
            again = f"`sito reprocess {source}` makes both anew"
            raise SitoError(f"{tables.documents} is damaged, or does not match its ledger; {again}")
    return found


def read_rows(tables: ShardTables, columns: Sequence[str]) -> Iterator[list[DocumentRow]]:
    """The rows of the documents table, a row group at a time, with these columns.

    A column that an earlier release did not have is null. Raises SitoError where the file cannot be read.
    """
    try:
        with pq.ParquetFile(present(tables.documents), page_checksum_verification=True) as file:
            stored = [name for name in columns if name in file.schema_arrow.names]
            missing: dict[str, Any] = {
                name: [] if pa.types.is_list(DOCUMENTS.field(name).type) else None
                for name in columns
                if name not in stored
            }
            for group in range(file.num_row_groups):
                rows = file.read_row_group(group, columns=stored).to_pylist()
                yield [missing | row | as_today(row) for row in rows]
    except (OSError, ValueError, pa.ArrowException) as error:
        raise SitoError(f"{tables.documents} cannot be read ({error}); `sito check` says what mends it") from error


def words(text: str) -> int:
    """Words between white space, as in all reports."""
    return len(text.split())


def text_in(language: str, row: DocumentRow) -> str:
    """The whole paragraphs in a language, a line each: never a sentence with a hole where another language was."""
    text: str = row["text"]
    own = [p for p in row["paragraphs"] if p["language"] == language and _is_whole(language, p, text)]
    return "\n".join(text[p["start"] : p["end"]] for p in own)


def _is_whole(language: str, paragraph: Mapping[str, Any], text: str) -> bool:
    own = foreign = 0
    for part in paragraph["fragments"]:
        letters = count_letters(text[part["start"] : part["end"]])
        if part["language"] == language:
            own += letters
        elif part["language"] != "und":
            foreign += letters
    return foreign <= _FOREIGN * (own + foreign)
