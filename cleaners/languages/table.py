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
_MOST_KEYS = 1_000_000  # bytes; more than any table has, so that no buffer has to grow
_DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Table:
    """A table as it is trained: a row of one byte a state for each key.

    The key is a whole word, and its row the cost above that of its best state; or letters, and the row the cost of the
    last of them after the others. `unknown_cost` is the cost, by state, of a word that its list does not have.
    """

    states: tuple[str, ...]
    rows: dict[str, bytes]
    unknown_cost: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Packed:
    """A table as it is used: the packed costs of a key are `width` bytes of `rows` from its offset.

    They become integers only when they are needed: most keys never are, and loading must be fast.
    """

    offsets: dict[str, int]
    rows: bytes
    width: int
    unknown_cost: int


def dump(table: Table) -> bytes:
    """Serialize a table: the length of the compressed head, the head (a JSON line and the keys, a line each), the rows.

    Compressing the rows too would save a third of the disk space and make loading a fifth slower.
    """
    keys = sorted(table.rows)
    text = "\n".join([json.dumps({"states": table.states, "unlisted": table.unknown_cost}), *keys])
    packed = zlib.compress(text.encode(), 9)
    return len(packed).to_bytes(4, "little") + packed + b"".join([table.rows[key] for key in keys])


def _read(name: str) -> Packed:
    data = memoryview((_DATA / name).read_bytes())
    at = 4 + int.from_bytes(data[:4], "little")
    head, *keys = str(zlib.decompress(data[4:at], bufsize=_MOST_KEYS), "utf-8").split("\n")
    unlisted = json.loads(head)["unlisted"]
    width = FIELD // 8 * len(unlisted)
    rows = bytearray(width * len(keys))
    rows[:: FIELD // 8] = data[at:]
    offsets = dict(zip(keys, range(0, len(rows), width), strict=True))
    return Packed(offsets, bytes(rows), width, sum(cost << (FIELD * i) for i, cost in enumerate(unlisted)))


@cache
def words(script: str) -> Packed:
    """Read the words of a script, `Cyrl` or `Latn`, once in a process."""
    return _read(WORDS[script])


@cache
def grams(script: str) -> Packed:
    """Read the letter sequences of a script, `Cyrl` or `Latn`, once in a process."""
    return _read(GRAMS[script])
