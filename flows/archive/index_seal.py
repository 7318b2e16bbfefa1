"""The first line of an index: by it one sees that the index is complete, and that the shard is the one it was made of.

`!meta` and a JSON object: CDXJ readers pass over lines that begin with an exclamation mark, and it sorts before all
keys. Indexes of earlier releases have no such line; the next run makes them anew.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from flows.common.file_digest import file_digest
from flows.store.present import present

if TYPE_CHECKING:
    from pathlib import Path

_HEAD = "!meta "


@dataclass(frozen=True, slots=True)
class Seal:
    """How many captures the lines list and the digest of these lines; size and digest of the shard; and its damage.

    Digests are `sha256:` and hexadecimal, that of the shard as `sha256sum` prints it. `damage` says in words what of
    the shard could not be indexed; None: it is whole.
    """

    captures: int
    lines: str
    bytes: int
    shard: str
    damage: str | None = None

    def fits(self, lines: str) -> bool:
        """Whether these are the lines that were sealed."""
        return self.captures == lines.count("\n") and self.lines == _digest(lines)


def sealed(shard: Path, lines: str, damage: str | None) -> str:
    """The text of an index: its seal and its lines. Reads the shard."""
    seal = Seal(lines.count("\n"), _digest(lines), shard.stat().st_size, file_digest(present(shard)), damage)
    return f"{_HEAD}{json.dumps({name: value for name, value in asdict(seal).items() if value is not None})}\n{lines}"


def unseal(text: str) -> tuple[Seal | None, str]:
    """The seal and the lines of an index; None: it was made by an earlier release. Raises ValueError for a broken one.

    Whether the lines are those that were sealed is not checked: `Seal.fits`.
    """
    if not text.startswith(_HEAD):
        return None, text
    head, _, lines = text.partition("\n")
    try:
        return Seal(**json.loads(head.removeprefix(_HEAD))), lines
    except TypeError as error:
        raise ValueError(f"its first line is not one of ours: {error}") from error


def _digest(lines: str) -> str:
    return f"sha256:{hashlib.sha256(lines.encode('utf-8', 'surrogatepass')).hexdigest()}"
