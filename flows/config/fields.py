"""The fields of `sources.toml`: what each accepts, and its message otherwise.

Each validator raises ValueError with the end of a sentence that begins with the field's name.
"""

from __future__ import annotations

import os
import re
from datetime import datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

from cronsim import CronSim, CronSimError
from pydantic import AfterValidator, ValidationInfo

from cleaners.read.patterns import matcher
from flows.common.nearest import did_you_mean
from flows.config.table import Day as Day
from flows.urls.web_address import HOLDS_PASSWORD, web_address

__all__ = [
    "Cron",
    "Day",
    "Language",
    "LocalPath",
    "LocalPathOrAddress",
    "LocalPathOrStandardInput",
    "MediaType",
    "Pattern",
    "TimeZone",
    "WebAddress",
]

_WEB = re.compile(r"(?:^|::)(?:https?|github|ftp)(?:://|::)", re.I)  # fsspec would bypass robots.txt and all limits
_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9.+-]{0,60}/[a-z0-9][a-z0-9.+-]{0,60}")


def _pattern(pattern: str) -> str:
    if not pattern:
        raise ValueError("is empty, and would fit every link; write one such as '/news/[0-9]+'")
    matcher(pattern)
    return pattern


def _local_path(path: Path, info: ValidationInfo) -> Path:
    """Relative paths begin at the folder of the sources file, which validation is given as context."""
    if "\0" in os.fspath(path):
        raise ValueError("is no path: it holds a NUL character")
    folder: Path = (info.context or {}).get("folder", Path())
    try:
        return folder / path.expanduser()
    except RuntimeError:
        raise ValueError(f"'{path}' names a user that is not known here") from None


def _local_path_or_standard_input(path: Path, info: ValidationInfo) -> Path:
    return path if path == Path("-") else _local_path(path, info)


def _local_path_or_address(path: str, info: ValidationInfo) -> str:
    if "://" not in path:
        return os.fspath(_local_path(Path(path), info))
    if _WEB.search(path):
        raise ValueError(
            f"'{path:.80}' lies on the web, and is not read from there; download it first, or give the address of "
            "another store such as s3://"
        )
    if "@" in path.split("://", 1)[1].split("/", 1)[0]:
        raise ValueError(HOLDS_PASSWORD)
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
        meant = did_you_mean(timezone, available_timezones()) or "write one such as Europe/Kyiv or UTC"
        raise ValueError(f"'{timezone}' is no time zone; {meant}") from None
    return timezone


def _language(code: str) -> str:
    if not re.fullmatch(r"[a-z]{2}", code) or code == "ua":
        raise ValueError(f"'{code}' is no ISO 639-1 code; write two small letters: 'uk' is Ukrainian, 'en' English")
    return code


def _media_type(kind: str) -> str:
    if not _MEDIA_TYPE.fullmatch(kind.lower()):
        raise ValueError(f"'{kind:.80}' is no media type; write one such as text/html")
    return kind.lower()


def _host_name(host: str) -> str:
    bare = host.lower().removeprefix("[").removesuffix("]")
    try:
        return str(ip_address(bare))
    except ValueError:
        pass
    if not re.fullmatch(r"[\w-]{1,63}(?:\.[\w-]{1,63}){0,40}", bare):
        raise ValueError(f"'{host}' is no host; write a name or address alone, such as intranet.example or 10.0.0.7")
    try:
        return bare.encode("idna").decode()
    except UnicodeError:
        raise ValueError(f"'{host}' is no host name") from None


Cron = Annotated[str, AfterValidator(_cron)]
HostName = Annotated[str, AfterValidator(_host_name)]
Language = Annotated[str, AfterValidator(_language)]
LocalPath = Annotated[Path, AfterValidator(_local_path)]
LocalPathOrAddress = Annotated[str, AfterValidator(_local_path_or_address)]
LocalPathOrStandardInput = Annotated[Path, AfterValidator(_local_path_or_standard_input)]
MediaType = Annotated[str, AfterValidator(_media_type)]
Pattern = Annotated[str, AfterValidator(_pattern)]
TimeZone = Annotated[str, AfterValidator(_timezone)]
WebAddress = Annotated[str, AfterValidator(web_address)]
