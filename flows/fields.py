"""The fields of `sources.toml`: what each accepts, and what it says otherwise.

Each validator raises ValueError with the end of a sentence that begins with the field's name.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from cronsim import CronSim, CronSimError
from pydantic import AfterValidator, ValidationInfo

__all__ = [
    "Cron",
    "Language",
    "LocalPath",
    "LocalPathOrAddress",
    "TimeZone",
    "WebAddress",
    "nearest",
    "web_address",
]

_PASSWORD = "holds a user name or password; addresses stand in reports and archives, so leave it out"  # noqa: S105
_UNSAFE = re.compile(r"[\s\x00-\x1f\x7f<>\"\\^`{|}]")


def web_address(url: str) -> str:
    """`url` itself if it is an absolute http or https address; raises ValueError that never repeats a password."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port  # reading the port checks it
    except ValueError:
        raise ValueError("is not a web address: its host or port is wrong") from None
    if parts.username is not None or parts.password is not None:
        raise ValueError(_PASSWORD)
    if parts.scheme.lower() not in ("http", "https") or not host:
        raise ValueError("is not a web address: it must begin with https:// or http:// and name a host")
    if _UNSAFE.search(url):
        raise ValueError("is not a web address: it holds a space or a character that must be percent-encoded")
    return url


def nearest(word: str, known: Iterable[str]) -> str:
    """The question whether the most similar of the known words was meant; empty where none is similar."""
    match = get_close_matches(word, list(known), n=1)
    return f"did you mean '{match[0]}'?" if match else ""


def _local_path(path: Path, info: ValidationInfo) -> Path:
    """Relative paths begin at the folder of the sources file, which validation is given as context."""
    if "\0" in os.fspath(path):
        raise ValueError("is no path: it holds a NUL character")
    folder: Path = (info.context or {}).get("folder", Path())
    try:
        return folder / path.expanduser()
    except RuntimeError:
        raise ValueError(f"'{path}' names a user that is not known here") from None


def _local_path_or_address(path: str, info: ValidationInfo) -> str:
    if "://" not in path:
        return os.fspath(_local_path(Path(path), info))
    if "@" in path.split("://", 1)[1].split("/", 1)[0]:
        raise ValueError(_PASSWORD)
    return path


def _cron(cron: str) -> str:
    if len(cron.split()) != 5:
        raise ValueError(
            f"'{cron}' has {len(cron.split())} of 5 fields: minute hour day month weekday, such as '30 6 * * *'"
        )
    try:
        CronSim(cron, datetime(2026, 1, 1))  # only the syntax is checked
    except CronSimError as error:
        field = str(error).removeprefix("Bad ")
        raise ValueError(f"'{cron}': the {field} is wrong; write five fields such as '30 6 * * *'") from None
    return cron


def _timezone(timezone: str) -> str:
    try:
        ZoneInfo(timezone)
    except (OSError, ValueError, LookupError):
        meant = nearest(timezone, available_timezones()) or "write one such as Europe/Kyiv or UTC"
        raise ValueError(f"'{timezone}' is no time zone; {meant}") from None
    return timezone


def _language(code: str) -> str:
    if not re.fullmatch(r"[a-z]{2}", code) or code == "ua":
        raise ValueError(f"'{code}' is no ISO 639-1 code; write two small letters: 'uk' is Ukrainian, 'en' English")
    return code


Cron = Annotated[str, AfterValidator(_cron)]
Language = Annotated[str, AfterValidator(_language)]
LocalPath = Annotated[Path, AfterValidator(_local_path)]
LocalPathOrAddress = Annotated[str, AfterValidator(_local_path_or_address)]
TimeZone = Annotated[str, AfterValidator(_timezone)]
WebAddress = Annotated[str, AfterValidator(web_address)]
