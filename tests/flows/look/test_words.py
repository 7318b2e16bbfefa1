"""What the tables say in English is said in the language of the interface, with its numbers and quotations."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import cleaners
from cleaners.rules.reference import rules
from flows.look import words
from flows.look.words import teller
from flows.report.alarms import MEASURES
from flows.tables.changes import Changes, Examples

tell = teller("uk")
STATIC = Path(words.__file__).parent / "static"
RULES = tomllib.loads((STATIC / "uk-rules.toml").read_text("utf-8"))
SENTENCES = RULES | tomllib.loads((STATIC / "uk-said.toml").read_text("utf-8"))


@pytest.mark.parametrize(
    ("english", "ukrainian"),
    [
        ("85% of it is a link", "85% її — посилання"),
        ("seen on 6 of 1,204 pages since 2026-03-01", "траплялося на 6 з 1,204 сторінок від 2026-03-01"),
        ("phrase “читайте також *”", "фраза “читайте також *”"),
        ("a bare headline under “Топ 10 за 2025”", "сам заголовок під “Топ 10 за 2025”"),
        ("likelihood of body 0.07", "ймовірність основного тексту 0.07"),
        ("phrase “# of # pages”", "фраза “# of # pages”"),
        ("something that nobody has translated: 7", "something that nobody has translated: 7"),
        ("phrase “cut off", "phrase “cut off"),
        ("“5 captions” against “caption.tag”", "“5 captions” усупереч “caption.tag”"),
        ("outside “.text > p”: “template”", "поза “.text > p”: “template”"),
        ("no article: a correction says so: “a list”", "не стаття: так каже виправлення: “a list”"),
        ("", ""),
    ],
)
def test_a_sentence_is_said_with_what_stands_in_it(english: str, ukrainian: str) -> None:
    assert tell(english) == ukrainian
    assert teller("en")(english) == english


@pytest.mark.parametrize("more", ["", ", so for 3 runs since 2026-02-27"])
@pytest.mark.parametrize("side", ["below", "above"])
@pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure.name)
def test_every_alarm_has_its_sentence(measure: Any, side: str, more: str) -> None:
    if hint := getattr(measure, side):
        show = measure.show
        english = (
            f"{measure.name} is {show(0.52)}, far {side} the usual {show(0.81)} (mostly {show(0.79)} to {show(0.84)} "
            f"in the last 12 runs, since 2026-02-11){more}: {hint}"
        )
        said = tell(english)
        assert said != english
        assert ("3 запусків, від 2026-02-27" in said) == bool(more)


def test_what_changes_is_said_part_by_part() -> None:
    changes = Changes(pages=1200, changed=7, uncompared=2)
    changes.dropped["chrome", "memory.line"] = changes.kept["caption", "caption.tag"] = Examples(times=3)
    changes.found, changes.lost = Examples(times=1), Examples(times=4)
    parts = changes.summary().split(", ")
    assert len(parts) == 6
    assert [part for part in parts if tell(part) == part] == []
    assert tell(parts[0]) == "змінюється сторінок: 7 з 1,200"


def evidence() -> Iterator[str]:
    """The sentences that stand in the code of the rules, with `#` for what is put into them."""
    for path in sorted((Path(cleaners.__file__).parent / "rules").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            match node:
                case ast.Call(func=ast.Attribute(attr="drop"), args=[_, said, *_]):
                    yield from text_of(said)
                case ast.Tuple(elts=[ast.Name(id=rule), said]) if rule.isupper():
                    yield from text_of(said)
                case ast.Assign(targets=[ast.Name(id="evidence")], value=said):
                    yield from text_of(said)


def text_of(node: ast.expr) -> Iterator[str]:
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.JoinedStr(values=parts):
            yield "".join(part.value if isinstance(part, ast.Constant) else value_of(part) for part in parts)


def value_of(part: ast.expr) -> str:
    return "7%" if isinstance(part, ast.FormattedValue) and part.format_spec else "7"


def test_the_evidence_of_every_rule_has_its_sentence() -> None:
    found = set(evidence())
    assert len(found) > 30
    assert {text for text in found if tell(text) == text} == set()


def test_what_every_rule_looks_for_has_its_sentence_and_no_other_has() -> None:
    summaries = {rule.summary for rule in rules()}
    assert {text for text in summaries if tell(text) == text} == set()
    assert len({re.sub(r"“[^”]*”|\d+", "", text) for text in summaries}) == len(RULES)


def test_no_number_or_quotation_is_lost_in_a_sentence() -> None:
    for english, ukrainian in SENTENCES.items():
        assert (english.count("#"), english.count("“")) == (ukrainian.count("#"), ukrainian.count("“")), english
