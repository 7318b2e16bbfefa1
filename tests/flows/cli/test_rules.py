"""`sito rules`: every rule in a row, one of them in full, and a way from the ledger to both."""

from __future__ import annotations

import json
import re
import sys
from typing import TYPE_CHECKING

import pytest

from cleaners import CATEGORIES
from cleaners.rules.reference import find_rule, rules
from flows.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path

PAGE = """<!doctype html><html lang="uk"><head><meta charset="utf-8"><title>Пекарня на розі</title></head><body>
<article><h1>Пекарня на розі</h1>
<p>Нова пекарня на розі вулиць Садової та Липневої відчинила двері о сьомій, і перші булочки скінчилися о восьмій.</p>
<p>Пекар каже, що завтра тіста буде вдвічі більше, а черга, сподівається, не стане вдвічі довшою.</p>
<p>Читайте також: Як спекти хліб</p>
</article></body></html>"""
POINTER = "sito rules ID says what a rule looks for"


def printed(capsys: pytest.CaptureFixture[str], *words: str) -> list[str]:
    assert main(["rules", *words]) == 0
    return capsys.readouterr().out.splitlines()


def test_every_rule_has_a_row_with_its_category_and_its_whole_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    head, *rows = printed(capsys)
    assert head.split("  ")[0] == "rule"
    cells = [tuple(re.split(r" {2,}", row, maxsplit=2)) for row in rows]
    assert cells == [(rule.id, rule.category, rule.summary) for rule in rules()]


@pytest.mark.parametrize("category", CATEGORIES)
def test_a_category_selects_its_rules(category: str, capsys: pytest.CaptureFixture[str]) -> None:
    _, *rows = printed(capsys, "--category", category)
    assert [row.split()[0] for row in rows] == [rule.id for rule in rules() if rule.category == category]


def test_on_a_terminal_the_sentences_are_wrapped_to_its_width(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("COLUMNS", "100")
    rows = printed(capsys)
    assert max(map(len, rows)) <= 100
    indent = rows[0].index("what it drops")
    said = " ".join(row[indent:] for row in rows[1:])
    assert said == " ".join(rule.summary for rule in rules())


@pytest.mark.parametrize("id_", ["uk.prompt.line", "structure.byline"])
def test_one_rule_is_shown_with_all_that_is_known_of_it(id_: str, capsys: pytest.CaptureFixture[str]) -> None:
    shown = "\n".join(printed(capsys, id_))
    rule = find_rule(id_)
    for part in (rule.id, rule.category, rule.summary, *rule.examples, *rule.counterexamples, *rule.phrases):
        assert part in shown
    assert rule.defined_in in shown
    assert rule.tests in shown


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["uk.promt.line"], "there is no rule 'uk.promt.line'; did you mean uk.prompt.line, "),
        (["navigation"], "there is no rule 'navigation'; did you mean navigation."),
        (["12345"], "there is no rule '12345'; `sito rules` lists all"),
        ([""], "there is no rule ''; `sito rules` lists all"),
        (["--category", "advert"], "there is no category 'advert'; the categories are subscribe, byline, "),
    ],
)
def test_an_unknown_rule_or_category_exits_with_2_and_the_nearest(
    words: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["rules", *words]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith(f"sito: {message}")
    assert captured.err.count("\n") == 1


def test_a_rule_that_a_document_names_can_be_looked_up(
    tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    (tmp_path / "page.html").write_text(PAGE, "utf-8")
    assert main(["clean", str(tmp_path / "page.html")]) == 0
    dropped = json.loads(capsysbinary.readouterr().out)["dropped"]
    assert dropped
    for line in dropped:
        assert main(["rules", line["rule"]]) == 0


def test_an_explanation_says_once_how_to_look_up_its_rules(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("a.html", "b.html"):
        (tmp_path / name).write_text(PAGE, "utf-8")
    (tmp_path / "c.txt").write_text("Кіт спить на підвіконні редакції вже третю годину поспіль.\n", "utf-8")
    assert main(["clean", "--explain", str(tmp_path)]) == 0
    shown = capsys.readouterr().out
    assert shown.count(POINTER) == 1
    assert shown.splitlines()[-1].strip() == POINTER
    assert main(["clean", "--explain", str(tmp_path / "c.txt")]) == 0
    assert POINTER not in capsys.readouterr().out, "where nothing was dropped there is no rule to look up"
