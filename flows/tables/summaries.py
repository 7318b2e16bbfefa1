"""The summaries of all tables of a source: from its manifest where the files are as they were, else from the files."""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from flows.manifest.file_states import file_state
from flows.manifest.manifest import Manifest
from flows.tables.shard_tables import ShardSummary, ShardTables, table_states

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path
    from sqlite3 import Connection

__all__ = ["Summaries"]

States = tuple[str, str]
"""Of the documents and of the ledger."""


class _Row(NamedTuple):
    """A summary as the manifest keeps it."""

    shard: str
    documents: str
    ledger: str
    marker: str
    versions: str
    corrections: str
    days: str

    @classmethod
    def of(cls, shard: str, states: States, summary: ShardSummary) -> _Row:
        versions, corrections = _to_text(summary.versions), _to_text(summary.corrections)
        return cls(shard, *states, summary.marker, versions, corrections, summary.days_text)

    def summary(self) -> ShardSummary:
        return ShardSummary(self.marker, _from_text(self.versions), _from_text(self.corrections), self.days)


def _to_text(names: Iterable[str | None]) -> str:
    return json.dumps(sorted(names, key=lambda name: name or ""))


@lru_cache(maxsize=256)  # most shards say the same
def _from_text(text: str) -> frozenset[Any]:
    return frozenset(json.loads(text))


class Summaries:
    """The summaries of one source, by shard; what is read is kept in the manifest by `save`."""

    def __init__(self, data: Path, source: str, manifest: Manifest | None = None) -> None:
        self._data, self._source = data, source
        self._manifest = manifest or Manifest(data, source)
        self._new: set[str] = set()

    @cached_property
    def shards(self) -> list[str]:
        """Those that have documents, as they were found when this was first asked for anything."""
        return sorted(self._documents)

    @cached_property
    def _documents(self) -> dict[str, str]:
        """The states of the documents of all shards, as they were when last looked at."""
        return table_states(self._data, self._source, "documents")

    @cached_property
    def _listed(self) -> dict[str, States]:
        """The states of the tables of those shards that were not looked at since."""
        ledger = table_states(self._data, self._source, "ledger")
        return {shard: (state, ledger[shard]) for shard, state in self._documents.items() if shard in ledger}

    @cached_property
    def _known(self) -> dict[str, _Row]:
        """The summaries that the manifest has, and those that were read since."""
        return {row[0]: _Row(*row) for row in self._manifest.rows("SELECT * FROM tables")}

    @cached_property
    def _gone(self) -> set[str]:
        """Those of which the manifest still has a summary."""
        return self._known.keys() - self._documents.keys()

    def read(self, shard: str) -> ShardSummary | None:
        """The summary of a shard's tables as they are now; None where they are not whole."""
        states = self._listed.pop(shard, None) or self._look_again(shard)
        known = self._known.get(shard)
        if known is not None and (known.documents, known.ledger) == states:
            with suppress(ValueError, TypeError):
                return known.summary()
        summary = ShardTables.of(self._data, self._source, shard).summarize()
        if summary is not None and states is not None:
            self._known[shard] = _Row.of(shard, states, summary)
            self._new.add(shard)
        elif known is not None:
            del self._known[shard]
            self._gone.add(shard)
        return summary

    def _look_again(self, shard: str) -> States | None:
        states = self._states(shard)
        if states is not None:
            self._documents[shard] = states[0]
        return states

    def _states(self, shard: str) -> States | None:
        tables = ShardTables.of(self._data, self._source, shard)
        documents, ledger = file_state(tables.documents), file_state(tables.ledger)
        return None if documents is None or ledger is None else (documents, ledger)

    def markers(self) -> dict[str, str | None]:
        """The marker of the tables of each shard, as they were when last looked at; None: they have to be opened."""
        found: dict[str, str | None] = {}
        for shard, state in sorted(self._documents.items()):
            known = self._known.get(shard)
            found[shard] = known.marker if known is not None and known.documents == state else None
        return found

    def digest(self) -> str:
        """What all tables that are whole say, as one digest."""
        digest = hashlib.blake2b(digest_size=16)
        for shard, row in sorted(self._known.items()):
            if shard not in self._gone:
                digest.update(f"{shard} {row.marker}\n".encode())
        return digest.hexdigest()

    def fact(self, name: str) -> str | None:
        """What was kept under this name."""
        return next((value for (value,) in self._manifest.rows("SELECT value FROM facts WHERE name = ?", name)), None)

    def keep_fact(self, name: str, value: str) -> None:
        """Keep a text under a name; the caller holds the source's lock."""

        def keep(connection: Connection) -> None:
            connection.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, value))

        self._manifest.write(keep)

    def save(self) -> None:
        """Keep in the manifest what was read, and nothing of what is gone; the caller holds the source's lock."""
        if self._new or self._gone:
            self._manifest.write(self._keep)

    def _keep(self, connection: Connection) -> None:
        connection.executemany("DELETE FROM tables WHERE shard = ?", [(shard,) for shard in self._gone])
        new = [self._known[shard] for shard in sorted(self._new) if shard in self._known]
        connection.executemany("INSERT OR REPLACE INTO tables VALUES (?, ?, ?, ?, ?, ?, ?)", new)
        self._new, self._gone = set(), set()

    def are_right(self) -> bool:
        """Whether the tables that are as the manifest knows them say what it says. Opens them all."""
        for shard, known in self._known.items():
            if (known.documents, known.ledger) == (states := self._states(shard)):
                summary = ShardTables.of(self._data, self._source, shard).summarize()
                if summary is None or _Row.of(shard, states, summary) != known:
                    return False
        return True

    def close(self) -> None:
        """Close the manifest."""
        self._manifest.close()
