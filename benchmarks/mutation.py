"""Mutation testing of the code that decides what is fetched, kept or skipped.

    python -m benchmarks.mutation --modules flows.crawl.recrawl_schedule flows.fetch.ssrf [--limit N]

Each mutant changes one comparison, condition or constant of a module and runs the test files of that module alone. The
modules are changed as they are imported, so that no file is touched, and each mutant is a fork of a process that has
the libraries already: some tenths of a second. Results are kept in `--results` by a digest of module and tests: a
second run goes on where the first one stopped.
"""

from __future__ import annotations

import argparse
import ast
import copy
import hashlib
import importlib
import importlib.abc
import importlib.util
import json
import os
import signal
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType

ROOT = Path(__file__).resolve().parent.parent
SECONDS = 60
"""For the tests of one mutant; one that takes longer hangs, and is noticed."""

CRAWL, FETCHER = "tests/flows/crawl/test_capture.py", "tests/flows/fetch/test_fetcher.py"
ARCHIVE, INDEXING = "tests/flows/archive/test_source_archive.py", "tests/flows/archive/test_indexing.py"
CHECK, READER = "tests/flows/pipeline/test_check_source.py", "tests/flows/archive/test_shard_reader.py"
WRITER = "tests/flows/archive/test_shard_writer.py"
TESTS = {
    "flows.archive.captured_index": (ARCHIVE, CRAWL),
    "flows.archive.cdxj": (INDEXING, ARCHIVE),
    "flows.archive.checked": (CHECK,),
    "flows.archive.gzip_members": (WRITER, ARCHIVE),
    "flows.archive.index_seal": (INDEXING, ARCHIVE, CHECK),
    "flows.archive.payload": (READER,),
    "flows.archive.verify": (CHECK,),
    "flows.archive.warc_records": (WRITER, CRAWL, INDEXING),
    "flows.crawl.batches": (CRAWL,),
    "flows.fetch.connections": (FETCHER,),
    "flows.fetch.dns": (FETCHER,),
    "flows.fetch.host_stores": ("tests/flows/fetch/test_politeness.py",),
    "flows.fetch.redirects": (FETCHER,),
    "flows.fetch.request": (FETCHER, CRAWL),
    "flows.urls.canonical": ("tests/flows/urls/test_page_address.py",),
}
"""Test files of modules that have none of their own name."""

LIBRARIES = ("pytest", "hypothesis", "httpx2", "httpcore2", "sqlalchemy", "lxml.html", "fastwarc", "warcio", "tld")
NEGATED = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
    ast.Lt: ast.GtE, ast.GtE: ast.Lt, ast.Gt: ast.LtE, ast.LtE: ast.Gt,
}  # fmt: skip
BOUNDARY = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt}


class Mutant(NamedTuple):
    """One change: the tree with it, and what it is."""

    tree: ast.Module
    what: str


def mutants(source: str) -> Iterator[Mutant]:
    """Every change of one place in a module, in the order of the tree."""
    tree = ast.parse(source)
    count = sum(1 for _ in ast.walk(tree))
    for place in range(count):
        node = _at(tree, place)
        for n in range(len(list(_changes(node)))):
            changed = copy.deepcopy(tree)
            target = _at(changed, place)
            what, apply = list(_changes(target))[n]
            apply()
            yield Mutant(ast.fix_missing_locations(changed), f"line {getattr(node, 'lineno', 0)}: {what}")


def _at(tree: ast.AST, place: int) -> ast.AST:
    return next(node for n, node in enumerate(ast.walk(tree)) if n == place)


def _changes(node: Any) -> Iterator[tuple[str, Callable[[], object]]]:
    text = ast.unparse(node)[:80] if isinstance(node, ast.expr) else ""
    if isinstance(node, ast.Compare):
        for n, op in enumerate(node.ops):
            for table in (NEGATED, BOUNDARY):
                if type(op) in table:
                    new = table[type(op)]()
                    yield f"{text}: {type(new).__name__}", lambda n=n, new=new: node.ops.__setitem__(n, new)
    elif isinstance(node, ast.BoolOp):
        for n in range(len(node.values)):
            yield f"{text}: without part {n + 1}", lambda n=n: node.values.pop(n)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield f"{text}: without not", lambda: setattr(node, "op", ast.UAdd()) or setattr(node, "operand", _truth(node))
    elif isinstance(node, ast.IfExp):
        yield f"{text}: the other way", lambda: setattr(node, "test", _negated(node.test))
    elif isinstance(node, ast.If | ast.While) and not isinstance(node.test, ast.Compare | ast.BoolOp | ast.UnaryOp):
        if ast.unparse(node.test) != "TYPE_CHECKING":
            yield f"if {ast.unparse(node.test)}: negated", lambda: setattr(node, "test", _negated(node.test))
    elif isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield f"{text}: {not node.value}", lambda: setattr(node, "value", not node.value)
    elif isinstance(node, ast.Constant) and isinstance(node.value, int):
        yield f"{text}: + 1", lambda: setattr(node, "value", node.value + 1)


