"""Where the data is and with what runs work: passed to a run, or read from the environment."""

from __future__ import annotations

import re
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from flows.common.allowance import cleaning_processes
from flows.common.errors import SitoError
from flows.common.look_port import LOOK_PORT
from flows.store.address import data_folder

if TYPE_CHECKING:
    from collections.abc import Iterator


def default_state(data: Path) -> str:
    """The address of the state where no other is set: a SQLite file beside raw/ and clean/."""
    return f"sqlite:///{data.absolute()}/state.sqlite"


def _count(value: object) -> object:
    text = str(value)
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 1024):
        raise ValueError("write a number of processes from 1 to 1024, or leave it out for all that fit")
    return int(text)


def _seconds(value: object) -> object:
    try:
        seconds = float(str(value))
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= 86_400:
        raise ValueError("write a number of seconds, more than 0 and at most 86400")
    return seconds


def _look(value: object) -> object:
    text = str(value).rstrip("/")
    if text == "none":
        return None
    if not re.fullmatch(r"https?://[\w.:\[\]-]+(/[\w./-]*)?", text, re.ASCII):
        raise ValueError("write an address such as http://127.0.0.1:4201, or none")
    return text


def _targets(value: object) -> object:
    if isinstance(value, tuple):
        return value
    for target in (found := str(value).split()):
        if not re.match(r"[a-z][a-z0-9+.-]*://\S", target):
            raise ValueError(
                "write addresses such as https://hooks.example/x, mailtos://user:password@host, tgram://..."
            )
    return tuple(found)


Seconds = Annotated[float, BeforeValidator(_seconds)]
AbsolutePath = Annotated[Path, AfterValidator(Path.absolute)]
DataFolder = Annotated[Path, BeforeValidator(data_folder), AfterValidator(Path.absolute)]


class Settings(BaseSettings):
    """Where things are, and how runs work.

    `data` holds raw/, clean/ and runs/: a folder, or that in which the store at an address is worked on. `workers` is
    the number of cleaning processes.

    Left out, it is that of the processors, or less where memory is short; see `flows.common.allowance`.
    `page_seconds` is how long one page may take to be cleaned, `listing_seconds` how long a feed, a sitemap or a page
    of links may take to be parsed; then it fails.
    `runner` names a Prefect task runner as `module:name`; None is the one of sito. `state` is the address of the
    database for `State.open`, and may hold a password. `ui_names` are the names, between commas, under which our
    Prefect server may be asked for beside those of the loopback interface. `look` is the address to which reports link
    for the pages of `sito look`; None (SITO_LOOK=none): they do not. `alarms` are the
    addresses, with blanks between them, to which `sito serve` has alarms sent. Read them with `load_settings`.
    """

    model_config = SettingsConfigDict(env_prefix="SITO_", env_ignore_empty=True, frozen=True, validate_default=True)

    data: DataFolder = Path()
    sources: AbsolutePath = Path("sources.toml")
    workers: Annotated[int, BeforeValidator(_count)] = Field(default_factory=cleaning_processes)
    page_seconds: Seconds = 120
    listing_seconds: Seconds = 60
    runner: str | None = None
    ui_names: str = ""
    look: Annotated[str | None, BeforeValidator(_look)] = f"http://127.0.0.1:{LOOK_PORT}"
    alarms: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_targets)] = Field((), repr=False)
    state: str = Field(default_factory=lambda found: default_state(found["data"]), repr=False)


def load_settings(**given: Any) -> Settings:
    """The settings: what is `given`, else the variables SITO_DATA, SITO_SOURCES, SITO_WORKERS and so on.

    Raises SitoError, which names the variable that is wrong.
    """
    try:
        return Settings(**given)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        reason = first.get("ctx", {}).get("error", first["msg"])
        name = str(first["loc"][0])
        shown = "" if name == "data" else f"={first['input']}"  # an address may hold a password
        raise SitoError(f"SITO_{name.upper()}{shown}: {reason}") from None


_CURRENT: ContextVar[Settings | None] = ContextVar("settings", default=None)


@contextmanager
def use_settings(settings: Settings) -> Iterator[None]:
    """Have the runs that are started in this block, in this process, use these settings."""
    token = _CURRENT.set(settings)
    try:
        yield
    finally:
        _CURRENT.reset(token)


def current_settings() -> Settings:
    """The settings of `use_settings`, else those of the environment as it is now."""
    return _CURRENT.get() or load_settings()
