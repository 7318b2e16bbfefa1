"""The headline: its forms on the page, and the best of them without the site's name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from cleaners.lines import words

__all__ = ["best_title", "without_site"]

LONGEST = 400
"""Characters of a form that are believed: longer ones are not headlines."""

_BREAK = re.compile(r"\s{1,3}(?:[|·•»›–—:/]|-|::|\\|⋆|⇒|→){1,2}\s{1,3}|\s?\|\s?|\s::\s")
_SITE_WORDS = re.compile(
    r"(?<!\w)(?:[\w-]{2,30}\.(?:ua|com|net|org|info|news|co|uk|tv|ru|media|io|eu|fm)|новини|новости|news|газета|портал|"
    r"агентство|блог|blog|журнал|телеканал|online|онлайн)(?!\w)",
    re.IGNORECASE,
)


def best_title(
    headings: Sequence[str], stated: Sequence[str], page_title: str, site: Iterable[str], shown: Sequence[str] = ()
) -> str | None:
    """The headline that readers see.

    `headings` are the page's h1 texts in order, `stated` the forms in JSON-LD, og:title and other metas, `page_title`
    is `<title>`, `site` the names that the site goes by, `shown` short texts from around the page's beginning, one of
    which may be the headline in other markup. An h1 is believed where it says what another form says.
    """
    forms = [words(t) for t in stated]
    # Some pages give their headline as og:site_name: a long name that is a headline elsewhere is no name.
    names = [w for w in map(words, site) if w and not (len(w) > 3 and w in forms)]
    others = [without_site(t, names, [*headings, *stated, *shown]) for t in [*stated, page_title] if t]
    others = [t for t in others if 0 < len(t) <= LONGEST and words(t) not in names]
    headings = [h for h in headings if 0 < len(h) <= LONGEST and words(h) not in names]
    for heading in headings:
        if any(_alike(heading, other) for other in others):
            return heading
    return next(iter(others), None) or next(iter(headings), None)


def without_site(title: str, names: Sequence[Sequence[str]], forms: Sequence[str] = ()) -> str:
    """The title without the parts at its ends that name the site, or that no other of the headline's `forms` has."""
    title = title.strip()
    for _ in range(3):
        breaks = list(_BREAK.finditer(title[: LONGEST * 2]))
        if not breaks:
            break
        first, last = breaks[0], breaks[-1]
        if _is_site(title[last.end() :], names) or _is_other(title[: last.start()], title[last.end() :], forms):
            title = title[: last.start()]
        elif _is_site(title[: first.start()], names):
            title = title[first.end() :]
        else:
            break
    return title.strip()


def _is_site(part: str, names: Sequence[Sequence[str]]) -> bool:
    own = words(part)
    if not own:
        return True
    joined = "".join(own)
    for name in names:
        whole = "".join(name)
        if (
            joined == whole
            or (len(joined) > 3 and joined in whole)
            or (len(whole) > 3 and whole in joined and len(own) < 8)
        ):
            return True
    return len(own) <= 5 and bool(_SITE_WORDS.search(part))


def _is_other(rest: str, part: str, forms: Sequence[str]) -> bool:
    """Whether the headline elsewhere is `rest` alone: what follows is the site's then."""
    wanted, own = words(rest), words(part)
    return len(wanted) > 2 and len(own) < 8 and any(words(form) == wanted for form in forms)


def _alike(one: str, other: str) -> bool:
    a, b = set(words(one)), set(words(other))
    if len(a & b) >= 3 and (a <= b or b <= a):
        return True  # one is the other, cut or with an addition
    return bool(a and b) and len(a & b) >= 0.6 * min(len(a), len(b)) and len(a & b) >= 0.3 * max(len(a), len(b))
