r"""sito's cleaners: bytes or text in, a `Document` with its ledger out.

Pure: no network, no disk but the package's own tables, no clock, no state between pages.

>>> from cleaners import clean_text
>>> [p.text for p in clean_text("Київ прокинувся під снігом.\nЧитайте також").paragraphs]
['Київ прокинувся під снігом.']
"""

from cleaners.document import (
    CATEGORIES,
    Category,
    Cleaner,
    Cut,
    Document,
    Drop,
    Fragment,
    Given,
    LedgerLine,
    Line,
    Metadata,
    Page,
    Paragraph,
)
from cleaners.pipeline import clean_html, clean_text, judge, read_html, read_text
from cleaners.rules.registry import CLEANERS
from cleaners.rules.site_memory import SiteMemory
from cleaners.version import cleaners_version

__all__ = [
    "CATEGORIES",
    "CLEANERS",
    "Category",
    "Cleaner",
    "Cut",
    "Document",
    "Drop",
    "Fragment",
    "Given",
    "LedgerLine",
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
