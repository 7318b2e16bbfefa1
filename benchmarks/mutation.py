"""Mutation testing of the code that fetches, finds, chooses and archives pages.

    python -m benchmarks.mutation [--rooms fetch archive crawl discover] [--every N] [--results FILE]

Each mutant changes one comparison, condition or constant of a module. What the tests see of it is found out once, by
tracing which lines each test runs; a mutant meets only the tests that run its line, those of its module first. No file
is touched: pytest collects once, and each mutant is a fork in which the code of the changed functions is exchanged.
What runs only at import (constants, defaults) is imported changed, in a fork of its own, with the tests of its module.
So a mutant takes some tenths of a second. mutmut and cosmic-ray start pytest anew for each, which takes 2 s here before
the first test.

A busy machine must not kill a mutant: the test that failed must pass at once without the change, and a test that did
not end must end without the change in a fifth of the time that it had. A mutant of which that is not so is left out of
the score, and tried again in the next run.

Results are kept in `--results`: a second run goes on where the first one stopped, and tries what survived again only
if its tests have changed.
"""

from __future__ import annotations

import argparse
import ast
import copy
import gc
import hashlib
import importlib
import importlib.abc
import importlib.util
import json
import os
import signal
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from importlib.machinery import ModuleSpec

ROOT = Path(__file__).resolve().parent.parent
SECONDS, SLOW, BUDGET = 120, 3.0, 8.0
"""A mutant whose tests take longer may hang. Seconds of CPU of tests that are left out as too slow, and of all tests
that a mutant meets; both with tracing, which doubles them."""
PASSED, FAILED, LATE = 0, 1, 124

CULPRIT = Path(tempfile.gettempdir()) / f"sito-mutation-{os.getpid()}"
ROOMS = ("fetch", "archive", "crawl", "discover")
TESTS = [*(f"tests/flows/{room}" for room in ROOMS), "tests/flows/pipeline/test_check_source.py"]
LIBRARIES = ("pytest", "hypothesis", "httpx2", "httpcore2", "sqlalchemy", "lxml.html", "fastwarc", "warcio", "tld")
NEGATED = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
    ast.Lt: ast.GtE, ast.GtE: ast.Lt, ast.Gt: ast.LtE, ast.LtE: ast.Gt,
}  # fmt: skip
BOUNDARY = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt}


class Mutant(NamedTuple):
    """One change: the tree with it, the line, and what it is."""

    tree: ast.Module
    line: int
    what: str


class Seen(NamedTuple):
    """A test: its seconds, and the lines it runs, by file."""

    seconds: float
    lines: dict[str, set[int]]


def mutants(source: str) -> Iterator[Mutant]:
    """Every change of one place in a module, in the order of the tree."""
    tree = ast.parse(source)
    for place, node in enumerate(ast.walk(tree)):
        for n in range(len(list(_changes(node)))):
            changed = copy.deepcopy(tree)
            target = next(found for at, found in enumerate(ast.walk(changed)) if at == place)
            what, apply = list(_changes(target))[n]
            apply()
            line = getattr(node, "lineno", 0)
            yield Mutant(
                ast.fix_missing_locations(changed), line, f"line {line}:{getattr(node, 'col_offset', 0)}: {what}"
            )


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


def at_import(source: str, line: int) -> bool:
    """Whether a line of a module runs when it is imported, and not in a function."""
    inside = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return not any(node.body[0].lineno <= line <= (node.end_lineno or 0) for node in inside)


