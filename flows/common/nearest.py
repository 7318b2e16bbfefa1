"""What somebody may have meant who typed a name that is not known."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["did_you_mean", "nearest"]


def nearest(wanted: str, known: Iterable[str], number: int) -> list[str]:
    """At most so many of the known names: those that hold what was typed, else those that are spelt most like it."""
    from difflib import get_close_matches

    names = list(dict.fromkeys(known))
    return [name for name in names if wanted and wanted in name][:number] or get_close_matches(wanted, names, number)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A question with the known word that is spelt most like it, "did you mean ...?"; empty if none is similar."""
    from difflib import get_close_matches

    match = get_close_matches(word, list(known), n=1)
    return f"did you mean '{match[0]}'?" if match else ""
