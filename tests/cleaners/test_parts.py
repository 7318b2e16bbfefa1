"""A change of code or words is a change of the cleaners that need it, and of no others."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cleaners import parts as module
from cleaners.parts import Change, Parts, change_between, parts
from cleaners.rules.phrase import Phrase
from cleaners.vocabulary import every_list

if TYPE_CHECKING:
    from collections.abc import Iterable

TODAY = parts()
NAMES = [name.rpartition(".")[2] for name, _ in TODAY.cleaners]
PHRASE = Phrase("uk.share", "share", "поширити у місті", "line", expanded="поширити у місті")


def places(*names: str) -> frozenset[int]:
    return frozenset(NAMES.index(name) for name in names)


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The code of the cleaners, to be edited."""
    folder = tmp_path / "cleaners"
    shutil.copytree(Path(module.__file__).parent, folder, ignore=shutil.ignore_patterns("data", "*.toml", "*.pyc"))
    monkeypatch.setattr(module, "__file__", str(folder / "parts.py"))
    return folder


def now() -> Parts:
    module.memory_digest.cache_clear()
    try:
        return parts.__wrapped__()
    finally:
        module.memory_digest.cache_clear()


@pytest.mark.parametrize(
    ("file", "changed"),
    [
        ("rules/captions.py", ("captions",)),
        ("rules/titles.py", ("titles",)),
        ("rules/related.py", ("labelled", "pointed", "tags", "shouted", "links")),
        ("rules/phrased.py", ("phrased", "promotion")),
        ("rules/site_memory.py", ("remembered",)),
        ("read/sentences.py", ("phrased", "promotion", "captions")),
        ("extract/body.py", ()),
        ("languages/separation.py", ()),
    ],
)
def test_code_changes_the_cleaners_that_need_it(copy: Path, file: str, changed: Iterable[str]) -> None:
    with (copy / file).open("a") as code:
        code.write("\nNEW = 1\n")
    assert change_between(TODAY, now()) == Change(places(*changed), (), frozenset(TODAY.with_phrases))


@pytest.mark.parametrize(
    "file", ["document.py", "judgement.py", "rules/ledger.py", "rules/registry.py", "read/running_text.py"]
)
def test_what_all_pages_depend_on_leaves_nothing(copy: Path, file: str) -> None:
    with (copy / file).open("a") as code:
        code.write("\nNEW = 1\n")
    assert change_between(TODAY, now()) is None


def test_comments_change_nothing(copy: Path) -> None:
    with (copy / "rules/captions.py").open("a") as code:
        code.write("\n# new\n")
    assert now() == TODAY


@pytest.mark.parametrize("line", ["import os", "from importlib import import_module", "X = open('words.txt')"])
def test_code_that_takes_in_more_than_its_imports_is_refused(copy: Path, line: str) -> None:
    with (copy / "rules/captions.py").open("a") as code:
        code.write(f"\n{line}\n")
    with pytest.raises(NotImplementedError, match="captions"):
        now()


@pytest.mark.parametrize(
    ("name", "changed"),
    [("captions.credit", ("captions",)), ("structure.share", ("structure",)), ("meta.author", ())],
)
def test_words_change_the_cleaners_that_name_them(
    monkeypatch: pytest.MonkeyPatch, name: str, changed: Iterable[str]
) -> None:
    lists = every_list() | {name: [*every_list()[name], ("uk", ["слово"])]}
    monkeypatch.setattr(module, "every_list", lambda: lists)
    found = change_between(TODAY, now())
    assert found is not None
    assert found.cleaners == places(*changed)


class TestPhrases:
    def test_one_that_comes_or_goes_is_named(self) -> None:
        more = replace(TODAY, phrases=(*TODAY.phrases[:50], PHRASE, *TODAY.phrases[50:]))
        for old, new in ((TODAY, more), (more, TODAY)):
            found = change_between(old, new)
            assert found is not None
            assert (found.cleaners, found.phrases) == (frozenset(), (PHRASE,))

    def test_another_order_leaves_nothing(self) -> None:
        first, second, *rest = TODAY.phrases
        assert change_between(TODAY, replace(TODAY, phrases=(second, first, *rest))) is None

    def test_cleaners_that_ask_for_them_are_known(self) -> None:
        wanted = places("navigation", "labelled", "pointed", "promotion", "phrased", "tags", "shouted", "links")
        assert frozenset(TODAY.with_phrases) == wanted


def test_they_can_be_kept() -> None:
    assert Parts.from_json(TODAY.to_json()) == TODAY
    for text in ("", "[]", "{}", "null", "[1, 2, 3, 4, 5]"):
        with pytest.raises((ValueError, TypeError)):
            Parts.from_json(text)
