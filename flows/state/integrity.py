"""Whether a SQLite file of the state is whole, and how a damaged one is moved out of the way."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from flows.common.errors import SitoError
from flows.state.database import sqlite_path

__all__ = ["damage", "set_aside", "set_aside_before"]

_BESIDE = ("-wal", "-shm", "-journal")
"""Files that SQLite keeps beside a database; of a damaged one they go with it."""

_ASIDE, _TIME = ".damaged-", "%Y%m%dT%H%M%SZ"


def damage(address: str) -> str | None:
    """What is wrong with the SQLite file at a SQLAlchemy address; None: it is whole, not there, or PostgreSQL's.

    Reads the whole file, some 220 MB a second. Raises SitoError where it cannot be read at all.
    """
    path = sqlite_path(address)
    if path is None or not path.exists():
        return None
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=60)) as connection:
            said = str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
    except sqlite3.OperationalError as error:  # no rights, a full disk, another writer: it says nothing of the content
        raise SitoError(f"state {path}: {error}; fix its permissions, or wait until no run is active") from error
    except sqlite3.DatabaseError as error:
        return str(error)
    return None if said == "ok" else " ".join(said.split())


def set_aside(address: str) -> Path:
    """Rename a damaged SQLite file, so that a new one can be made; gives its new name. Raises SitoError."""
    path = sqlite_path(address)
    if path is None:
        raise TypeError("only a SQLite file can be set aside")
    place = path.with_name(f"{path.name}{_ASIDE}{datetime.now(UTC):{_TIME}}")
    try:
        path.rename(place)
        for suffix in _BESIDE:
            beside = path.with_name(path.name + suffix)
            if beside.exists():
                beside.rename(place.with_name(place.name + suffix))
    except OSError as error:
        raise SitoError(
            f"state {path}: is damaged and cannot be moved aside: {error.strerror or error}; delete it"
        ) from error
    return place


def set_aside_before(address: str, before: datetime) -> list[Path]:
    """The files that were set aside before that time, with those beside them."""
    path = sqlite_path(address)
    found = [] if path is None else sorted(path.parent.glob(f"{path.name}{_ASIDE}*"))
    last = f"{before.astimezone(UTC):{_TIME}}"
    return [each for each in found if each.name.partition(_ASIDE)[2][: len(last)] < last]
