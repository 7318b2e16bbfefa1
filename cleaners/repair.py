"""ftfy, set up for Ukrainian."""

from __future__ import annotations

from dataclasses import replace

import ftfy

from cleaners.document import Line

CONFIG = ftfy.TextFixerConfig(uncurl_quotes=False, unescape_html=False, normalization="NFC")


def repair(line: Line) -> Line:
    """Thin version."""
    text = ftfy.fix_text(line.text, CONFIG)
    return line if text == line.text else replace(line, text=text, original=line.original or line.text)
