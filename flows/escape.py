"""Hostile text made fit to be shown: page texts, addresses and error messages come from strangers."""

from __future__ import annotations

import re

# Controls move the cursor or end a line (ESC [ 2J in a URL clears a terminal); bidirectional overrides and invisible
# characters show a person another text than the one that stands there; surrogates cannot be encoded.
_UNSHOWABLE = re.compile(
    "[\x00-\x20\x7f-\xa0\xad\u061c\u180e\u2000-\u200f\u2028-\u202f\u2060-\u206f\ufeff\ud800-\udfff]+"
)
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def one_line(text: str, limit: int = 100) -> str:
    """The text on one line of at most `limit` characters, without anything that acts on a terminal or hides."""
    text = _UNSHOWABLE.sub(" ", text[: limit * 4]).strip()
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def markdown(text: str, limit: int = 100) -> str:
    """`one_line`, with every ASCII punctuation character escaped: in Markdown it can only ever be read as text.

    No link, image, table cell, HTML tag or code can come out of it, and no address becomes a link by itself.
    """
    return _PUNCTUATION.sub(lambda m: _ENTITIES.get(m[1], "\\" + m[1]), one_line(text, limit))
