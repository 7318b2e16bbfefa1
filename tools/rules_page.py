"""Print docs/rules.md: every rule by category. Run: python -m tools.rules_page > docs/rules.md."""

from __future__ import annotations

from cleaners.document import CATEGORIES
from cleaners.rules.reference import RuleEntry, rules

_HEAD = """# Rules

Every line that sito leaves out of a document is in the ledger with the id of the rule that dropped it. This page lists
the rules by category; `sito rules ID` prints one of them in the terminal. It is made of the rules themselves by
`python -m tools.rules_page > docs/rules.md`.

A rule of code looks at shape, place or markup, and has a section. A rule of phrases, whose id begins with a language,
is a table in `cleaners/vocabulary/<language>/phrases.toml` and has a row here, with the first of its examples; how
phrases are written is explained at the head of
[cleaners/rules/phrase_files.py](../cleaners/rules/phrase_files.py). All examples are invented, and all are tests.
"""
_MEANS = {
    "subscribe": "newsletter, follow, donate, app, paywall",
    "byline": "authors, agencies, editors, biographies",
    "caption": "captions and credits of pictures",
    "timestamp": "dates and times alone",
    "title": "the headline repeated in the body",
    "repeat": "a paragraph that the page has already shown",
    "related": "also read, link headlines, tags",
    "share": "buttons for sharing",
    "comments": "comment forms, prompts to report an error",
    "notice": "copyright, republication, disclaimers, source lines",
    "contact": "addresses, numbers, e-mails",
    "chrome": "navigation, cookies, advertisements, story codes",
    "debris": "lone punctuation, empty markup",
}


def rules_page() -> str:
    """The page as Markdown."""
    by_category = {category: [rule for rule in rules() if rule.category == category] for category in CATEGORIES}
    contents = [
        f"- [{category}](#{category}): {_MEANS[category]} ({len(some)})" for category, some in by_category.items()
    ]
    sections = [section for category, some in by_category.items() for section in _section(category, some)]
    return "\n".join([_HEAD, *contents, *sections, ""])


def _section(category: str, some: list[RuleEntry]) -> list[str]:
    code = [rule for rule in some if not rule.phrases]
    sections = [line for rule in code for line in ("", rule.to_markdown())]
    return ["", f"## {category}", *sections, *_phrases([rule for rule in some if rule.phrases])]


def _phrases(some: list[RuleEntry]) -> list[str]:
    """The rules of phrases as a table."""
    if not some:
        return []
    head = ["", "| phrases | what goes | dropped | kept |", "|---|---|---|---|"]
    return head + [
        f"| [{rule.id}](../{rule.defined_in}) | {rule.summary} | {_cell(rule.example)} | {_cell(rule.counterexample)} |"
        for rule in some
    ]


def _cell(text: str) -> str:
    return f"`{text.replace('|', chr(92) + '|')}`"


if __name__ == "__main__":
    print(rules_page(), end="")
