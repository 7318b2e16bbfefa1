"""The version of the cleaners follows what can change a page, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cleaners import version

if TYPE_CHECKING:
    from pathlib import Path

RULE = '''"""A rule."""

LEAST = 1
"""The least."""


def rule(text):
    # why
    return [text] if len(text) > LEAST else []


BY = Rule("byline.by", "byline", summary="Names.", example="By Jane", counterexample="By far")
'''
PHRASES = """# Leftovers.
["uk.share"]
category = "share"
phrases = ["поширити"]
yes = ["Поширити"]
no = ["Поширити вогонь."]
"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small package of cleaners."""
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "__pycache__").mkdir()
    (tmp_path / "rules" / "rule.py").write_text(RULE)
    (tmp_path / "phrases.toml").write_text(PHRASES)
    (tmp_path / "words.tsv").write_text("слово\t1\n")
    (tmp_path / "explain.py").write_text("WIDTH = 96\n")
    (tmp_path / "LICENSE.md").write_text("Free.\n")
    (tmp_path / "py.typed").touch()
    monkeypatch.setattr(version, "__file__", str(tmp_path / "version.py"))
    return tmp_path


def now() -> str:
    return version.cleaners_version.__wrapped__()  # without its memory of the process


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


class TestChanges:
    @pytest.mark.parametrize(
        ("name", "old", "new"),
        [
            ("rules/rule.py", "LEAST = 1", "LEAST = 2"),
            ("rules/rule.py", "LEAST = 1", "LEAST = 1.0"),
            ("rules/rule.py", "LEAST = 1", "LEAST = '1'"),
            ("rules/rule.py", "LEAST = 1", "LEAST = (1,)"),
            ("rules/rule.py", "[text]", "(text)"),
            ("rules/rule.py", "[text]", "[text, None]"),
            ("rules/rule.py", ">", ">="),
            ("rules/rule.py", "return ", ""),
            ("rules/rule.py", "def rule(text)", "def rule(text=None)"),
            ("rules/rule.py", '"byline.by"', '"byline.from"'),
            ("phrases.toml", "поширити", "поділитися"),
            ("phrases.toml", "share", "chrome"),
            ("words.tsv", "1", "2"),
        ],
    )
    def test_it_changes_with_code_and_data(self, package: Path, name: str, old: str, new: str) -> None:
        before = now()
        edit(package / name, old, new)
        assert now() != before

    @pytest.mark.parametrize("name", ["rules/new.py", "new.toml", "new"])
    def test_it_changes_with_a_new_file(self, package: Path, name: str) -> None:
        before = now()
        (package / name).touch()
        assert now() != before

    def test_it_changes_with_the_order_of_phrases(self, package: Path) -> None:
        with (package / "phrases.toml").open("a") as file:
            file.write('["uk.print"]\n')
        before = now()
        (package / "phrases.toml").write_text('["uk.print"]\n' + PHRASES)
        assert now() != before

    @pytest.mark.parametrize("library", [*version.LIBRARIES, "sito"])
    def test_it_changes_with_a_library(self, package: Path, monkeypatch: pytest.MonkeyPatch, library: str) -> None:
        before = now()
        real = version.version
        monkeypatch.setattr(version, "version", lambda name: "0.0.0" if name == library else real(name))
        assert now() != before


class TestStays:
    @pytest.mark.parametrize(
        ("name", "old", "new"),
        [
            ("rules/rule.py", "# why", "# because"),
            ("rules/rule.py", "    # why\n", ""),
            ("rules/rule.py", "A rule.", "The rule."),
            ("rules/rule.py", '"""A rule."""\n', ""),
            ("rules/rule.py", "The least.", "The most."),
            ("rules/rule.py", "def rule(text):\n", 'def rule(text):\n    """Says which."""\n'),
            ("rules/rule.py", "\n\n\n", "\n"),
            ("rules/rule.py", "[text]", "[\n        text,\n    ]"),
            ("rules/rule.py", '"byline.by"', "'byline' '.by'"),
            ("rules/rule.py", 'summary="Names."', 'summary="Names alone."'),
            ("rules/rule.py", 'counterexample="By far"', 'counterexample="By now"'),
            ("phrases.toml", "# Leftovers.", "# Phrases."),
            ("phrases.toml", '["поширити"]', '[\n  "поширити",\n]'),
            ("phrases.toml", "Поширити вогонь.", "Поширити чутки."),
            ("explain.py", "96", "80"),
            ("LICENSE.md", "Free.", "Freer."),
        ],
    )
    def test_it_stays_with_comments_docstrings_format_and_descriptions(
        self, package: Path, name: str, old: str, new: str
    ) -> None:
        before = now()
        edit(package / name, old, new)
        assert now() == before

    @pytest.mark.parametrize("name", ["rule.cpython-311.pyc", "rule.cpython-311.pyc.140021"])
    def test_what_python_compiles_does_not_matter(self, package: Path, name: str) -> None:
        before = now()
        (package / "rules" / "__pycache__" / name).write_bytes(b"compiled")
        assert now() == before

    def test_a_library_that_no_cleaner_uses_does_not_matter(
        self, package: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        before = now()
        real = version.version
        monkeypatch.setattr(version, "version", lambda name: "0.0.0" if name == "prefect" else real(name))
        assert now() == before


def test_it_is_the_project_version_and_twelve_digits() -> None:
    project, _, digits = version.cleaners_version().partition("+")
    assert project == version.version("sito")
    assert len(digits) == 12
    assert int(digits, 16) >= 0
