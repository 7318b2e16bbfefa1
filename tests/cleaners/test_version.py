"""The version of the cleaners follows what can change a page, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cleaners import version

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small package of cleaners."""
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "__pycache__").mkdir()
    (tmp_path / "rules" / "rule.py").write_text("RULE = 1\n")
    (tmp_path / "words.tsv").write_text("слово\t1\n")
    monkeypatch.setattr(version, "__file__", str(tmp_path / "version.py"))
    return tmp_path


def now() -> str:
    return version.cleaners_version.__wrapped__()  # without its memory of the process


class TestVersion:
    @pytest.mark.parametrize("name", ["rules/rule.py", "words.tsv", "rules/new.py"])
    def test_it_changes_with_code_and_data(self, package: Path, name: str) -> None:
        before = now()
        with (package / name).open("a") as file:
            file.write("\n")
        assert now() != before

    def test_it_changes_with_a_library(self, package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        before = now()
        monkeypatch.setattr(version, "version", lambda name: "0.0.0")
        assert now() != before

    @pytest.mark.parametrize("name", ["rule.cpython-311.pyc", "rule.cpython-311.pyc.140021"])
    def test_what_python_compiles_beside_does_not_matter(self, package: Path, name: str) -> None:
        before = now()
        (package / "rules" / "__pycache__" / name).write_bytes(b"compiled")
        assert now() == before
