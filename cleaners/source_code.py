"""What the source of the cleaners says of itself, by its syntax: what can change a page, and what a module needs."""

from __future__ import annotations

import ast
import gc
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

__all__ = ["VOCABULARY", "CodeFacts", "code_facts"]

VOCABULARY = "cleaners.vocabulary"
READERS = ("alternatives", "by_language", "markup", "markup_alternatives", "words")
"""Functions of the vocabulary that a list is asked of by its name."""
DESCRIPTIONS = ("summary", "example", "counterexample")
"""Arguments of a `Rule` that only describe it."""


@dataclass(frozen=True, slots=True)
class CodeFacts:
    """What the source of a module of the cleaners says.

    `code` is a digest of what can change a page: the same with other comments, docstrings, format and descriptions of
    rules. `reaches_out`: it reads or imports what its imports do not name. `lists` are those of the vocabulary that it
    asks for: a name and True or, where the name is put together, its beginning and False; None: it may ask for any.
    """

    code: bytes
    imports: frozenset[str]
    reaches_out: bool
    lists: frozenset[tuple[str, bool]] | None


@cache
def code_facts(source: bytes) -> CodeFacts:
    """Kept by the source, as parsing is most of the work. Raises SyntaxError."""
    collecting = gc.isenabled()
    gc.disable()  # syntax trees are many small objects: with the collector, parsing takes twice the time
    try:
        return _facts_of(ast.parse(source))
    finally:
        if collecting:
            gc.enable()


def _facts_of(tree: ast.Module) -> CodeFacts:
    parts: list[str] = []
    nodes: list[ast.AST] = []
    _write_node(tree, parts.append, nodes.append)
    for_types = {id(node) for part in tree.body if _is_for_types(part) for node in ast.walk(part)}
    run = [node for node in nodes if id(node) not in for_types]
    imports: set[str] = set()
    for node in run:
        if isinstance(node, ast.ImportFrom) and node.module:
            imports |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Import):
            imports |= {alias.name for alias in node.names}
    code = hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).digest()
    return CodeFacts(code, frozenset(imports), any(map(_reaches_out, run)), _lists_named(run))


def _is_for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def _reaches_out(node: ast.AST) -> bool:
    """Whether code takes in more than its imports say: a file, a module by its name. Judging has no need to."""
    names: list[str] = []
    if isinstance(node, ast.ImportFrom):
        names = [node.module or ""]
    elif isinstance(node, ast.Import):
        names = [alias.name for alias in node.names]
    elif isinstance(node, ast.Name):
        return node.id in ("open", "__import__", "eval", "exec")
    return any(name.partition(".")[0] in ("importlib", "io", "os", "pathlib", "pkgutil") for name in names)


def _lists_named(nodes: Sequence[ast.AST]) -> frozenset[tuple[str, bool]] | None:
    """The lists of words that a module asks for by name, see `CodeFacts`."""
    imported = {
        alias.name if not alias.asname and alias.name in READERS else ""
        for node in nodes
        if isinstance(node, ast.ImportFrom) and node.module == VOCABULARY
        for alias in node.names
    }
    found: set[tuple[str, bool]] = set()
    calls, uses = 0, int("" in imported)
    for node in nodes:
        if isinstance(node, ast.Import):
            uses += any(alias.name == VOCABULARY for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            uses += node.module == "cleaners" and any(alias.name == "vocabulary" for alias in node.names)
        elif isinstance(node, ast.Name):
            uses += node.id in imported
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in imported:
            calls += not node.keywords
            found |= {_named(argument) for argument in node.args}
    return frozenset(found) if calls == uses else None


def _named(argument: ast.expr) -> tuple[str, bool]:
    """How the name of a list is written: its beginning, and whether that is all of it."""
    begins, whole = "", False
    if isinstance(argument, ast.JoinedStr) and argument.values:
        argument = argument.values[0]
    else:
        whole = isinstance(argument, ast.Constant)
    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
        begins = argument.value
    return begins, whole


def _write_node(node: ast.AST, write: Callable[[str], None], meet: Callable[[ast.AST], None]) -> None:
    """Write a syntax tree without positions, docstrings, empty fields and descriptions of rules.

    Meet the nodes that say what the code needs: imports, names and calls.

    Python's own `ast.dump` and `ast.unparse` differ between its minor versions: by fields that were added, by empty
    ones that are left out, by quotes and brackets.
    """
    write(type(node).__name__)
    if isinstance(node, (ast.Import, ast.ImportFrom, ast.Name, ast.Call)):
        meet(node)
    for field in node._fields:
        value = getattr(node, field, None)
        if isinstance(value, ast.AST):
            if not isinstance(value, ast.expr_context):
                write(field)
                _write_node(value, write, meet)
        elif isinstance(value, list):
            if field == "keywords" and isinstance(node, ast.Call) and _makes_rule(node):
                value = [keyword for keyword in value if keyword.arg not in DESCRIPTIONS]
            if value:
                write(field)
                for item in value:
                    if not isinstance(item, ast.AST):
                        write(repr(item))
                    elif not _is_docstring(item):
                        _write_node(item, write, meet)
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
