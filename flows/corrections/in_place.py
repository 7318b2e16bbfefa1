"""One entry of a corrections file taken out, or another put in its place; all else stays as a person wrote it."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING

from flows.common.errors import SitoError
from flows.common.nearest import did_you_mean
from flows.config.corrections import parse_entries

if TYPE_CHECKING:
    from pathlib import Path

    from flows.config.corrections import Entry

__all__ = ["find_entry", "put_in_place"]

_ENTRY = re.compile(r"""\s*\[\[\s*["']?(\w+)["']?\s*\]\]\s*(?:#.*)?""")


def find_entry(path: Path, entries: list[Entry], name: str) -> Entry:
    """The entry of this name, as the ledger has it. Raises SitoError where there is none, with the nearest."""
    known = {entry.correction.name: entry for entry in entries}
    if name not in known:
        meant = did_you_mean(name, known) or "`sito corrections list` names them"
        raise SitoError(f"{path} has no correction '{name:.200}'; {meant}")
    return known[name]


def put_in_place(path: Path, content: str, name: str, instead: str = "") -> str:
    """The content of the file without the entries of this name, with `instead`, another entry as TOML, at the first.

    Comments in the entry, and those directly above one that is taken out, go with it. Raises SitoError where the file
    is written in a way in which that cannot be done safely (an entry as an inline table, say).
    """
    before = parse_entries(path, content.encode())
    find_entry(path, before, name)
    lines = content.splitlines(keepends=True)
    heads = [(at, found[1]) for at, line in enumerate(lines) if (found := _ENTRY.fullmatch(line.rstrip("\r\n")))]
    ends = [at for at, _ in (*heads[1:], (len(lines), ""))]
    left: dict[str, list[Entry]] = {}
    for entry in before:
        left.setdefault(entry.action, []).append(entry)
    spans: list[tuple[int, int]] = []
    for (start, action), end in zip(heads, ends, strict=False):
        of_head = left[action].pop(0) if left.get(action) else None
        if of_head is not None and of_head.correction.name == name:
            spans.append(_span(lines, start, end, with_comment=not instead))
    for n, (start, end) in reversed(list(enumerate(spans))):
        lines[start:end] = [instead] if instead and n == 0 else []
        if not instead and start and not "".join(lines[start - 1 : start + 1]).strip():
            del lines[start - 1]
    made = "".join(lines)
    wanted = [*(entry for entry in before if entry.correction.name != name), *parse_entries(path, instead.encode())]
    if not _says(path, made, wanted):
        raise SitoError(f"{path}: {name} is written in a way that only a person can change; edit the file")
    return made


def _says(path: Path, content: str, wanted: list[Entry]) -> bool:
    """Whether the file would have these entries, and no others."""
    with suppress(SitoError):
        return sorted(map(repr, parse_entries(path, content.encode()))) == sorted(map(repr, wanted))
    return False


def _span(lines: list[str], start: int, end: int, *, with_comment: bool) -> tuple[int, int]:
    """From the head of an entry, or the comment directly above it, to its last field."""
    while end > start + 1 and (not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#")):
        end -= 1
    while with_comment and start and lines[start - 1].lstrip().startswith("#"):
        start -= 1
    return start, end
