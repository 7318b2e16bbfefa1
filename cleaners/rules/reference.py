"""Every rule that a ledger can name, for looking it up: rules of code, of the phrase files, of site memory and markup.

The pages and commands that show rules are made of this, so that none is missing and none is described twice.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from cleaners.document import Category
from cleaners.rules.phrase import Phrase
from cleaners.rules.phrase_files import Entry, entries
from cleaners.rules.registry import CLEANERS
from cleaners.rules.rule import Rule

__all__ = ["RuleEntry", "find_rule", "rules"]

CODE_TESTS = "tests/cleaners/rules/test_reference.py"
PHRASE_TESTS = "tests/cleaners/rules/test_phrasebook.py"

_WHAT = {
    "line": "A line that is one of these phrases and nothing else",
    "start": "A line that begins with one of these phrases",
    "sentence": "A sentence with one of these phrases in it",
    "opening": "A sentence that begins with one of these phrases",
    "onward": "One of these phrases and the rest of its sentence",
    "words": "One of these phrases, without the text around it",
    "rest": "One of these phrases and the rest of the line",
}
_NEAR = {"anywhere": "", "top": ", among the first lines of a page", "end": ", among the last lines of a page"}


@dataclass(frozen=True, slots=True)
class RuleEntry:
    """A rule as a reader looks it up.

    `summary` is a sentence or two. `examples` are lines that the rule drops, or drops a part of; `counterexamples` are
    lines near to them that it leaves alone. `phrases` is empty for rules of code; its notation is explained at the head
    of `cleaners/rules/phrase_files.py`. `defined_in` and `tests` are paths in the project.
    """

    id: str
    category: Category
    summary: str
    examples: tuple[str, ...]
    counterexamples: tuple[str, ...]
    defined_in: str
    tests: str
    phrases: tuple[str, ...] = ()

    @property
    def example(self) -> str:
        """The first of the examples."""
        return self.examples[0]

    @property
    def counterexample(self) -> str:
        """The first of the counterexamples."""
        return self.counterexamples[0]

    def to_text(self) -> str:
        """The entry for a terminal, without a line break at its end."""
        lines = [f"{self.id}  ({self.category})", f"  {self.summary}", ""]
        lines += [f"  dropped:  {text}" for text in self.examples]
        lines += [f"  kept:     {text}" for text in self.counterexamples]
        if self.phrases:
            lines += ["", "  phrases:", *(f"    {phrase}" for phrase in self.phrases)]
        return "\n".join([*lines, "", f"  defined in {self.defined_in}", f"  tested in  {self.tests}"])

    def to_markdown(self) -> str:
        """The entry as a section of `docs/rules.md`, without a line break at its end."""
        rows = [f"### {self.id}", "", self.summary, ""]
        rows += [f"- dropped: {_code(text)}" for text in self.examples]
        rows += [f"- kept: {_code(text)}" for text in self.counterexamples]
        if self.phrases:
            rows.append(f"- phrases: {', '.join(map(_code, self.phrases))}")
        rows.append(f"- defined in [{self.defined_in}](../{self.defined_in})")
        return "\n".join(rows)


@cache
def rules() -> tuple[RuleEntry, ...]:
    """Every rule: those of code in the order in which their cleaners run, then those of the phrase files."""
    return (*_of_code(), *map(_of_phrases, entries()))


def find_rule(id: str) -> RuleEntry:  # noqa: A002 - the name that it has in the ledger
    """The rule with this id; KeyError where there is none."""
    return {rule.id: rule for rule in rules()}[id]


def _of_code() -> Iterator[RuleEntry]:
    """The rules that the modules of the cleaners declare."""
    for module in dict.fromkeys(cleaner.__module__ for cleaner in CLEANERS):
        for value in vars(sys.modules[module]).values():
            declared = value.values() if isinstance(value, Mapping) else (value,)
            for rule in declared:
                if isinstance(rule, Rule):
                    yield RuleEntry(
                        rule.id,
                        rule.category,
                        rule.summary,
                        (rule.example,),
                        (rule.counterexample,),
                        f"{module.replace('.', '/')}.py",
                        CODE_TESTS,
                    )


def _of_phrases(entry: Entry) -> RuleEntry:
    first = entry.phrases[0]
    return RuleEntry(
        entry.rule,
        first.category,
        f"{_WHAT[first.at]}{_NEAR[first.near]}{_limits(first)}.",
        entry.yes,
        entry.no,
        f"cleaners/vocabulary/{entry.file}",
        PHRASE_TESTS,
        tuple(dict.fromkeys(phrase.text for phrase in entry.phrases)),
    )


def _limits(phrase: Phrase) -> str:
    if phrase.at in ("start", "sentence", "opening"):
        return f", up to {phrase.longest} characters long"
    return ", with the title that follows it" if phrase.at == "onward" and phrase.title else ""


def _code(text: str) -> str:
    """Text as Markdown code, whatever stands in it."""
    fence = "``" if "`" in text else "`"
    return f"{fence}{text}{fence}"
