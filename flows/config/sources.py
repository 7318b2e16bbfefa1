"""`sources.toml`: where pages come from.

Every table `[sources.NAME]` is one source, of one of the types in `flows.config.kinds`; errors in the file are reported
in a sentence that names the source, the field and the fix.
"""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ValidationError

from flows.common.errors import SitoError
from flows.common.nearest import did_you_mean
from flows.common.source_names import is_source
from flows.config.field_errors import field_sentence
from flows.config.kinds import KINDS, Schedule

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pydantic_core import ErrorDetails

    from flows.config.kinds import Source

__all__ = ["find_source", "load_sources"]


def load_sources(path: Path) -> dict[str, Source]:
    """The sources of a file by name, in its order; relative paths in it are relative to its folder.

    Raises SitoError naming the file, the source, the field and the fix; all errors at once, one per line.
    """
    tables = _read(path)
    sources: dict[str, Source] = {}
    problems: list[str] = []
    for name, table in tables.items():
        try:
            sources[name] = _source(name, table, path.absolute().parent)
        except ValidationError as error:
            known = KINDS[table["kind"]]
            problems += [f"[sources.{name}] {_sentence(details, known)}" for details in error.errors()]
        except ValueError as error:
            problems.append(f"[sources.{name}] {error}")
    told_apart: dict[str, str] = {}
    for name in sources:
        other = told_apart.setdefault(name.replace("_", "-"), name)
        if other != name:  # the keys of artifacts have no underscores
            problems.append(f"[sources.{name}] differs from [sources.{other}] only in - and _; rename one of them")
    if problems:
        raise SitoError("\n".join(f"{path}: {problem}" for problem in problems))
    return sources


def find_source(sources: Mapping[str, Source], name: str) -> Source:
    """The source of that name; raises SitoError with the nearest name and all known ones."""
    if name in sources:
        return sources[name]
    meant = did_you_mean(name, sources)
    raise SitoError(f"there is no source '{name}'; {meant + ' ' if meant else ''}known: {', '.join(sources)}")


def _read(path: Path) -> dict[str, Any]:
    try:
        data = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except FileNotFoundError:
        raise SitoError(f"{path} does not exist; write it, or name another with --sources FILE") from None
    except OSError as error:
        raise SitoError(f"{path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise SitoError(f"{path} is not UTF-8 at byte {error.start}; save it as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise SitoError(f"{path} is not TOML: {error}") from None
    except RecursionError:
        raise SitoError(f"{path} is nested too deeply") from None
    for key in data:
        if key != "sources":
            meant = did_you_mean(key, ["sources"]) or "every source is a table [sources.NAME]"
            raise SitoError(f"{path}: unknown table '{key}'; {meant}")
    tables = data.get("sources", {})
    if not isinstance(tables, dict) or not tables:
        raise SitoError(f"{path} names no source; add a table [sources.NAME] with kind and location")
    return tables


def _source(name: str, table: object, folder: Path) -> Source:
    if not is_source(name):
        raise ValueError("a name is made of small letters a-z, digits, - and _, and begins with a letter or digit")
    if not isinstance(table, dict):
        raise ValueError("is no table; write [sources.NAME] and the fields below it")
    kind = table.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        known = "one of " + ", ".join(KINDS)
        if kind is None:
            raise ValueError(f"kind is missing; write {known}")
        raise ValueError(f"kind '{kind}' is unknown; {_kind_meant(kind, table) or known}")
    if "name" in table:
        raise ValueError("unknown field 'name'; the name stands in the table's heading")
    return KINDS[kind].model_validate(table | {"name": name}, context={"folder": folder})


def _kind_meant(word: object, table: Mapping[str, Any]) -> str:
    """A question with the kind that may be meant by another name for it, or by one that is nearly right."""
    plain = re.sub("[^a-z]", "", str(word).lower())  # "RSS 2.0", "site_map"
    if "path" in table and plain in KINDS["page"].other_names:  # HTML, but files
        return did_you_mean("folder", KINDS)
    names = {other: name for name, kind in KINDS.items() for other in (name, *kind.other_names)}
    return did_you_mean(names.get(plain, plain), KINDS)


def _sentence(error: ErrorDetails, model: type[BaseModel]) -> str:
    """Pydantic's error in terms of the file."""
    for table in error["loc"][:-1]:
        model = _inner(model, str(table))
    if said := field_sentence(error, model, "name"):
        return said
    message = error["msg"].replace("Input", "input").replace("tuple", "list")
    found = "" if "@" in repr(error["input"]) else f", not {error['input']!r:.80}"  # never a password
    return f"{'.'.join(map(str, error['loc']))}: {message}{found}"


def _inner(model: type[BaseModel], field: str) -> type[BaseModel]:
    inner = {"schedule": Schedule, "limits": model.model_fields.get("limits")}.get(field)
    if inner is None:
        return model
    return inner if isinstance(inner, type) else type(inner.default)
