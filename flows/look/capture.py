"""A captured page made fit to be shown in a frame: nothing in it runs, and nothing is asked of anybody.

What holds is the policy of its answer (`POLICY`): a sandbox without scripts, and no source of anything but images and
styles in the page itself. What no policy covers, such as connecting ahead of a click, is taken out of the markup.
"""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

from lxml.html import tostring

from cleaners.errors import PageError
from cleaners.read.decode import decode
from cleaners.read.tree import parse
from flows.pipeline.stored_pages import is_plain_text

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from flows.archive.shard_reader import StoredPage

__all__ = ["POLICY", "harmless"]

POLICY = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'self'"
)
_GONE = ("script", "iframe", "frame", "frameset", "object", "embed", "applet", "base", "link", "meta", "portal")
_ADDRESSES = ("href", "src", "srcset", "action", "formaction", "ping", "poster", "data", "background", "manifest")
_HEAD = '<!doctype html><meta charset="utf-8">'


def harmless(stored: StoredPage) -> str:
    """The page as HTML without scripts, frames, addresses and whatever else reaches outside; images keep their text."""
    if stored.error is not None:
        return _HEAD + html.escape(stored.error)
    try:
        text = decode(stored.body, stored.content_type).text
        tree = None if is_plain_text(stored) else parse(text)
    except PageError as error:
        return _HEAD + html.escape(str(error))
    if tree is None:
        return f"{_HEAD}<pre style='white-space: pre-wrap'>{html.escape(text)}</pre>"
    _disarm(tree)
    return f"{_HEAD}{tostring(tree, encoding='unicode')}"


def _disarm(tree: HtmlElement) -> None:
    for element in list(tree.iter(*_GONE)):
        element.drop_tree() if element.getparent() is not None else element.clear()
    for element in tree.iter():
        for name in list(element.attrib):
            value = element.attrib[name]
            is_address = name.lower().rpartition(":")[2] in _ADDRESSES
            if name.lower().startswith("on") or (is_address and not value.startswith("data:image/")):
                del element.attrib[name]
