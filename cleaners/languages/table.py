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

__all__ = ["FIELD", "STEPS_PER_NAT", "TABLES", "PackedTable", "Table", "dump", "load"]

FIELD = 16
STEPS_PER_NAT = 12
TABLES = {"Cyrl": "cyrillic.bin", "Latn": "latin.bin"}
_DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Table:
    """A table as it is trained: a row of one byte a state for each key.

    `grams` maps letters to the cost of the last of them after the others; `words` maps a whole word to its cost above
    that of its best state; `unlisted` is the cost, by state, of a word that its word list does not hold.
    """

    states: tuple[str, ...]
    grams: dict[str, bytes]
    words: dict[str, bytes]
    unlisted: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PackedTable:
    """A table as it is used: the same with packed integers."""

    states: tuple[str, ...]
    grams: dict[str, int]
    words: dict[str, int]
    unlisted: int


def dump(table: Table) -> bytes:
    """Write: a JSON line, the keys a line each, then the rows column by column; all compressed."""
    grams, words = sorted(table.grams), sorted(table.words)
    head = {"states": table.states, "unlisted": table.unlisted, "grams": len(grams), "words": len(words)}
    rows = b"".join([table.grams[key] for key in grams] + [table.words[key] for key in words])
    width = len(table.states)
    columns = b"".join(rows[i::width] for i in range(width))
    text = "\n".join([json.dumps(head), *grams, *words, ""]).encode()
    return zlib.compress(len(text).to_bytes(4, "little") + text + columns, 9)


@cache
def load(script: str) -> PackedTable:
    """Read the table of a script, `Cyrl` or `Latn`, once in a process."""
    data = zlib.decompress((_DATA / TABLES[script]).read_bytes())
    at = 4 + int.from_bytes(data[:4], "little")
    head, *keys, _ = data[4:at].decode().split("\n")
    about = json.loads(head)
    width, count = len(about["states"]), len(keys)
    wide = bytearray(2 * width * count)
    for i in range(width):
        wide[2 * i :: 2 * width] = data[at + i * count : at + (i + 1) * count]
    step, unpack = 2 * width, int.from_bytes
    values = [unpack(wide[i : i + step], "little") for i in range(0, len(wide), step)]
    grams = about["grams"]
    return PackedTable(
        tuple(about["states"]),
        dict(zip(keys[:grams], values[:grams], strict=True)),
        dict(zip(keys[grams:], values[grams:], strict=True)),
        sum(cost << (FIELD * i) for i, cost in enumerate(about["unlisted"])),
    )
