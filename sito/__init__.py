"""sito's public way in: `from sito import clean_html, clean_text`.

The same functions and types are in `cleaners`, where they are made; `flows` moves data. Both names are such as other
distributions may have too: where one of them stands before ours on the path, importing this says so.
"""

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cleaners import Document, LedgerLine, Metadata, Paragraph, clean_html, clean_text

__all__ = ["Document", "LedgerLine", "Metadata", "Paragraph", "clean_html", "clean_text"]


def check_place(name: str) -> None:
    """Raise ImportError if the package of this name is not the one that came with this package."""
    found = import_module(name)
    here = Path(__file__).resolve().parents[1]
    places = [Path(each).resolve() for each in getattr(found, "__path__", ())]
    if here / name not in places[:1]:
        there = places[0] if places else getattr(found, "__file__", "elsewhere")
        raise ImportError(
            f"sito needs its own package '{name}' in {here}, but Python finds another one at {there}: another "
            f"distribution or a folder has the same name; install sito in an environment of its own"
        )


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    check_place("cleaners")
    return getattr(import_module("cleaners"), name)