def _negated(test: ast.expr) -> ast.expr:
    return ast.UnaryOp(ast.Not(), test)


def _truth(node: ast.UnaryOp) -> ast.expr:
    return ast.Call(ast.Name("bool", ast.Load()), [node.operand], [])


class _Loader(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports one module from a changed tree."""

    def __init__(self, module: str, tree: ast.Module) -> None:
        self.module, self.tree = module, tree

    def find_spec(self, name: str, path: object, target: object = None) -> ModuleSpec | None:
        """The module, if it is the changed one."""
        return importlib.util.spec_from_loader(name, self) if name == self.module else None

    def exec_module(self, module: ModuleType) -> None:
        """Run the changed tree."""
        module.__file__ = str(_file(self.module))
        exec(compile(self.tree, module.__file__, "exec"), module.__dict__)


def _file(module: str) -> Path:
    return (ROOT / module.replace(".", "/")).with_suffix(".py")


def tests_of(module: str) -> list[str]:
    """The test files of a module: those of `TESTS`, or the one of its name."""
    _, room, name = module.split(".")
    files = TESTS.get(module, (f"tests/flows/{room}/test_{name}.py",))
    return [file for file in files if (ROOT / file).exists()]


def survives(module: str, tree: ast.Module | None, tests: Sequence[str]) -> bool:
    """Whether the tests pass with the changed module; None: with the module as it is."""
    child = os.fork()
    if not child:
        _run_tests(module, tree, tests)
    ends = time.monotonic() + SECONDS
    while time.monotonic() < ends:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status) == 0
        time.sleep(0.02)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return False


def _run_tests(module: str, tree: ast.Module | None, tests: Sequence[str]) -> None:
    import pytest

    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    os.dup2(nothing, 2)
    if tree is not None:
        sys.meta_path.insert(0, _Loader(module, tree))
    code = 1
    try:
        code = int(pytest.main(["-q", "-x", "-n", "0", "-p", "no:cacheprovider", *tests]))
    finally:
        os._exit(code)


def main() -> None:
    """Test the mutants that have no result yet; print the score of each module and what survived."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--modules", nargs="+", required=True)
    parser.add_argument("--limit", type=int, default=10_000, help="mutants in this run")
    parser.add_argument("--results", type=Path, default=Path(tempfile.gettempdir()) / "sito-mutation.jsonl")
    given = parser.parse_args()
    os.chdir(ROOT)
    for library in LIBRARIES:
        importlib.import_module(library)
    given.results.parent.mkdir(parents=True, exist_ok=True)
    lines = given.results.read_text("utf-8").splitlines() if given.results.exists() else []
    known = {(row["key"], row["what"]): row["survives"] for row in map(json.loads, lines)}
    left = given.limit
    for module in given.modules:
        source, tests = _file(module).read_text("utf-8"), tests_of(module)
        texts = [source, *(Path(file).read_text("utf-8") for file in tests)]
        key = hashlib.blake2b("\0".join(texts).encode(), digest_size=8).hexdigest()
        if not tests or not survives(module, None, tests):
            print(f"{module}: its tests {tests} fail, or there are none")
            continue
        score: Counter[bool] = Counter()
        for mutant in mutants(source):
            known_as = (key, mutant.what)
            if known_as not in known:
                if left <= 0:
                    continue
                left -= 1
                known[known_as] = survives(module, mutant.tree, tests)
                with given.results.open("a", encoding="utf-8") as file:
                    row = {"key": key, "module": module, "what": mutant.what, "survives": known[known_as]}
                    file.write(json.dumps(row, ensure_ascii=False) + "\n")
            score[known[known_as]] += 1
            if known[known_as]:
                print(f"  survives: {mutant.what}", flush=True)
        print(f"{module}: {score[False]} of {score.total()} killed", flush=True)


if __name__ == "__main__":
    main()
