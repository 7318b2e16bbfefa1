"""Regular expressions that others write, matched in time linear in the text."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Annotated

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["matcher"]

_PATTERN = 1000  # characters


@lru_cache(maxsize=1024)
def matcher(pattern: str) -> Callable[[str], bool]:
    """A test whether a text contains a match, in time linear in the text; raises ValueError for a wrong pattern.

    The regular expressions are those of Rust's crate `regex`, which comes with pydantic: no back-references and no
    lookaround, so no pattern hangs, whoever wrote it. Their compiled size is limited, too.
    """
    from pydantic import StringConstraints, TypeAdapter  # here: few need it, and it takes a tenth of a second
    from pydantic_core import SchemaError

    if len(pattern) > _PATTERN:
        raise ValueError(f"has {len(pattern):,} characters, {_PATTERN} at most")
    try:
        return TypeAdapter(Annotated[str, StringConstraints(pattern=pattern)]).validator.isinstance_python
    except SchemaError as error:
        reason = [line for line in str(error).splitlines() if line.strip()][-1]
        reason = reason.strip().removeprefix("SchemaError: ").removeprefix("error: ")
        raise ValueError(f"is no pattern that we can use: {reason}") from None
    except UnicodeEncodeError:
        raise ValueError("is no pattern that we can use: it holds half of a surrogate pair") from None
