"""Parts of an export such as train and test: a story, or else a text, is in one of them whole."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Any

from flows.common.errors import SitoError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Split", "parse_split"]

_ONLY_PART = "train"
_NAME = re.compile(r"[a-z][a-z0-9_]{0,30}")
_NOT_LETTERS = re.compile(r"[\W_]+")


class Split:
    """Names of parts with their shares in percent, which are 100 together."""

    def __init__(self, shares: dict[str, int], *, by_address: bool = False) -> None:
        self.names = list(shares)
        self._shares = shares
        self._by_address = by_address

    def part_of(self, record: Mapping[str, Any]) -> str:
        """The part, by a hash of the story; where that is not known, of the letters of the text.

        `by_address`, for all versions of pages, it is the hash of the address instead.
        """
        if len(self.names) == 1:
            return self.names[0]
        place = int.from_bytes(hashlib.blake2b(self._key(record).encode(), digest_size=8).digest()) % 10_000
        end = 0
        for name, share in self._shares.items():
            end += share * 100
            if place < end:
                return name
        return self.names[-1]

    def _key(self, record: Mapping[str, Any]) -> str:
        if record["story"]:
            return str(record["story"])
        return str(record["url"]) if self._by_address else _NOT_LETTERS.sub("", record["text"]).casefold()


def parse_split(text: str | None, *, by_address: bool = False) -> Split:
    """`train=90,test=10` as a Split; None: one part. Raises SitoError for anything else."""
    if text is None:
        return Split({_ONLY_PART: 100})
    shares: dict[str, int] = {}
    for item in text.split(","):
        name, _, share = item.strip().partition("=")
        good = _NAME.fullmatch(name) and name not in shares and share.isascii() and share.isdigit() and len(share) < 4
        if not good or not int(share):
            raise SitoError(f"--split {text}: write names and whole shares in percent, such as train=90,test=10")
        shares[name] = int(share)
    if sum(shares.values()) != 100:
        raise SitoError(f"--split {text}: the shares are {sum(shares.values())} together; make them 100")
    return Split(shares, by_address=by_address)
