"""Which captures of an address are superseded: what nobody needs who wants each page as it is now. Pure."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from flows.common.page_types import NOT_MODIFIED

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from flows.archive.cdxj import CdxjEntry

__all__ = ["superseded", "superseded_revisits"]


def superseded(captures: Sequence[CdxjEntry], before: datetime, wanted: Collection[int] = ()) -> set[int]:
    """The places, among all captures of one address in their order, of those that may go.

    What came after them came before `before`. What stays of each address: its last capture, its last answer that was
    good, its last payload and the payload of the latest time, the captures at the places `wanted`; and the payload of
    each revisit that stays.
    """
    stay = {place for place, until in enumerate(_until(captures)) if until >= before} | set(wanted)
    stay.update(_last(captures))
    pages = [place for place, each in enumerate(captures) if each.is_page]
    if pages:
        stay.update((pages[-1], max(pages, key=lambda place: captures[place].at)))
    for place in sorted(stay):
        if captures[place].revisit and (original := _original(captures, place)) is not None:
            stay.add(original)
    return set(range(len(captures))) - stay


def superseded_revisits(captures: Sequence[CdxjEntry]) -> set[int]:
    """The places of revisits after which others came, and so say nothing of the page as it is known now."""
    answers = [place for place, each in enumerate(captures) if each.status != NOT_MODIFIED]
    # The last full answer has the validators by which the page is asked for again, a 304 need not repeat them.
    stay = {*_last(captures), *_last(captures, answers)}
    return {place for place, each in enumerate(captures) if each.revisit} - stay


def _until(captures: Sequence[CdxjEntry]) -> list[datetime]:
    """When each was superseded: a page by the next other one, all else by whatever came next."""
    found = [each.at for each in captures]
    page = other = None  # the next page, and the next one that is another than that
    for place in reversed(range(len(captures))):
        own = captures[place]
        by = captures[place + 1] if place + 1 < len(captures) else own
        if own.is_page and page is not None:
            by = (page if page.digest != own.digest else other) or by
        found[place] = max(own.at, by.at)  # an older archive may have been taken in after it
        if _is_page(own):
            other = other if page is not None and page.digest == own.digest else page
            page = own
    return found


def _is_page(capture: CdxjEntry) -> bool:
    """Whether it says what the page is, with a payload or as a revisit; not that there is none now."""
    return capture.is_page or (capture.revisit and capture.status in (None, 200, NOT_MODIFIED))


def _last(captures: Sequence[CdxjEntry], among: Sequence[int] | None = None) -> set[int]:
    """The places of the last capture, and of the last good one: of a revisit, one whose payload is there."""
    places = range(len(captures)) if among is None else among
    good = (place for place in reversed(places) if _is_good(captures, place))
    return {*places[-1:], *islice(good, 1)}


def _is_good(captures: Sequence[CdxjEntry], place: int) -> bool:
    status = captures[place].status
    answered = status is None or 200 <= status < 400
    return answered and (not captures[place].revisit or _original(captures, place) is not None)


def _original(captures: Sequence[CdxjEntry], place: int) -> int | None:
    """The place of the record that holds the payload of a revisit: the last before it, else the first after it."""
    digest = captures[place].digest
    same = [n for n, each in enumerate(captures) if not each.revisit and each.digest == digest]
    return next((n for n in reversed(same) if n < place), next(iter(same), None))
