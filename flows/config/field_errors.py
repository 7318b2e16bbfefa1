"""What is wrong with a field of a configuration file, in terms of the file and not of pydantic."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.common.nearest import did_you_mean

if TYPE_CHECKING:
    from pydantic import BaseModel
    from pydantic_core import ErrorDetails

__all__ = ["field_sentence"]


def field_sentence(error: ErrorDetails, model: type[BaseModel], own: str) -> str | None:
    """A sentence for what is unknown, missing or refused by a validator of ours; None for all else.

    `model` is that of the table which holds the field; `own` is its field that is no field of the file.
    """
    where = ".".join(map(str, error["loc"]))
    field = str((error["loc"] or ("",))[-1])
    match error["type"]:
        case "extra_forbidden":
            known = [name for name in model.model_fields if name != own]
            return f"unknown field '{where}'; {did_you_mean(field, known) or 'known are ' + ', '.join(known)}"
        case "missing":
            return f"{where} is missing: {model.model_fields[field].description}"
        case "value_error":
            return f"{where} {error['ctx']['error']}".strip()
    return None
