"""The version of the cleaners: it changes when the same page could come out differently, and only then.

Comments, docstrings, formatting and what only describes a rule do not count: an edit of those must not make every
stored shard look outdated.
"""

from __future__ import annotations

import ast
import gc
import hashlib
import tomllib
from collections.abc import Callable
from functools import cache
from importlib.metadata import version
from pathlib import Path

__all__ = ["LIBRARIES", "cleaners_version", "code_bytes"]

LIBRARIES = ("charset-normalizer", "dateparser", "ftfy", "justext", "langdetect", "lxml", "trafilatura")
"""Libraries whose release can change what a page gives. justext is trafilatura's last resort for a body.

Not htmldate and courlan, which trafilatura uses for metadata only, and we read metadata ourselves. Nor Python: what its
releases change for text is the class of letters that Unicode has added, and no page of news is written in those.
"""
DISPLAY = ("explain.py", "rules/reference.py")
"""Modules that only show what others have found."""
PROSE = (".md", ".typed")
"""Endings of files that no cleaner reads."""
DESCRIPTIONS = ("summary", "example", "counterexample")
"""Arguments of a `Rule` that only describe it."""
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
    collecting = gc.isenabled()
    gc.disable()  # syntax trees are many small objects: with the collector, parsing takes twice the time
    try:
        # Not what Python leaves in __pycache__: other processes may write there now, under temporary names too.
        for path in sorted(p for p in here.rglob("*") if p.parent.name != "__pycache__" and p.is_file()):
            name = path.relative_to(here).as_posix()
            if name not in DISPLAY and path.suffix not in PROSE:
                digest.update(name.encode() + b"\0" + _content(path) + b"\0")
    finally:
        if collecting:
            gc.enable()
    for name in LIBRARIES:
        digest.update(f"{name}={version(name)}\n".encode())
    digest.update(f"libxml2={LIBXML_VERSION}\n".encode())
    return f"{version('sito')}+{digest.hexdigest()[:12]}"


def code_bytes(tree: ast.AST) -> bytes:
    """What of code can change a page: the same with other comments, docstrings, format and descriptions of rules."""
    parts: list[str] = []
    _write_node(tree, parts.append)
    return "\0".join(parts).encode("utf-8", "surrogatepass")


def _content(path: Path) -> bytes:
    """What of a file can change a page."""
    if path.suffix == ".py":
        return code_bytes(ast.parse(path.read_bytes()))
    if path.suffix == ".toml":
        tables = tomllib.loads(path.read_text("utf-8"))
        if path.name == "phrases.toml":
            tables = {name: _without_examples(table) for name, table in tables.items()}
        return repr(tables).encode()
    return path.read_bytes()


def _without_examples(table: dict[str, object]) -> dict[str, object]:
    return {field: value for field, value in table.items() if field not in EXAMPLES}


def _write_node(node: ast.AST, write: Callable[[str], None]) -> None:
    """Write a syntax tree without positions, docstrings and empty fields.

    Python's own `ast.dump` and `ast.unparse` differ between its minor versions: by fields that were added, by empty
    ones that are left out, by quotes and brackets.
    """
    write(type(node).__name__)
    for field in node._fields:
        value = getattr(node, field, None)
        if isinstance(value, ast.AST):
            if not isinstance(value, ast.expr_context):
                write(field)
                _write_node(value, write)
        elif isinstance(value, list):
            if field == "keywords" and isinstance(node, ast.Call) and _makes_rule(node):
                value = [keyword for keyword in value if keyword.arg not in DESCRIPTIONS]
            if value:
                write(field)
                for item in value:
                    if not isinstance(item, ast.AST):
                        write(repr(item))
                    elif not _is_docstring(item):
                        _write_node(item, write)
                write("]")
        elif value is not None:
            # Not repr for text: which characters it escapes depends on Python's version.
            write(f"'{value}" if isinstance(value, str) else repr(value))
    write(")")


def _makes_rule(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Name) and call.func.id == "Rule"


def _is_docstring(node: ast.AST) -> bool:
    """Whether the node is a text that stands alone as a statement: of a module, class, function or constant."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
