"""Errors that a user can act on."""


class SitoError(Exception):
    """Wrong use or configuration. The message names the file, the field and what to do; it is shown without traceback."""
