"""What is done before cleaning processes are forked: tables are loaded once for all, and charged to no page."""

from __future__ import annotations

from cleaners.pipeline import clean_html, clean_text

__all__ = ["html", "rows", "text"]

_LINES = (
    "Пекарня на розі відчинила двері о сьомій, і перші булочки скінчилися вже о восьмій ранку.",
    "The bakery on the corner opened its doors at seven, and the first rolls were gone by eight.",
)


def text() -> None:
    """Load what plain text needs."""
    clean_text("\n\n".join(_LINES).encode())


def html() -> None:
    """Load what a web page needs: by one with a sure article, and one so short that trafilatura is asked.

    langdetect is not asked: its profiles take 16 MiB, and many runs meet no page in a language that needs them.
    """
    paragraphs = "".join(f"<p>{line} {line} {line}</p>" for line in _LINES * 3)
    for text in (paragraphs, f"<p>{_LINES[0]}</p>"):
        clean_html(f'<html lang="uk"><body><article><h1>Пекарня на розі</h1>{text}</article></body></html>'.encode())


def rows() -> None:
    """Load what a web page needs, and what the rows of tables say of the cleaners."""
    from cleaners.parts import parts  # here: pages that are only shown need neither
    from cleaners.version import cleaners_version

    html()
    cleaners_version()
    parts()
