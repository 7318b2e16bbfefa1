"""Lines without a word in them: a lone full stop, a row of stars, an empty tag."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cleaners.document import Drop, Page
from cleaners.rules.rule import Rule

_WORD = re.compile(r"[^\W_]")
# Markup that came through as text: "<br/>", "&nbsp;", "[caption id=...]", "{{ads}}"; not "[figure 2: a bridge]".
_SHORT_CODE = r"\[/?[a-z_]{2,20}(?:\s?/|[\s=:][^\[\]]{0,60}=[^\[\]]{0,200}|:[\w-]{1,40})?\]"
_MARKUP = re.compile(rf"(?:<[^<>]{{0,300}}>|&\w{{2,8}};|{_SHORT_CODE}|\{{\{{[^{{}}]{{0,100}}\}}\}}|\s){{1,50}}")

# A button beside a heading: "[ред.]", "[edit source]".
_EDIT = re.compile(r"\[[^\[\]\d]{1,20}\]")
_LINKED = 0.5

SIGNS = Rule(
    "debris.signs",
    "debris",
    summary="A line without a letter or digit: a lone full stop, a row of stars.",
    example="* * *",
    counterexample="1",
)
MARKUP = Rule(
    "debris.markup",
    "debris",
    summary="Markup that came through as text.",
    example="<br/>&nbsp;",
    counterexample="Тег <br/> починає рядок.",
)


def debris(page: Page) -> Iterator[Drop]:
    """Drop lines that hold only punctuation, symbols or markup; a `pre` is left alone."""
    for line in page.lines:
        if line.tag == "pre":
            continue
        if not _WORD.search(line.text):
            yield SIGNS.drop(line, "no letter or digit")
        elif _MARKUP.fullmatch(line.text) or (line.link_share > _LINKED and _EDIT.fullmatch(line.text)):
            yield MARKUP.drop(line, "nothing but markup")
