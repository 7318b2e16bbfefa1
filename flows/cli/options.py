"""What the parsers of all commands share: their form, the options `--sources` and `--data`, and types of arguments."""

from __future__ import annotations

import argparse
import os
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from flows.store.address import data_folder

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]


def add_command(commands: Commands, name: str, summary: str, examples: str) -> argparse.ArgumentParser:
    """Add a command whose help ends with examples; the caller sets its `run`, from arguments to the exit code."""
    parser = commands.add_parser(
        name,
        help=summary,
        description=summary[0].upper() + summary[1:] + ".",
        epilog="examples:\n" + examples,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_places(parser, default=False)
    parser.set_defaults(command=name)
    return parser


def add_places(parser: argparse.ArgumentParser, *, default: bool) -> None:
    """Add `--sources` and `--data`, which may be given before or after a command.

    Only the root parser sets defaults: those of a command would override what was given before it.
    """
    places = (
        ("--sources", "FILE", Path, "SITO_SOURCES", "sources.toml", "the sources file"),
        ("--data", "DIR", _data, "SITO_DATA", ".", "the folder that holds raw/ and clean/, or s3://BUCKET/FOLDER"),
    )
    for flag, metavar, kind, variable, otherwise, what in places:
        parser.add_argument(
            flag,
            metavar=metavar,
            type=kind,
            default=os.environ.get(variable) or otherwise if default else argparse.SUPPRESS,
            help=f"{what} (default: {variable}, else {otherwise})",
        )


def _data(text: str) -> Path:
    """A folder, or the address of a store, which becomes the folder in which its data is worked on."""
    try:
        return data_folder(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def count(text: str) -> int:
    """A number from 1 to 1024."""
    number = int(text) if text.isascii() and text.isdigit() else 0
    if not 1 <= number <= 1024:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 to 1024")
    return number


def day(text: str) -> date:
    """A date in ISO format."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a day; write it as 2026-01-31") from None


def age(text: str) -> timedelta:
    """A number of days, such as 365d."""
    number = text.removesuffix("d")
    if not (number.isascii() and number.isdigit() and len(number) < 6):
        raise argparse.ArgumentTypeError(f"{text!r} is not an age in days; write it as 365d")
    return timedelta(days=int(number))
