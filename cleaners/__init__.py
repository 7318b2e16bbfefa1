r"""sito's cleaners: bytes or text in, a `Document` with its ledger out.

Pure: no network, no disk but the package's own tables, no clock, no state between pages.

>>> from cleaners import clean_text
>>> [p.text for p in clean_text("Київ прокинувся під снігом.\nЧитайте також").paragraphs]
['Київ прокинувся під снігом.']
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from cleaners.document import (
    CATEGORIES,
    Category,
    Cleaner,
    Cut,
    Document,
    Drop,
    Fragment,
    Given,
    Kept,
    LedgerLine,
    LeftOut,
    Line,
    Metadata,
    Page,
    Paragraph,
)

if TYPE_CHECKING:
    from cleaners.corrections import Correction, Corrections
    from cleaners.judgement import judge
    from cleaners.pipeline import clean_html, clean_text, read_html, read_text
    from cleaners.rules.registry import CLEANERS
    from cleaners.rules.site_memory import SiteMemory
    from cleaners.version import cleaners_version

__all__ = [
    "CATEGORIES",
    "CLEANERS",
    "Category",
    "Cleaner",
    "Correction",
    "Corrections",
    "Cut",
    "Document",
    "Drop",
    "Fragment",
    "Given",
    "Kept",
    "LedgerLine",
    "LeftOut",
    "Line",
    "Metadata",
    "Page",
    "Paragraph",
    "SiteMemory",
    "clean_html",
    "clean_text",
    "cleaners_version",
    "judge",
    "read_html",
    "read_text",
]

_LATER = {
    **dict.fromkeys(("Correction", "Corrections"), "cleaners.corrections"),
    **dict.fromkeys(("clean_html", "clean_text", "read_html", "read_text"), "cleaners.pipeline"),
    "judge": "cleaners.judgement",
    "CLEANERS": "cleaners.rules.registry",
    "SiteMemory": "cleaners.rules.site_memory",
    "cleaners_version": "cleaners.version",
}
"""Imported when first asked for: the rules and the vocabulary take half a second, and who reads types has no need."""


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_LATER[name]), name)