class _Loader(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports one module from a changed tree."""

    def __init__(self, file: Path, tree: ast.Module) -> None:
        self.module, self.file, self.tree = _module(file), file, tree

    def find_spec(self, name: str, path: object, target: object = None) -> ModuleSpec | None:
        """The module, if it is the changed one."""
        package = self.file.name == "__init__.py"
        return importlib.util.spec_from_loader(name, self, is_package=package) if name == self.module else None

    def exec_module(self, module: ModuleType) -> None:
        """Run the changed tree."""
        module.__file__ = str(self.file)
        if self.file.name == "__init__.py":
            module.__path__ = [str(self.file.parent)]
        exec(compile(self.tree, module.__file__, "exec"), module.__dict__)


def _module(file: Path) -> str:
    return ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def exchange(file: Path, tree: ast.Module) -> None:
    """Give every function of a module that was imported the code that a changed tree has for it."""
    new = {(code.co_qualname, code.co_firstlineno): code for code in _codes(compile(tree, str(file), "exec"))}
    gc.unfreeze()  # else it would not tell of what the tests have frozen
    for function in gc.get_objects():
        if isinstance(function, FunctionType) and function.__code__.co_filename == str(file):
            code = function.__code__
            function.__code__ = new[code.co_qualname, code.co_firstlineno]


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for const in code.co_consts:
        if isinstance(const, CodeType):
            yield from _codes(const)


def in_fork(run: Callable[[], int], seconds: float = SECONDS) -> int:
    """The exit code of a function in a fork that prints nothing; FAILED if it dies, LATE if it takes too long."""
    child = os.fork()
    if not child:
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, 1)
        os.dup2(nothing, 2)
        code = 1
        try:
            code = run()
        finally:
            os._exit(code)
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status) if os.WIFEXITED(status) else FAILED
        time.sleep(0.005)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return LATE


def is_killed(
    names: Sequence[str], changed: Callable[[list[str]], int], plain: Callable[[list[str]], int]
) -> bool | None:
    """Whether these tests notice a change; None: they do not pass without it either, here and now.

    `changed` and `plain` run tests with and without it, and give what `in_fork` gives; the name of the last test stands
    in the file CULPRIT, where there is one.
    """
    CULPRIT.unlink(missing_ok=True)
    code = in_fork(lambda: changed(list(names)))
    if code == PASSED:
        return False
    culprit = [CULPRIT.read_text("utf-8")] if CULPRIT.exists() else list(names)
    seconds = SECONDS / 5 if code == LATE else SECONDS
    return True if in_fork(lambda: plain(culprit), seconds) == PASSED else None


class _Here:
    """Parses listings in this process, where a changed function is seen, and not in a child of it."""

    alive = False

    def ask(self, request: Any, *, whole: float) -> Iterator[object]:
        from flows.discover import parsing

        said: list[object] = []
        parsing.answer(request, lambda one: said.append(list(one) if isinstance(one, list) else one))
        yield from said


class Tests:
    """The collected tests, and what runs inside pytest once they are."""

    def __init__(self, then: Callable[[Tests], None]) -> None:
        """`then` takes the place of running the tests."""
        self.then, self.items, self.failed = then, {}, False  # type: ignore[var-annotated]

    def pytest_runtestloop(self, session: Any) -> bool:
        """Run what was given in place of the tests."""
        self.items = {item.nodeid: item for item in session.items}
        self.take = importlib.import_module("flows.discover.parsing")._take
        self.then(self)
        return True

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Note a failure."""
        self.failed |= report.failed

    def run(self, names: Sequence[str]) -> bool:
        """Whether these tests pass; stops at the first that does not."""
        from flows.discover import parsing

        found = [self.items[name] for name in names]
        for item, following in zip(found, [*found[1:], None], strict=True):
            parsing._take = _Here if "test_parsing" not in item.nodeid else self.take
            CULPRIT.write_text(item.nodeid, "utf-8")
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if self.failed:
                return False
        return True

    def traced(self, files: set[str]) -> dict[str, Seen]:
        """Which lines of these files each test runs; without tests that fail or are slow."""
        seen: dict[str, Seen] = {}
        lines: dict[str, set[int]] = defaultdict(set)

        def trace(frame: Any, event: str, argument: object) -> Any:
            name = frame.f_code.co_filename
            if name not in files:
                return None
            lines[name].add(frame.f_lineno)
            return trace

        for name in self.items:
            lines.clear()
            began, self.failed = time.process_time(), False
            threading.settrace(trace)
            sys.settrace(trace)
            passed = self.run([name])
            sys.settrace(None)
            threading.settrace(None)  # type: ignore[arg-type]
            seconds = time.process_time() - began
            if passed and seconds < SLOW and lines:
                seen[name] = Seen(seconds, {file: set(found) for file, found in lines.items()})
        return seen


def pytest_with(then: Callable[[Tests], None], *arguments: str) -> int:
    """Collect the tests and do something with them."""
    import pytest

    base = Path(tempfile.gettempdir()) / "sito-mutants"
    always = ("-q", "-x", "-n", "0", "-p", "no:cacheprovider", f"--basetemp={base}")
    return int(pytest.main([*always, *(arguments or TESTS)], plugins=[Tests(then)]))


class Run:
    """All mutants of some files, what is known of them, and what the tests see."""

    def __init__(self, files: list[Path], results: Path, every: int) -> None:
        self.files, self.results, self.every = files, results, every
        lines = results.read_text("utf-8").splitlines() if results.exists() else []
        self.known = {(row["source"], row["what"]): row for row in map(json.loads, lines)}
        self.seen: dict[str, Seen] = {}

    def trace(self, tests: Tests) -> None:
        """Fill `seen`; in a fork, as tests leave things behind."""
        kept = self.results.with_suffix(".seen.json")

        def write() -> int:
            found = tests.traced({str(file) for file in self.files})
            plain = {
                name: [one.seconds, {file: sorted(at) for file, at in one.lines.items()}] for name, one in found.items()
            }
            kept.write_text(json.dumps(plain))
            return 0

        if in_fork(write, 3_600):
            raise RuntimeError("the tests cannot be traced")
        self.read_seen()

    def read_seen(self) -> None:
        """Fill `seen` from what was traced."""
        kept = self.results.with_suffix(".seen.json")
        self.seen = {
            name: Seen(seconds, {file: set(at) for file, at in lines.items()})
            for name, (seconds, lines) in json.loads(kept.read_text()).items()
        }

    def tests_of(self, file: Path, line: int | None) -> list[str]:
        """The tests that run a line of a file, or any: those of its own name first, and fast ones first."""
        found = [
            (f"test_{file.stem}." not in name, f"/{file.parent.name}/" not in name, one.seconds, name)
            for name, one in self.seen.items()
            if (at := one.lines.get(str(file))) and (line is None or line in at)
        ]
        left, names = BUDGET, []
        for *_, seconds, name in sorted(found):
            left -= seconds
            if left > 0:
                names.append(name)
        return names

    def inside(self, tests: Tests) -> None:
        """Try the mutants of functions."""
        for file in self.files:
            importlib.import_module(_module(file))  # what is imported later would be as it is in the file
        self.trace(tests)
        for file in self.files:
            self.try_all(
                file,
                False,
                lambda tree, names, file=file: _exchanged(tests, file, tree, names),
                lambda names: PASSED if tests.run(names) else FAILED,
            )

    def try_all(
        self,
        file: Path,
        imported: bool,
        changed: Callable[[ast.Module, list[str]], int],
        plain: Callable[[list[str]], int],
    ) -> None:
        """Try those mutants of a file that have no result yet."""
        source = file.read_text("utf-8")
        key = hashlib.blake2b(source.encode(), digest_size=8).hexdigest()
        for mutant in list(mutants(source))[:: self.every]:
            if at_import(source, mutant.line) != imported:
                continue
            names = self.tests_of(file, None if imported else mutant.line)
            texts = [Path(test).read_text("utf-8") for test in sorted({name.partition("::")[0] for name in names})]
            digest = hashlib.blake2b("".join(texts).encode(), digest_size=8).hexdigest()
            known = self.known.get((key, mutant.what))
            if known and (not known["survives"] or known["tests"] == digest):
                continue
            killed = False
            if names:
                tried = is_killed(names, lambda names, tree=mutant.tree: changed(tree, names), plain)
                if tried is None:
                    continue
                killed = tried
            survives = not killed
            row = {"source": key, "module": _module(file), "what": mutant.what, "survives": survives, "tests": digest}
            row["met"] = len(names)
            self.known[key, mutant.what] = row
            with self.results.open("a", encoding="utf-8") as out:
                out.write(json.dumps(row, ensure_ascii=False) + "\n")


def _exchanged(tests: Tests, file: Path, tree: ast.Module, names: Sequence[str]) -> int:
    exchange(file, tree)
    return PASSED if tests.run(names) else FAILED


def _imported(file: Path, tree: ast.Module, names: Sequence[str]) -> int:
    sys.meta_path.insert(0, _Loader(file, tree))
    return _anew(names)


def _anew(names: Sequence[str]) -> int:
    """Collect tests again, and run them."""
    passed = False

    def then(tests: Tests) -> None:
        nonlocal passed
        passed = tests.run([name for name in names if name in tests.items])

    pytest_with(then, *sorted({name.partition("::")[0] for name in names}))
    return PASSED if passed else FAILED


def main() -> None:
    """Try the mutants that have no result yet; print the score of each module and what survived."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rooms", nargs="+", default=ROOMS, choices=ROOMS)
    parser.add_argument("--every", type=int, default=1, help="each n-th mutant only")
    parser.add_argument("--results", type=Path, default=Path(tempfile.gettempdir()) / "sito-mutation.jsonl")
    given = parser.parse_args()
    os.chdir(ROOT)
    for library in LIBRARIES:
        importlib.import_module(library)
    files = [file for room in given.rooms for file in sorted((ROOT / "flows" / room).glob("*.py"))]
    if in_fork(lambda: pytest_with(Run(files, given.results, given.every).inside), 100_000):
        raise SystemExit("pytest does not collect the tests")
    run = Run(files, given.results, given.every)
    run.read_seen()
    total: Counter[bool] = Counter()
    unsure = 0
    for file in files:
        run.try_all(file, True, lambda tree, names, file=file: _imported(file, tree, names), _anew)
        source = file.read_text("utf-8")
        key = hashlib.blake2b(source.encode(), digest_size=8).hexdigest()
        tried = [mutant.what for mutant in list(mutants(source))[:: given.every]]
        rows = [run.known[key, what] for what in tried if (key, what) in run.known]
        unsure += len(tried) - len(rows)
        total.update(row["survives"] for row in rows)
        for row in rows:
            if row["survives"]:
                print(f"  survives {row['met']} tests: {row['what']}")
        if rows:
            print(f"{_module(file)}: {sum(not row['survives'] for row in rows)} of {len(rows)} killed", flush=True)
    print(f"all: {total[False]} of {total.total()} killed; {unsure} not known, as the machine was too busy")


if __name__ == "__main__":
    main()
