"""What is done before cleaning processes are forked: tables are loaded once for all, and charged to no page."""

from __future__ import annotations

from cleaners.pipeline import clean_html, clean_text

__all__ = ["html", "rows", "text"]

_LINES = (
    "Пекарня на розі відчинила двері о сьомій, і перші булочки скінчилися вже о восьмій ранку.",
    "The bakery on the corner opened its doors at seven, and the first rolls were gone by eight.",
)
_FOREIGN = (
    "La boulangerie du coin a ouvert ses portes à sept heures, et les premiers pains étaient déjà vendus à huit heures."
)


def text() -> None:
    """Load what plain text needs."""
    clean_text("\n\n".join(_LINES).encode())


def html() -> None:
    """Load what a web page needs: by one with a sure article, and one so short that trafilatura is asked.

    The short one is in a language that langdetect is asked about.
    """
    paragraphs = "".join(f"<p>{line} {line} {line}</p>" for line in _LINES * 3)
    _clean("uk", f"<h1>Пекарня на розі</h1>{paragraphs}")
    _clean("fr", f"<h1>La boulangerie du coin</h1><p>{_FOREIGN}</p>")


def _clean(language: str, article: str) -> None:
    clean_html(f'<html lang="{language}"><body><article>{article}</article></body></html>'.encode())


def rows() -> None:
    """Load what a web page needs, and what the rows of tables say of the cleaners."""
    from cleaners.parts import parts  # here: pages that are only shown need neither
    from cleaners.version import cleaners_version

    html()
    cleaners_version()
    parts()
