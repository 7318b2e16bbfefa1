"""The form of the rows of tables: what else than the cleaners decides how a page is written into them.

Rows of one form by the same cleaners are the same rows, so that a page whose verdicts stay need not be written anew.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from cleaners.source_code import code_facts

if TYPE_CHECKING:
    from cleaners.training_text import Quotations

__all__ = ["form"]

_CODE = (
    *("pipeline/page_cleaner.py", "tables/rows.py", "tables/row_sizes.py", "tables/schema.py"),
    *("tables/shard_tables.py", "tables/tables_writer.py", "tables/days.py"),
)
"""Files of code below flows/ that make the rows."""


@cache
def form(quotations: Quotations) -> str:
    """A digest of what makes the rows, and of the source's setting."""
    digest = hashlib.sha256(f"{quotations} {pa.__version__}\n".encode())
    for name in _CODE:
        digest.update(code_facts(Path(__file__).parents[1].joinpath(name).read_bytes()).code)
    return digest.hexdigest()[:16]
