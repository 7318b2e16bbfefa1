"""Is killed amid a transaction: `python killed_state.py ADDRESS entering` enters 500 pages, then half of 500 more.

With `migrating` it is killed when it has made the tables of a new database, before it says so.
"""

from __future__ import annotations

import os
import signal
import sys
from datetime import UTC, datetime

from sqlalchemy import Connection, Engine, event, inspect

from flows.state import PageState, State
from flows.state.page_store import to_rows
from flows.state.schema import address_key
from flows.state.schema import pages as table

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def pages(first: int) -> list[PageState]:
    return [PageState(f"https://news.example/{n}", first_seen=NOON) for n in range(first, first + 500)]


def main() -> None:
    if sys.argv[2] == "migrating":
        event.listen(Engine, "commit", lambda connection: _kill_if_made(connection))
    state = State.open(sys.argv[1])
    state.pages.record("news", pages(0))
    rows = to_rows("news", {key[0]: page for page in pages(500) if (key := address_key(page.url))})
    with state._database.writing() as connection:
        connection.execute(state._database.upsert(table), rows[:250])
        os.kill(os.getpid(), signal.SIGKILL)


def _kill_if_made(connection: Connection) -> None:
    if inspect(connection).has_table("pages"):
        os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main()
