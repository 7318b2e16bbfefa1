"""The rooms of the code and their order: what docs/architecture.md says of imports holds.

Every import counts, also one inside a function or for types only: what a module needs to be understood is below it.
"""

from __future__ import annotations

import ast
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from support.paths import ROOT, TESTS

CLEANERS = (
    *(
        "errors",
        "training_text",
        "categories",
        "document",
        "vocabulary",
        "read",
        "corrections",
        "languages",
        "metadata",
        "extract",
        "rules",
        "judgement",
        "plain_text",
    ),
    "pipeline",
)
"""Rooms and modules of cleaners/, lowest first; a module imports from its own room and from those before it."""

FLOWS = (
    *(
        "common",
        "manifest",
        "store",
        "urls",
        "config",
        "archive",
        "state",
        "fetch",
        "discover",
        "crawl",
        "tables",
        "stories",
        "memory",
    ),
    *("report", "export", "gold"),
    *(
        "pipeline",
        "orchestration",
        "corrections",
        "look",
        "ingest",
        "reprocess",
        "link_stories",
        "deployments",
        "served_jobs",
        "serve",
        "cli",
    ),
)
"""The same for flows/, all of which is above cleaners/."""

WITH_PREFECT = (
    *(
        "flows.orchestration.",
        "flows.ingest",
        "flows.reprocess",
        "flows.link_stories",
        "flows.serve",
        "flows.served_jobs",
        "flows.deployments",
    ),
    "flows.cli.flow_runner",
)
"""Where Prefect may be imported."""


pytestmark = pytest.mark.xdist_group("architecture")  # each file is parsed once


@cache
def modules(package: str) -> dict[str, Path]:
    """Module -> file."""
    found = {}
    for path in sorted((ROOT / package).rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


@cache
def imports(path: Path) -> list[str]:
    """The modules that a file imports."""
    found = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            found += [name if name in modules(name.partition(".")[0]) else node.module for name in names]
    return found


def room(module: str) -> str:
    return ([*module.split("."), ""])[1]


def pairs(package: str) -> list[tuple[str, str]]:
    """Who imports whom, inside the package."""
    return [
        (module, imported)
        for module, path in modules(package).items()
        for imported in imports(path)
        if imported.partition(".")[0] == package and imported != module
    ]


@pytest.mark.parametrize(("package", "order"), [("cleaners", CLEANERS), ("flows", FLOWS)])
def test_a_room_imports_only_from_the_rooms_below_it(package: str, order: tuple[str, ...]) -> None:
    level = {name: n for n, name in enumerate(order)}
    # The package itself and what stands on top of it (explain, parts, replay, source_code, version) may import all.
    upward = [
        f"{module} imports {imported}"
        for module, imported in pairs(package)
        if level.get(room(module), len(order)) < level.get(room(imported), len(order))
    ]
    assert not upward


@pytest.mark.parametrize("package", ["cleaners", "flows"])
def test_no_modules_import_each_other_in_a_circle(package: str) -> None:
    graph: dict[str, set[str]] = {}
    for module, imported in pairs(package):
        graph.setdefault(module, set()).add(imported)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


def test_every_room_has_its_level() -> None:
    for package, order in (("cleaners", CLEANERS), ("flows", FLOWS)):
        folders = {room(module) for module in modules(package)} - {""}
        assert folders - {"explain", "parts", "replay", "source_code", "version"} == set(order)


def test_cleaners_import_neither_flows_nor_what_reaches_outside() -> None:
    outside = {"flows", "prefect", "httpx2", "httpcore2", "socket", "sqlalchemy", "requests", "urllib.request"}
    reaching = [
        f"{module} imports {name}"
        for module, path in modules("cleaners").items()
        for name in imports(path)
        if any(name == top or name.startswith(f"{top}.") for top in outside)
    ]
    assert not reaching


def test_prefect_is_imported_only_where_the_flows_are() -> None:
    others = [
        module
        for module, path in modules("flows").items()
        if not module.startswith(WITH_PREFECT) and any(name.partition(".")[0] == "prefect" for name in imports(path))
    ]
    assert not others


def test_no_module_is_longer_than_a_person_can_hold() -> None:
    long = {
        name: lines
        for package in ("cleaners", "flows")
        for name, path in modules(package).items()
        if (lines := len(path.read_text("utf-8").splitlines())) > 300
    }
    assert not long


CROSS_CUTTING = {"demo", "hostile", "pages", "quality", "support"}
"""Folders of tests that are about the whole and mirror no room."""


def test_tests_lie_as_the_packages_do() -> None:
    folders = {path.parent.relative_to(TESTS) for path in TESTS.rglob("test_*.py")}
    strange = {
        str(folder)
        for folder in folders
        if folder.parts and folder.parts[0] not in CROSS_CUTTING and not (ROOT / folder).is_dir()
    }
    assert not strange
