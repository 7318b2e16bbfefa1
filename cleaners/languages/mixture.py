"""Documents that are written in several languages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from cleaners.document import Paragraph

__all__ = ["mixture"]

# The share of all letters that stand in paragraphs of a second language. Of 280 pages made on purpose, those in two
# languages by turns have .19 to .50, menus and footers in another language at most .13, and quotations inside
# sentences none, as their paragraphs are not theirs. A lone paragraph is a quotation until it is a third of the text.
_REAL, _REAL_ALONE = 0.15, 0.33


def mixture(paragraphs: Iterable[Paragraph]) -> str | None:
    """Return `mixed: uk 61%, en 39%` for a document in which a second language has a real share of letters, or None.

    The shares are those of all letters that have a language; languages with a real share are named, most letters first.
    """
    letters: Counter[str] = Counter()
    own: Counter[str] = Counter()  # in paragraphs of the same language
    paragraphs_in: Counter[str] = Counter()
    for paragraph in paragraphs:
        paragraphs_in[paragraph.language] += 1
        for fragment in paragraph.fragments:
            if fragment.language != "und":
                count = sum(map(str.isalpha, paragraph.text[fragment.start : fragment.end]))
                letters[fragment.language] += count
                own[fragment.language] += count if fragment.language == paragraph.language else 0
    whole = sum(letters.values())
    real = [
        language
        for language, count in sorted(letters.items(), key=lambda item: (-item[1], item[0]))
        if own[language] > whole * (_REAL if paragraphs_in[language] > 1 else _REAL_ALONE)
    ]
    if len(real) < 2:
        return None
    return "mixed: " + ", ".join(f"{language} {letters[language] / whole:.0%}" for language in real)
