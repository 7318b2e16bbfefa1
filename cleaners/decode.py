"""Bytes to text."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text and the name of the encoding that gave it (None: it came as text)."""

    text: str
    encoding: str | None


def decode(payload: bytes | str, content_type: str | None = None) -> Decoded:
    """Thin version."""
    if isinstance(payload, str):
        return Decoded(payload, None)
    return Decoded(payload.decode("utf-8", "replace"), "utf-8")
