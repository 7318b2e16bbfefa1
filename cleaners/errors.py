"""What a page can fail with: one line of reason each, for a status table."""

from __future__ import annotations

__all__ = ["NotText", "PageError", "PageTooLarge"]


class PageError(ValueError):
    """A page that cannot be read at all; its text is a reason in one line."""


class NotText(PageError):  # noqa: N818 - read as what the page is
    """The payload is an image, an archive, a PDF or other binary data."""


class PageTooLarge(PageError):  # noqa: N818 - read as what the page is
    """The page is larger than any article: reading it would stall a worker."""
