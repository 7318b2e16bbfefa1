"""Whom the people of a site can write to: SITO_CONTACT, which every request carries."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from flows.common.escape import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flows.config.source import Source

__all__ = ["contact", "without_contact"]


def contact() -> str:
    """An address or page of whoever runs sito, in one line; empty where none is set."""
    return one_line(os.environ.get("SITO_CONTACT", "")).strip()


def without_contact(sources: Iterable[Source]) -> str:
    """What to say before these sources are pulled: a sentence if one is of the web and no contact set, else empty."""
    if contact() or not any(source.is_of_web for source in sources):
        return ""
    return (
        "SITO_CONTACT is not set, so no site can tell whose requests these are; set it to an e-mail address or a page "
        "of yours: export SITO_CONTACT=you@example.org"
    )
