"""docs/schema.md, made of the schemas themselves: `python -m flows.tables.schema_page > docs/schema.md`."""

from __future__ import annotations

import sys

import pyarrow as pa

from flows.tables.rows import DOCUMENTS, LEDGER

HEAD = """\
# The tables in clean/

<!-- Made by `python -m flows.tables.schema_page > docs/schema.md`; change flows/tables/rows.py instead. -->

Every shard `raw/<source>/<shard>.warc.gz` has two Parquet files, compressed with zstd:
`clean/documents/source=<source>/<shard>.parquet` and `clean/ledger/source=<source>/<shard>.parquet`. Both are derived
from the shard and replaced as a whole; the same shard, source and cleaners, and the same pages of earlier days, give
the same bytes.

Offsets count characters (Unicode code points) from 0, `end` not included. Languages are ISO 639-1 codes, `und` where
text has no language. `shard` and `offset` together tell captures apart: a page that changed has a row for each capture.
"""

ABOUT = {
    "documents": "One row for every new payload that the shard holds, whatever became of it.",
    "ledger": "Every line of every page that could be read, once, in the order of the pages and of their lines. The "
    "characters of `text` outside `cuts` are those of `kept`. A failed page has no lines.",
}


def schema_page() -> str:
    """The page as Markdown."""
    return "\n".join([HEAD, *(_table(name, schema) for name, schema in (("documents", DOCUMENTS), ("ledger", LEDGER)))])


def _table(name: str, schema: pa.Schema) -> str:
    rows = [
        f"| `{field.name}` | {_kind(field.type)}{' or null' if field.nullable else ''} "
        f"| {field.metadata[b'description'].decode()} |"
        for field in schema
    ]
    return "\n".join([f"## {name}", "", ABOUT[name], "", "| column | type | what |", "| --- | --- | --- |", *rows, ""])


def _kind(kind: pa.DataType) -> str:
    if pa.types.is_dictionary(kind):
        return _kind(kind.value_type)
    if pa.types.is_list(kind):
        return f"list of {_kind(kind.value_type)}"
    if pa.types.is_struct(kind):
        return "(" + ", ".join(f"{field.name}: {_kind(field.type)}" for field in kind) + ")"
    if pa.types.is_timestamp(kind):
        return f"timestamp, {kind.tz}"
    return str(kind)


if __name__ == "__main__":
    sys.stdout.write(schema_page())
