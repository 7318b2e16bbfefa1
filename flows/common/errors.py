"""Errors that a user can act on, and reasons of pages that fail."""

from flows.common.escape import one_line


class SitoError(Exception):
    """Wrong use or configuration. Its message names the file, the field and what to do, and is all that a user sees."""


def page_reason(error: Exception) -> str:
    """Why a page failed, in one line for a table: the reason itself, or for what nobody foresaw its kind and words."""
    from cleaners.errors import PageError  # here, as it brings all of the cleaners, and most commands need none

    said = one_line(str(error), 200)  # it may quote the page
    if isinstance(error, PageError):
        return said
    return f"{type(error).__name__}: {said}" if said else type(error).__name__
