"""feedparser, with bounds where its work grows faster than the feed."""

from __future__ import annotations

from functools import cache
from typing import Any

__all__ = ["feed_parser"]

_AUTHOR = 500
"""Characters of an author; more is no name."""

_ATTRIBUTES = 250
"""Of one element; feeds have under 20."""

_BASE = 500
"""Characters of an address against which others are resolved."""


@cache
def feed_parser() -> Any:
    """feedparser, which is slow to import, and which only feeds need."""
    import feedparser  # type: ignore[import-untyped]
    from feedparser.mixin import _FeedParserMixin  # type: ignore[import-untyped]
    from feedparser.parsers.strict import _StrictFeedParser  # type: ignore[import-untyped]

    look_for_email = _FeedParserMixin._sync_author_detail
    start = _StrictFeedParser.startElementNS
    open_tag = _FeedParserMixin.unknown_starttag

    def bounded_author(self: Any, key: str = "author") -> None:
        # Its pattern is quadratic: an author of 100 KB takes half a minute, one of a MB an hour.
        context = self._get_context()
        if isinstance(author := context.get(key), str):
            context[key] = author[:_AUTHOR]
        look_for_email(self, key)

    def bounded_attributes(self: Any, name: Any, qname: Any, attributes: Any) -> None:
        # Python's SAX looks for each attribute among all: 200 KB of them take half a minute.
        if len(attributes) > _ATTRIBUTES:
            kept = dict(list(attributes.items())[:_ATTRIBUTES])
            names = {key: attributes.getQNameByName(key) for key in kept}
            attributes = type(attributes)(kept, names)
        start(self, name, qname, attributes)

    def bounded_base(self: Any, tag: Any, attributes: Any) -> None:
        # Each xml:base extends that of the element around it: 200 KB of them take 40 s.
        before = self.baseuri
        open_tag(self, tag, attributes)
        if len(self.baseuri or "") > _BASE:
            self.baseuri = self.basestack[-1] = before

    _FeedParserMixin._sync_author_detail = bounded_author
    _StrictFeedParser.startElementNS = bounded_attributes
    _FeedParserMixin.unknown_starttag = bounded_base
    return feedparser
