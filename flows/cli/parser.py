"""The parser of the command line: argparse, that says which word may be meant and is safe to quote what was typed."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any, NoReturn

from flows.common.escape import lines
from flows.common.nearest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Parser"]


class Parser(argparse.ArgumentParser):
    """Suggests a command, a choice or an option for one that is nearly right; its errors do not act on a terminal."""

    def error(self, message: str) -> NoReturn:
        """End with exit code 2, the usage and the message."""
        super().error(lines(message))

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> tuple[Any, list[str]]:
        """Parse; arguments that no option takes are an error here, where the options of the command are known."""
        found, others = super().parse_known_args(args, namespace)
        if others:
            self.error(f"unrecognized arguments: {' '.join(others)}{self._meant(others)}")
        return found, others

    def _meant(self, others: Sequence[str]) -> str:
        for other in others:
            word = other.partition("=")[0]
            if word.startswith("-") and (said := did_you_mean(word.replace("_", "-"), self._option_string_actions)):
                return f"; {said}"
        return ""

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        try:
            super()._check_value(action, value)
        except argparse.ArgumentError as error:
            if said := did_you_mean(str(value).lower(), map(str, action.choices or ())):
                raise argparse.ArgumentError(action, f"'{value}' is unknown; {said}") from None
            raise error from None
