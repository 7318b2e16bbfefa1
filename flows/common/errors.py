"""Errors that a user can act on, and reasons of pages that fail."""

from flows.common.escape import one_line


class SitoError(Exception):
    """Wrong use or configuration. Its message names the file, the field and what to do, and is all that a user sees."""


def page_reason(error: Exception) -> str:
    """Why a page failed, on one line: the reason itself, or the type and message of an unexpected error."""
    from cleaners.errors import PageError  # here, as most commands need no cleaners

    said = one_line(str(error), 200)  # it may quote the page
    if isinstance(error, PageError):
        return said
    return f"{type(error).__name__}: {said}" if said else type(error).__name__
