"""Corrections written into their file, in which all else stays as a person wrote it."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout

from flows.common.errors import SitoError
from flows.config.corrections import Entry, entry_of, load_entries, parse_entries
from flows.corrections.in_place import put_in_place

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["add_entry", "as_toml", "change_entry", "new_entry", "remove_entry"]

_HEAD = "# What a person says of this source; docs/corrections.md explains each entry.\n"
_SECONDS = 10.0
_ESCAPED = re.compile(r'[\x00-\x1f\x7f"\\]')
_FIELDS = ("text", "prefix", "pattern", "selector", "rule", "address", "category", "on", "note", "author", "page")


def new_entry(action: str, **fields: Any) -> Entry:
    """An entry of today by its fields; empty ones are left out. Raises SitoError, with what to do."""
    given = {name: value for name, value in fields.items() if value not in (None, "")}
    return entry_of(action, {"date": date.today(), **given})


def as_toml(entry: Entry) -> str:
    """The entry as it stands in a file."""
    fields = [
        f"{name} = {_quoted(value)}"
        for name in _FIELDS
        if (value := getattr(entry, name)) is not None and name in entry.model_fields_set
    ]
    return "\n".join([f"[[{entry.action}]]", *fields, f"date = {entry.date.isoformat()}", ""])


def add_entry(path: Path, entry: Entry) -> None:
    """Write the entry behind those of the file, which is made if need be, and replaced as a whole.

    Raises SitoError where it is there already, the file is faulty, or cannot be written.
    """

    def added(before: str) -> str:
        _refuse_known(path, load_entries(path), entry)
        return f"{before.rstrip()}\n\n{as_toml(entry)}"

    _rewrite(path, added)


def change_entry(path: Path, name: str, entry: Entry) -> None:
    """Write the entry in the place of the one of this name; see `add_entry` and `put_in_place`."""

    def changed(before: str) -> str:
        others = [other for other in load_entries(path) if other.correction.name != name]
        _refuse_known(path, others, entry)
        return put_in_place(path, before, name, as_toml(entry))

    _rewrite(path, changed)


def remove_entry(path: Path, name: str) -> None:
    """Take the entry of this name out of the file; see `put_in_place`."""
    _rewrite(path, lambda before: put_in_place(path, before, name))


def _refuse_known(path: Path, entries: list[Entry], entry: Entry) -> None:
    if any(entry.correction.name == other.correction.name for other in entries):
        raise SitoError(f"{path} says so already: {entry.correction.name}")


def _rewrite(path: Path, change: Callable[[str], str]) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(path.with_name(f".{path.name}.lock"), timeout=_SECONDS):
            before = path.read_bytes().decode("utf-8-sig") if path.exists() else _HEAD
            content = change(before).encode()
            parse_entries(path, content)  # what cannot be read again is never written
            part = path.with_name(f".{path.name}.part")
            part.write_bytes(content)
            part.replace(path)
    except UnicodeDecodeError as error:
        raise SitoError(f"{path} is not UTF-8 at byte {error.start}; save it as UTF-8") from None
    except Timeout:
        raise SitoError(f"{path} is being written by another process; try again") from None
    except OSError as error:
        raise SitoError(f"{path}: cannot be written ({error.strerror})") from None


def _quoted(text: str) -> str:
    """The text as a basic string of TOML."""
    return '"' + _ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", text) + '"'
