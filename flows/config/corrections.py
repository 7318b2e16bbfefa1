"""`corrections/<source>.toml` beside the sources file: what a person says of a source.

Each entry `[[keep]]`, `[[drop]]`, `[[off]]`, `[[body]]`, `[[title]]`, `[[author]]`, `[[date]]`, `[[article]]` or
`[[no_article]]` says one thing, with a note, a date, and the page that it came from; docs/corrections.md explains them.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field, StringConstraints, ValidationError, model_validator

from cleaners.corrections import ACTIONS, BY, Action, By, Correction, Corrections
from cleaners.document import Category
from cleaners.read.patterns import matcher
from cleaners.read.selector import selector
from flows.common.errors import SitoError
from flows.common.nearest import did_you_mean
from flows.config.field_errors import field_sentence
from flows.config.table import Day, Table

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic_core import ErrorDetails

__all__ = [
    *("MOST_BYTES", "Entry", "corrections_path", "entry_of", "load_corrections", "load_entries", "load_file"),
    *("parse_entries", "to_value"),
]

MOST_BYTES = 2**20
"""Bytes of a file."""
MOST = 2_000
"""Entries of a file: each is held against every line of the source."""

Line = Annotated[str, StringConstraints(min_length=1, max_length=2000, pattern=r"^[^\x00-\x1f\x7f]*$")]
Short = Annotated[str, StringConstraints(max_length=500, pattern=r"^[^\x00-\x1f\x7f]*$")]


class Entry(Table):
    """An entry of the file; exactly one of `text` to `address` is given, the one that fits its action."""

    action: Action
    text: Line | None = Field(default=None, description="the whole line, in any case and with any quotes")
    prefix: Line | None = Field(default=None, description="how the line begins")
    pattern: Line | None = Field(default=None, description="a regular expression that is found in the line")
    selector: Line | None = Field(default=None, description="a CSS selector, such as 'article .text > p'")
    rule: Line | None = Field(default=None, description="the id of a rule, or a topic such as caption.*")
    address: Line | None = Field(default=None, description="the address of a page, or its beginning and a *")
    category: Category = Field(default="chrome", description="what kind of leftover a dropped line is")
    on: Line | None = Field(default=None, description="only on this page: its address, or its beginning and a *")
    note: Line = Field(description="why, in a line: it stands in the ledger as the evidence")
    author: Short | None = Field(default=None, description="who says so")
    date: Day = Field(description="when it was said, such as 2026-03-01")
    page: Line = Field(description="the address of the page that it came from, by which it is tested")

    @model_validator(mode="after")
    def _fits(self) -> Entry:
        allowed = BY[self.action]
        given = [name for name in _WAYS if getattr(self, name) is not None]
        if len(given) != 1 or given[0] not in allowed:
            said = f", not {' and '.join(given)}" if given else ""
            raise ValueError(f"is said by one of {', '.join(allowed)}{said}")
        try:
            if self.pattern is not None:
                matcher(self.pattern)
            elif self.selector is not None:
                selector(self.selector)
        except ValueError as error:
            raise ValueError(f"{given[0]} {error}") from None
        if self.rule is not None and self.rule.startswith(("body.", "source.", "*", ".")):
            raise ValueError(
                f"rule '{self.rule}' is none that can be silent; lines outside the body come back by text, pattern or "
                "selector, and a correction is taken out of the file"
            )
        if "category" in self.model_fields_set and self.action != "drop":
            raise ValueError("category is for [[drop]] alone")
        return self

    @property
    def by(self) -> By:
        """Which of them is given."""
        return next(name for name in _WAYS if getattr(self, name) is not None)

    @property
    def value(self) -> str:
        """Its value."""
        return str(getattr(self, self.by))

    @property
    def correction(self) -> Correction:
        """It as the cleaners take it."""
        return Correction(self.action, self.by, self.value, self.note, self.category, self.on or "")


_WAYS: tuple[By, ...] = ("text", "prefix", "pattern", "selector", "rule", "address")


@dataclass(frozen=True, slots=True)
class _Place:
    path: Path
    action: str
    number: int

    def __str__(self) -> str:
        return f"{self.path}: [[{self.action}]] number {self.number}"


def corrections_path(sources_file: Path, source: str) -> Path:
    """Where the corrections of a source are."""
    return sources_file.absolute().parent / "corrections" / f"{source}.toml"


def load_corrections(sources_file: Path, source: str) -> Corrections:
    """The corrections of a source, none where it has no file. Raises SitoError; see `load_entries`."""
    return to_value(load_entries(corrections_path(sources_file, source)))


def load_file(path: Path) -> Corrections:
    """The corrections in a file that must be there. Raises SitoError; see `load_entries`."""
    if not path.is_file():
        raise SitoError(f"{path} does not exist; it is a file such as corrections/SOURCE.toml")
    return to_value(load_entries(path))


def to_value(entries: list[Entry]) -> Corrections:
    """The entries as the cleaners take them, each once."""
    return Corrections(tuple(dict.fromkeys(entry.correction for entry in entries)))


def load_entries(path: Path) -> list[Entry]:
    """The entries of a file, in its order by action; none where there is no file.

    Raises SitoError naming the file, the entry, the field and the fix; all errors at once, one per line.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        return []
    except OSError as error:
        raise SitoError(f"{path} cannot be read: {error.strerror}") from None
    return parse_entries(path, content)


def parse_entries(path: Path, content: bytes) -> list[Entry]:
    """The entries in the content of the file at `path`; see `load_entries`."""
    if len(content) > MOST_BYTES:
        raise SitoError(f"{path} has over {MOST_BYTES // 2**20} MiB; write fewer corrections, by prefix or pattern")
    try:
        tables = tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise SitoError(f"{path} is not UTF-8 at byte {error.start}; save it as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise SitoError(f"{path} is not TOML: {error}") from None
    except RecursionError:
        raise SitoError(f"{path} is nested too deeply") from None
    entries: list[Entry] = []
    problems: list[str] = []
    for action, rows in tables.items():
        if action not in ACTIONS:
            meant = did_you_mean(action, ACTIONS) or f"known are {', '.join(f'[[{name}]]' for name in ACTIONS)}"
            problems.append(f"{path}: unknown table '{action}'; {meant}")
            continue
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            problems.append(f"{path}: {action} is no list of tables; write [[{action}]] above each entry")
            continue
        for number, row in enumerate(rows, 1):
            try:
                entries.append(entry_of(action, row))
            except SitoError as error:
                problems += [f"{_Place(path, action, number)}: {line}" for line in str(error).splitlines()]
    if len(entries) > MOST:
        problems.append(f"{path} has {len(entries):,} entries, {MOST:,} at most; say more with a prefix or pattern")
    if problems:
        raise SitoError("\n".join(problems))
    return entries


def entry_of(action: str, row: dict[str, Any]) -> Entry:
    """An entry by its fields. Raises SitoError with a line for each field that is wrong, and what to do."""
    try:
        if "action" in row:
            raise SitoError("unknown field 'action'; it is the name of the table")
        return Entry.model_validate({**row, "action": action})
    except ValidationError as error:
        raise SitoError("\n".join(map(_sentence, error.errors()))) from None


def _sentence(error: ErrorDetails) -> str:
    """Pydantic's error in terms of the file."""
    if said := field_sentence(error, Entry, "action"):
        return said
    field = ".".join(map(str, error["loc"]))
    if error["type"] == "string_pattern_mismatch":
        return f"{field} must be one line without control characters"
    return f"{field}: {error['msg'].replace('Input', 'input')}, not {error['input']!r:.80}"
