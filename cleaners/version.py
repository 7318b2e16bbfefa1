"""The version of the cleaners: it changes when the same page could come out differently, and only then.

Comments, docstrings, formatting and what only describes a rule do not count: an edit of those must not make every
stored shard look outdated.
"""

from __future__ import annotations

import hashlib
import tomllib
from functools import cache
from importlib.metadata import version
from pathlib import Path

from cleaners.source_code import code_facts

__all__ = ["LIBRARIES", "cleaners_version"]

LIBRARIES = ("charset-normalizer", "dateparser", "ftfy", "justext", "langdetect", "lxml", "trafilatura")
"""Libraries whose release can change what a page gives. justext is trafilatura's last resort for a body.

Not htmldate and courlan, which trafilatura uses for metadata only, and we read metadata ourselves. Nor Python: what its
releases change for text is the class of letters that Unicode has added, and no page of news is written in those.
"""
DISPLAY = ("explain.py", "rules/reference.py")
"""Modules that only show what others have found."""
PROSE = (".md", ".typed")
"""Endings of files that no cleaner reads."""
EXAMPLES = ("yes", "no")
"""Lists of a phrase rule that are only tests."""


@cache
def cleaners_version() -> str:
    """The project's version, a plus sign and twelve hex digits over code, data and releases of `LIBRARIES`.

    It takes 0.16 to 0.2 s, half of it for parsing the code, so it is computed once in a process.
    """
    from lxml.etree import LIBXML_VERSION  # wheels bring their own; built from source, lxml uses that of the system

    digest = hashlib.sha256()
    here = Path(__file__).parent
    # Not what Python leaves in __pycache__: other processes may write there now, under temporary names too.
    for path in sorted(p for p in here.rglob("*") if p.parent.name != "__pycache__" and p.is_file()):
        name = path.relative_to(here).as_posix()
        if name not in DISPLAY and path.suffix not in PROSE:
            digest.update(name.encode() + b"\0" + _content(path) + b"\0")
    for name in LIBRARIES:
        digest.update(f"{name}={version(name)}\n".encode())
    digest.update(f"libxml2={LIBXML_VERSION}\n".encode())
    return f"{version('sito')}+{digest.hexdigest()[:12]}"


def _content(path: Path) -> bytes:
    """What of a file can change a page."""
    if path.suffix == ".py":
        return code_facts(path.read_bytes()).code
    if path.suffix == ".toml":
        tables = tomllib.loads(path.read_text("utf-8"))
        if path.name == "phrases.toml":
            tables = {name: _without_examples(table) for name, table in tables.items()}
        return repr(tables).encode()
    return path.read_bytes()


def _without_examples(table: dict[str, object]) -> dict[str, object]:
    return {field: value for field, value in table.items() if field not in EXAMPLES}
