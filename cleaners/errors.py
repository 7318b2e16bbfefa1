"""What a page can fail with: one line of reason each, for a status table."""

from __future__ import annotations

__all__ = ["NotText", "PageError", "PageTooLarge"]


class PageError(ValueError):
    """A page that cannot be read at all; its text is a reason in one line."""


class NotText(PageError):
    """The payload is an image, an archive, a PDF or other binary data."""


class PageTooLarge(PageError):
    """The page is larger than any article: reading it would stall a worker."""
