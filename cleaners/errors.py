"""The errors of a page; their text is one line, for a status table."""

from __future__ import annotations

__all__ = ["NotText", "PageError", "PageTooLarge"]


class PageError(ValueError):
    """A page that cannot be read at all; the text is the reason in one line."""


class NotText(PageError):  # noqa: N818 - read as what the page is
    """The payload is an image, an archive, a PDF or other binary data."""


class PageTooLarge(PageError):  # noqa: N818 - read as what the page is
    """The page is larger than any article: reading it would stall a worker."""
