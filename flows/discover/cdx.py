"""The captures that CDX lists name, in the formats of the web archives.

- space separated with a legend (` CDX N b a m s k r M S V g`), or without one and 7, 9, 10 or 11 fields;
- CDXJ: key, time and JSON, as pywb, Common Crawl and our own shards have it; or such JSON alone, line by line;
- the JSON of the Wayback Machine's CDX server: an array of arrays, of which the first names the fields.
"""

from __future__ import annotations

import json
import re
from gzip import GzipFile
from typing import TYPE_CHECKING, NamedTuple

from flows.common.escape import one_line
from flows.common.page_types import Target
from flows.discover.filters import Filters, spoken
from flows.discover.warc_files import expand, open_address
from flows.urls.page_address import page_address

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any, BinaryIO

    from flows.config.kinds import CdxSource
    from flows.discover.context import Context

__all__ = ["find_indexed"]

_LINE_BYTES = 2**17
_PIECE = 2**16
_PROBLEMS = 20
"""Targets with a problem from one list; more are only counted, as every line may be wrong."""

_GZIP = b"\x1f\x8b"
_TIME = re.compile(r"[0-9]{8,17}")
_NUMBER = re.compile(r"[0-9]{1,18}")
_LEGEND = {"a": "url", "b": "timestamp", "m": "mime", "s": "status", "S": "length", "V": "offset", "g": "filename"}
_WITHOUT_LEGEND = {  # N key, k digest, r redirect, M meta tags, n size
    7: "N b a m s k S",
    9: "N b a m s k r V g",
    10: "N b a m s k r M V g",
    11: "N b a m s k r M S V g",
}
_SAME = {"original": "url", "mimetype": "mime", "statuscode": "status", "content_type": "mime"}


class _Row(NamedTuple):
    place: str
    """Its line or row, for messages."""
    fields: dict[str, str] | None
    """None: it has none of the formats."""


def find_indexed(source: CdxSource, context: Context) -> Iterator[Target]:
    """The pages of the lists, list by list: HTML or text with status 2xx, as the source's filters have it.

    With `warcs` every capture is a target that names its record; without it, an address to be fetched from the web,
    which discovery yields once. Lists may be compressed by gzip and are streamed in constant memory. A wrong line, or a
    list that breaks off, is a target with a problem. Raises SitoError if a path has no file.
    """
    filters = Filters(source)
    for address in dict.fromkeys(found for path in source.paths for found in expand(source.name, path)):
        name = address.rpartition("/")[2]
        problems = others = 0
        try:
            with open_address(address) as file:
                for row in _rows(file):
                    target = _target(row, source.warcs, filters, name)
                    if target is None:
                        others += 1
                        continue
                    if target.problem is not None:
                        problems += 1
                        if problems > _PROBLEMS:
                            continue
                    yield target
        except Exception as error:  # each fsspec file system has errors of its own
            yield Target(f"{address}#end", problem=f"{name} breaks off: {one_line(str(error) or type(error).__name__)}")
        if problems > _PROBLEMS:
            context.log.warning("source %s: %d more lines of %s are wrong", source.name, problems - _PROBLEMS, address)
        if others:
            context.log.info(
                "source %s: %d captures in %s are left out, as no pages or not wanted", source.name, others, name
            )


def _target(row: _Row, warcs: str | None, filters: Filters, name: str) -> Target | None:
    """The page of a row; None: it is not a page, or not wanted."""
    fields = row.fields
    if fields is None or not fields.get("url") or not _TIME.fullmatch(fields.get("timestamp", "")):
        return Target(f"{name}#{row.place}", problem=f"{name}, {row.place}: is no capture")
    status, mime, url = fields.get("status", "-"), fields.get("mime", "-"), fields["url"]
    if not (status.startswith("2") or status in ("-", "")) or not filters.kind_or_unknown(mime):
        return None
    if not url.lower().startswith(("http://", "https://")) or url.lower().endswith("/robots.txt"):
        return None
    if not filters.day(fields["timestamp"]) or not filters.host(url):
        return None
    if filters.languages and not filters.speaks(spoken(fields.get("languages", ""))):
        return None
    try:
        page = page_address(url)
    except ValueError as error:
        return Target(f"{name}#{row.place}", problem=f"{name}, {row.place}: its address {error}")
    if warcs is None:
        return Target(page)
    file, offset, length = (fields.get(field, "") for field in ("filename", "offset", "length"))
    if not _NUMBER.fullmatch(offset) or not _safe(file):
        return Target(f"{name}#{row.place}", problem=f"{name}, {row.place}: names no record of a WARC file below warcs")
    size = int(length) if _NUMBER.fullmatch(length) and int(length) else None
    return Target(page, path=f"{warcs.rstrip('/')}/{file}", offset=int(offset), length=size)


