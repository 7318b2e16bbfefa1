"""Something stored that is damaged: where, what is wrong, and what mends it."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Damage"]


@dataclass(frozen=True, slots=True)
class Damage:
    """`where` is a file or the name of a database, `what` and `mends` are words for people, each on one line."""

    where: str
    what: str
    mends: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}; {self.mends}"
