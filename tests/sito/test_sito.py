"""The public way in, and what is said where other packages have the names of ours."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import cleaners
import sito
from support.paths import ROOT


def test_the_names_are_those_of_cleaners() -> None:
    assert {name: getattr(sito, name) for name in sito.__all__} == {
        name: getattr(cleaners, name) for name in sito.__all__
    }
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        sito.nothing  # noqa: B018


def test_a_document_says_what_its_page_says_of_itself() -> None:
    from sito import clean_text

    document = clean_text("Пекарня відчинилася\n\nПекарня на розі відчинила двері о сьомій ранку.".encode())
    metadata = document.metadata
    assert (document.title, document.authors, document.published) == (
        metadata.title,
        metadata.authors,
        metadata.published,
    )
    assert document.site_name == metadata.site_name


@pytest.mark.parametrize("name", ["flows", "cleaners"])
def test_a_package_of_the_same_name_is_said_to_be_in_the_way(name: str, tmp_path: Path) -> None:
    (tmp_path / name).mkdir()
    (tmp_path / name / "__init__.py").write_text("")
    places = [str(tmp_path), str(ROOT)]
    code = f"import sys; sys.path[:0] = {places}; from sito.__main__ import main; sys.exit(main())"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert ended.returncode == 2
    assert (
        f"sito needs its own package '{name}' in {ROOT}, but Python finds another one at {tmp_path / name}"
        in ended.stderr
    )
    assert ended.stderr.count("\n") == 1


def test_a_wheel_has_all_packages_and_cleaning_needs_no_extra() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"] == ["cleaners", "flows", "sito"]
    assert not [
        name for name in project["project"]["dependencies"] if name.startswith(("prefect", "sqlalchemy", "pyarrow"))
    ]


def test_a_command_that_needs_more_than_cleaning_names_the_extra() -> None:
    code = "import sys; sys.modules['cronsim'] = None\nfrom flows.cli.main import main; sys.exit(main(['sources']))"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert (ended.returncode, ended.stderr) == (
        2,
        "sito: this command needs more than cleaning does (cronsim): pip install 'sito[run]'\n",
    )
