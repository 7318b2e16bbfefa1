"""The digests of a shard's two files, beside the ledger: checksums of Parquet do not cover all of a file.

Written after both are in place, with their commit marker: sums of another marker are those of earlier files, left by a
kill, and say nothing. Tables of earlier releases have none.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from flows.common.file_digest import file_digest
from flows.store.present import present

if TYPE_CHECKING:
    from pathlib import Path


def write_sums(documents: Path, ledger: Path, marker: str) -> None:
    """Write the digests of two files that are in place. Raises OSError."""
    path = sums_path(ledger)
    part = path.with_name(f"{path.name}.part")
    part.write_text(json.dumps({"marker": marker, **_digests(documents, ledger)}) + "\n", "utf-8")
    part.replace(path)


def sums_fit(documents: Path, ledger: Path, marker: str) -> bool | None:
    """Whether the files are those that were written, by every byte; None: not known. Some 330 MB a second.

    Raises OSError where they cannot be read.
    """
    try:
        stored = json.loads(present(sums_path(ledger)).read_text("utf-8"))
        if stored.pop("marker") != marker:
            return None
    except (OSError, ValueError, LookupError, AttributeError, TypeError):
        return None
    return bool(stored == _digests(documents, ledger))


def sums_path(ledger: Path) -> Path:
    """Where the digests of the files of this ledger are."""
    return ledger.with_name(f".{ledger.name}.sums")


def _digests(documents: Path, ledger: Path) -> dict[str, str]:
    return {"documents": file_digest(present(documents)), "ledger": file_digest(present(ledger))}
