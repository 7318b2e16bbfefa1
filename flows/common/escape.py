"""Untrusted text made safe to display: page texts, addresses and error messages come from strangers."""

from __future__ import annotations

import re
from functools import cache
from urllib.parse import quote

# What starts or ends something inside a line of Markdown, with GitHub's additions: code, emphasis, links and images,
# HTML and entities, table cells, and addresses that become links by themselves. Not more, as the UI searches a table
# with its backslashes: "news/page-1.html" must be found.
_INLINE = re.compile(r"[\\`*_\[\]<>&|~:@#$!]|(?<=\bwww)\.", re.IGNORECASE)
# The same inside a link, where no address becomes a link by itself. Prefect's UI shows all other backslashes there, so
# what is harmless between letters ("news_1", "?a=1&b=2") stays as it is.
_IN_LINK = re.compile(r"[\\`*\[\]<>|~]|(?<![^\W_])_|_(?![^\W_])|&(?=#?\w{1,40};)")
# What starts a block at the beginning of a line: a list, a rule, an underline of a heading.
_BLOCK = re.compile(r"^(\d{0,9})([-+=.)])")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


_IN_URL = "/:?#@!$&'*+,;=%~-._"
"""What may stand in an address as it is; brackets, spaces, quotes, bars and backslashes could end the link."""
_LONGEST_URL = 2000


@cache
def _unshowable() -> re.Pattern[str]:
    """What a message need not have, in runs.

    With what deceives it is what writing else needs (joiners, selectors, soft hyphens) and all blanks: Unicode's
    categories C (but unassigned, private and the visible signs that precede numbers) and Z, its
    Default_Ignorable_Code_Point, and U+2800.
    """
    from cleaners.read.hidden import DECEIVING  # here, as `--help` is quicker without the cleaners

    others = "\t\n\x20\xa0\xad\u1680\u2000-\u200f\u202f\u205f\u3000\ufe00-\ufe0f\ufff0-\ufff8\U000e0100-\U000e01ef"
    return re.compile(f"[{DECEIVING}{others}]+")


def one_line(text: str, limit: int = 100) -> str:
    """The text on one line of at most `limit` characters, without anything that acts on a terminal or hides."""
    text = _unshowable().sub(" ", text[: limit * 4]).strip()
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def lines(text: str, limit: int = 2000) -> str:
    """The text with each of its lines as `one_line`: for messages that may quote a path or an address."""
    return "\n".join(one_line(line, limit) for line in text.split("\n"))


def markdown(text: str, limit: int = 100) -> str:
    """`one_line` as Markdown that can only be read as text, at the start of a line, inside one, or in a table cell.

    No link, image, table cell, HTML tag or code can come out of it, and no address in it becomes a link by itself.
    """
    return _BLOCK.sub(r"\1\\\2", _INLINE.sub(_inert, one_line(text, limit)))


def link(text: str, url: str, limit: int = 100) -> str:
    """The text as a Markdown link if `url` is http or https and not monstrous, else the text alone."""
    if not url.startswith(("http://", "https://")) or len(url) > _LONGEST_URL:
        return markdown(text, limit)
    target = quote(url, safe=_IN_URL, errors="replace").replace("&", "&amp;")
    return f"[{_IN_LINK.sub(_inert, one_line(text, limit))}]({target})"


def _inert(found: re.Match[str]) -> str:
    return _ENTITIES.get(found[0], "\\" + found[0])
