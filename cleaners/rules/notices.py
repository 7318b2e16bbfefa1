"""What a publisher says of itself: copyright lines, and the paragraph about the site under every article."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cleaners.document import Drop, Page
from cleaners.read.fold import fold
from cleaners.rules.rule import Rule
from cleaners.vocabulary import alternatives

# "© 2010—2020 Site", "Copyright (c) 2024 Site. ..."
_COPYRIGHT = re.compile(
    rf"^\W{{0,3}}(?:©|\(c\)|(?:{alternatives('notices.copyright')})\b)\W{{0,6}}(?:\(c\)\s?)?\d{{4}}", re.IGNORECASE
)
# "© ТОВ «Садок», 2010–2023"
_OWNER = re.compile(r"^\W{0,3}(?:©|\(c\))\s?[^.!?©]{2,60}?,?\s\d{4}(?:\s?[–—-]\s?\d{4})?\W{0,3}$", re.IGNORECASE)
# "The Valley Post © 2024", "Site © 2010–2020."
_SIGNED = re.compile(r"^[^.!?©]{2,50}\s(?:©|\(c\))\s?\d{4}(?:\s?[–—-]\s?\d{4})?\W{0,3}$", re.IGNORECASE)
# What follows a site's name where it introduces itself: "Site (ABC) — an organisation that ...", "Site is ...".
_ABOUT = re.compile(
    r"\s?(?:\((?P<short>[^()]{2,12})\))?"
    rf"(?:\s?[—–-]\s|,\s(?:{alternatives('notices.article')})\s|\s(?:{alternatives('notices.is')})\s)"
)
_LAST = 6
"""Lines from the end among which a site describes itself."""

COPYRIGHT = Rule(
    "notice.copyright",
    "notice",
    summary="A copyright line: the sign, a year and perhaps the owner.",
    example="© 2010–2020 Річковий вісник",
    counterexample="The sign © stands for copyright since 1909.",
)
ABOUT = Rule(
    "notice.about",
    "notice",
    summary="Among the last lines, the paragraph in which the site says what it is; it begins with the site's name.",
    example="Річковий вісник (РВ) — незалежне видання, що пише про річку.",
    counterexample="Річковий вісник дізнався про це першим.",
)


def notices(page: Page) -> Iterator[Drop]:
    """Drop copyright lines, and among the last lines the site's description of itself."""
    for line in page.lines:
        if len(line.text) <= 300 and _COPYRIGHT.match(line.text):
            yield COPYRIGHT.drop(line, "begins with a copyright sign and a year")
        elif len(line.text) <= 80 and (_SIGNED.match(line.text) or _OWNER.match(line.text)):
            yield COPYRIGHT.drop(line, "a name, a copyright sign and a year")
    site = fold(page.metadata.site_name or "").strip()
    if len(site) < 3:
        return
    short = None
    for line in page.lines[max(1, len(page.lines) - _LAST) :]:
        text = line.text
        about = _ABOUT.match(text, len(site)) if fold(text).startswith(site) else None
        if about:
            short = about["short"]
            yield ABOUT.drop(line, "the site introduces itself")
        elif short and text.startswith(f"{short} "):
            yield ABOUT.drop(line, "goes on about the site by its initials")
