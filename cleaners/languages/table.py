"""Tables of words and of letter sequences: their form on disk and in memory.

A value holds one number for each state (a language, or a group of neighbours) in one integer, FIELD bits each, so that
a line is scored in all languages with one `sum`. Numbers are costs: -log p in steps of 1/12 nat.
"""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

__all__ = ["FIELD", "GRAMS", "STEPS_PER_NAT", "WORDS", "Packed", "Table", "dump", "grams", "words"]

FIELD = 16
STEPS_PER_NAT = 12
WORDS = {"Cyrl": "cyrillic.words", "Latn": "latin.words"}
GRAMS = {"Cyrl": "cyrillic.grams", "Latn": "latin.grams"}
_UNPACKED = 2_000_000  # bytes; more than any table has
_DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Table:
    """A table as it is trained: a row of one byte a state for each key.

    The key is a whole word, and its row the cost above that of its best state; or letters, and the row the cost of the
    last of them after the others. `unlisted` is the cost, by state, of a word that its word list does not hold.
    """

    states: tuple[str, ...]
    rows: dict[str, bytes]
    unlisted: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Packed:
    """A table as it is used: the packed costs of a key are `width` bytes of `rows` from its place.

    They are not made into integers before they are asked for: loading is mostly waited for, most keys are never met.
    """

    places: dict[str, int]
    rows: bytearray
    width: int
    unlisted: int


def dump(table: Table) -> bytes:
    """Write: a JSON line, the keys a line each, then the rows column by column; all compressed."""
    keys = sorted(table.rows)
    rows = b"".join([table.rows[key] for key in keys])
    width = len(table.states)
    text = "\n".join([json.dumps({"states": table.states, "unlisted": table.unlisted}), *keys]).encode()
    columns = b"".join(rows[i::width] for i in range(width))
    return zlib.compress(len(text).to_bytes(4, "little") + text + columns, 9)


def _read(name: str) -> Packed:
    # One buffer from the start, and views of it: most of the time would go to fresh pages of memory.
    data = memoryview(zlib.decompress((_DATA / name).read_bytes(), bufsize=_UNPACKED))
    at = 4 + int.from_bytes(data[:4], "little")
    head, *keys = str(data[4:at], "utf-8").split("\n")
    unlisted = json.loads(head)["unlisted"]
    width, count = FIELD // 8 * len(unlisted), len(keys)
    rows = bytearray(width * count)
    for i in range(len(unlisted)):
        rows[FIELD // 8 * i :: width] = data[at + i * count : at + (i + 1) * count]
    places = dict(zip(keys, range(0, len(rows), width), strict=True))
    return Packed(places, rows, width, sum(cost << (FIELD * i) for i, cost in enumerate(unlisted)))


@cache
def words(script: str) -> Packed:
    """Read the words of a script, `Cyrl` or `Latn`, once in a process."""
    return _read(WORDS[script])


@cache
def grams(script: str) -> Packed:
    """Read the letter sequences of a script, `Cyrl` or `Latn`, once in a process."""
    return _read(GRAMS[script])
