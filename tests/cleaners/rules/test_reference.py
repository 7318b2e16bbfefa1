"""The registry of rules: complete, and every rule does to its own examples what it says."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

import cleaners.rules
from cleaners import CATEGORIES, CLEANERS, clean_html
from cleaners.document import Drop, Line, Metadata, Page
from cleaners.rules.reference import CODE_TESTS, RuleEntry, find_rule, rules
from cleaners.rules.registry import SURE
from cleaners.rules.rule import Rule
from cleaners.rules.site_memory import SiteMemory
from support.cleaner_pages import PARAGRAPHS, page
from support.paths import ROOT
from tools.rules_page import rules_page

RULES = rules()
CODE = [rule for rule in RULES if rule.tests == CODE_TESTS]
HEADLINE = "Міст через річку відремонтують"
_MARKUP = re.compile(
    r'<(?P<tag>p|a|figcaption|blockquote)(?: class="(?P<names>[^"]+)")?(?: href="https://(?P<host>[^"/]+)[^"]*")?>(?P<text>.+)</(?P=tag)>'
)


def line_of(example: str, index: int) -> Line:
    """An example as a line: text, or an element with its tag and class, or a link."""
    found = _MARKUP.fullmatch(example)
    if not found:
        return Line(index, example)
    tag = "p" if found["tag"] == "a" else found["tag"]
    hosts = (found["host"],) if found["host"] else ()
    share = float(found["tag"] == "a")
    return Line(index, found["text"], tag, attributes=found["names"] or "", link_share=share, links=hosts)


def below(example: str, *, metadata: Metadata | None = None) -> Page:
    return page(*PARAGRAPHS, line_of(example, len(PARAGRAPHS)), metadata=metadata)


def above(example: str, *, metadata: Metadata | None = None) -> Page:
    return page(line_of(example, 0), *(Line(i, text) for i, text in enumerate(PARAGRAPHS, 1)), metadata=metadata)


def under_a_label(example: str) -> Page:
    first = len(PARAGRAPHS)
    return page(*PARAGRAPHS, "Читайте також", *(line_of(text, first + 1 + i) for i, text in enumerate([example] * 2)))


def over_paragraphs(example: str) -> Page:
    texts = (text for paragraph in PARAGRAPHS for text in (example, paragraph))
    return page(*(line_of(text, index) for index, text in enumerate(texts)))


def in_a_box(example: str) -> Page:
    texts = ("Підписуйтесь на наш Telegram", example, "Підтримайте нас на Patreon")
    lines = (line_of(text, len(PARAGRAPHS) + i) for i, text in enumerate(texts))
    return page(*PARAGRAPHS, *(replace(line, attributes=line.attributes or "club-box") for line in lines))


def on_a_known_site(example: str) -> Page:
    pages = [page(*PARAGRAPHS[:1], "Наш Вісник — голос громади", f"До речі: новина {n}") for n in "абвгґдеє"]
    return replace(below(example), memory=SiteMemory.of(pages))


PLACES: dict[str, Callable[[str], Page]] = {
    "byline.author": lambda text: below(text, metadata=Metadata(authors=("Олена Гай",))),
    "caption.dated": above,
    "memory.line": on_a_known_site,
    "memory.prefix": on_a_known_site,
    "notice.about": lambda text: below(text, metadata=Metadata(site_name="Річковий вісник")),
    "promotion.box": in_a_box,
    "related.labelled": under_a_label,
    "repeat.paragraph": lambda text: page(text, *PARAGRAPHS, text),
    "timestamp.entry": over_paragraphs,
    "title.repeated": lambda text: above(text, metadata=Metadata(headlines=(HEADLINE,))),
    "title.with-site": lambda text: above(text, metadata=Metadata(headlines=(HEADLINE,))),
}
"""Where the example of a rule must be for it; the others are put below an article."""


def met(rule: RuleEntry, example: str) -> Iterator[Drop]:
    """What any cleaner drops of the example by this rule."""
    made = PLACES.get(rule.id, below)(example)
    text = line_of(example, 0).text
    texts = {line.index: line.text for line in made.lines}
    drops = (drop for cleaner in CLEANERS for drop in cleaner(made))
    return (drop for drop in drops if drop.rule == rule.id and texts[drop.index] == text)


@pytest.mark.parametrize("rule", CODE, ids=lambda rule: rule.id)
def test_a_rule_of_code_drops_its_example(rule: RuleEntry) -> None:
    assert rule.category in {drop.category for drop in met(rule, rule.example)}


@pytest.mark.parametrize("rule", CODE, ids=lambda rule: rule.id)
def test_a_rule_of_code_leaves_its_counterexample(rule: RuleEntry) -> None:
    assert list(met(rule, rule.counterexample)) == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_is_described_and_its_paths_exist(rule: RuleEntry) -> None:
    assert rule.category in CATEGORIES
    assert rule.summary.endswith(".")
    assert rule.example
    assert rule.counterexample
    assert (ROOT / rule.defined_in).is_file()
    assert (ROOT / rule.tests).is_file()
    for form in (rule.to_text(), rule.to_markdown()):
        assert rule.id in form
        assert rule.summary in form


def test_ids_are_unique() -> None:
    ids = [rule.id for rule in RULES]
    assert sorted(set(ids)) == sorted(ids)


def test_a_rule_is_found_by_its_id() -> None:
    assert find_rule("byline.by").defined_in == "cleaners/rules/bylines.py"
    assert find_rule("uk.subscribe.button").phrases
    with pytest.raises(KeyError):
        find_rule("byline.buy")


def test_every_rule_that_the_ledger_of_the_demo_names_is_registered() -> None:
    known = {(rule.id, rule.category) for rule in RULES}
    any_category = {"navigation.row"}  # it takes the category of its first button
    paths = sorted((ROOT / "raw" / "demo").rglob("*.html"))
    assert paths
    for path in paths:
        for entry in clean_html(path.read_bytes()).ledger:
            assert all((cut.rule, cut.category) in known or cut.rule in any_category for cut in entry.cuts)


def test_drops_are_made_by_rules_alone() -> None:
    """So that no id can be missing from the registry: only they and what a person says of a source make a `Drop`."""
    makers = {
        path.name
        for path in sorted((ROOT / "cleaners").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Drop"
    }
    assert makers == {"rule.py", "phrased.py", "corrected.py"}


def test_the_page_in_docs_is_made_of_the_rules() -> None:
    assert (ROOT / "docs" / "rules.md").read_text(encoding="utf-8") == rules_page(), (
        "run: python -m tools.rules_page > docs/rules.md"
    )


def test_every_module_that_declares_a_rule_has_a_cleaner() -> None:
    declaring = {
        module.name
        for module in pkgutil.iter_modules(cleaners.rules.__path__, "cleaners.rules.")
        if any(isinstance(value, Rule) for value in vars(importlib.import_module(module.name)).values())
    }
    assert declaring <= {cleaner.__module__ for cleaner in CLEANERS}


def test_the_sure_cleaners_are_among_all_and_in_their_order() -> None:
    assert [cleaner for cleaner in CLEANERS if cleaner in SURE] == list(SURE)