def _safe(file: str) -> bool:
    """Whether a file name in a list stays inside the folder that it is relative to."""
    return (
        bool(file) and not file.startswith(("/", "~")) and ".." not in file.split("/") and not set(file) & set(":\\\0")
    )


def _rows(file: BinaryIO) -> Iterator[_Row]:
    packed = file.read(2) == _GZIP
    file.seek(0)
    plain: Any = GzipFile(fileobj=file) if packed else file
    head = plain.read(_PIECE).removeprefix(b"\xef\xbb\xbf")
    if head.lstrip().startswith(b"["):
        return _of_array(head, plain)
    return _of_lines(head, plain)


def _of_lines(head: bytes, file: BinaryIO) -> Iterator[_Row]:
    columns: list[str] | None = None
    delimiter = " "
    for number, line in enumerate(_lines(head, file), start=1):
        text = line.decode("utf-8", "replace").rstrip("\r\n")
        if not text.strip() or text.startswith(("!", "#")):
            continue  # the heads of CDXJ
        if text[1:].startswith("CDX" + text[0]):
            delimiter = text[0]
            columns = [_LEGEND.get(letter, "") for letter in text[1:].split(delimiter)[1:]]
            continue
        yield _Row(f"line {number}", _fields(text, delimiter, columns) if len(line) < _LINE_BYTES else None)


def _lines(head: bytes, file: BinaryIO) -> Iterator[bytes]:
    """The lines of `head`, which was read already, and of the rest; too long ones truncated."""
    rest = head
    while rest:
        *whole, rest = rest.split(b"\n")
        yield from whole
        rest = rest[:_LINE_BYTES]  # a line is truncated here
        piece = file.read(_PIECE)
        if not piece:
            if rest:
                yield rest
            return
        rest += piece


def _fields(text: str, delimiter: str, columns: list[str] | None) -> dict[str, str] | None:
    start = text.find("{")
    if columns is None and start >= 0 and text.endswith("}") and text.count(" ", 0, start) == (2 if start else 0):
        fields = _of_json(text[start:])
        if fields is not None and start:
            fields["timestamp"] = text[:start].split()[1] if len(text[:start].split()) == 2 else ""
        return fields
    values = text.split(delimiter)
    if columns is None:
        legend = _WITHOUT_LEGEND.get(len(values))
        columns = [_LEGEND.get(letter, "") for letter in legend.split()] if legend else []
    if len(values) != len(columns):
        return None
    return {column: value for column, value in zip(columns, values, strict=True) if column}


def _of_json(text: str) -> dict[str, str] | None:
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(said, dict):
        return None
    return {_SAME.get(str(key), str(key)): str(value) for key, value in said.items() if isinstance(value, str | int)}


def _of_array(head: bytes, file: BinaryIO) -> Iterator[_Row]:
    """The rows of a JSON array of arrays of strings, however it is split into lines."""
    decode: Callable[[str, int], tuple[Any, int]] = json.JSONDecoder().raw_decode
    text = head.decode("utf-8", "replace").lstrip().removeprefix("[")
    columns: list[str] | None = None
    place = number = 0
    ended = False
    while True:
        while place < len(text) and text[place] in " \t\r\n,":
            place += 1
        if text[place : place + 1] == "]":
            return
        try:
            values, place = decode(text, place)
        except (ValueError, RecursionError):
            if ended or len(text) - place > _LINE_BYTES:
                raise ValueError(f"row {number + 1} is no JSON") from None
            piece = file.read(_PIECE)
            ended = not piece
            # Addresses are ASCII except in careless archives: a character split between pieces is one wrong character.
            text, place = text[place:] + piece.decode("utf-8", "replace"), 0
            continue
        number += 1
        if not isinstance(values, list) or not all(isinstance(value, str | int | None) for value in values):
            yield _Row(f"row {number}", None)
        elif columns is None:
            columns = [_SAME.get(str(value), str(value)) for value in values]
        else:
            whole = len(values) == len(columns)
            named = {key: str(value) for key, value in zip(columns, values, strict=False) if value is not None}
            yield _Row(f"row {number}", named if whole else None)
