"""Lines without a word in them: a lone full stop, a row of stars, an empty tag."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cleaners.document import Drop, Page

_WORD = re.compile(r"[^\W_]")
# Markup that came through as text: "<br/>", "&nbsp;", "[caption id=...]", "{{ads}}".
_MARKUP = re.compile(r"(?:<[^<>]{0,300}>|&\w{2,8};|\[/?[a-z_]{2,20}[^\[\]]{0,200}\]|\{\{[^{}]{0,100}\}\}|\s){1,50}")


def debris(page: Page) -> Iterator[Drop]:
    """Drop lines of nothing but punctuation, signs or markup; a `pre` is left alone."""
    for line in page.lines:
        if line.tag == "pre":
            continue
        if not _WORD.search(line.text):
            yield Drop(line.index, "debris", "debris.signs", "no letter or digit")
        elif _MARKUP.fullmatch(line.text):
            yield Drop(line.index, "debris", "debris.markup", "nothing but markup")
