"""Which pages a run fetches: new ones that the source names, and those that are due again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from flows.common.errors import SitoError
from flows.common.escape import one_line
from flows.common.page_types import Outcome, Target, Validators
from flows.state.recrawl_policy import Policy, next_try
from flows.urls.page_address import page_address
from flows.urls.uri import address_hash

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from flows.archive.captured_index import CapturedIndex
    from flows.config.kinds import Source
    from flows.crawl.batches import Unanswered
    from flows.state import PageState, State

__all__ = ["RecrawlSchedule"]

_AT_ONCE = 256
"""Pages that are looked up in the state together."""
_SAID = 5
"""Addresses in a message."""


class RecrawlSchedule:
    """The pages of one source in one run, from their discovery to their outcome; for one thread.

    `settle` is called for some pages at a time, with the outcomes of those that are not fetched and the number of those
    that are. At most `room` pages are fetched (None: all).
    """

    def __init__(
        self,
        source: Source,
        state: State,
        captured: CapturedIndex,
        settle: Callable[[list[Outcome], int], None],
        room: int | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.room = room
        self._source, self._state, self._captured, self._settle, self._now = source, state, captured, settle, now
        self._policy = Policy.of(source)
        self._touched: set[bytes] = set()
        self._followed: set[bytes] = set()
        self._later: dict[bytes, str | None] = {}  # named pages that are due again, and their evidence

    def pages(self, targets: Iterable[Target | None]) -> Iterator[Target | None]:
        """The pages to fetch, with validators that make the request conditional.

        First the targets that were never fetched, or are no longer in raw/. Then, the longest due first, those that
        are due: retries, revisits, and those that an earlier run discovered and did not reach. So no page starves when
        `room` is small: new pages wait for no revisit and no dead host, and all others are fetched in turn. A None
        among the targets says that the next one is not found yet, and is passed on.
        """
        named = iter(targets)
        ended = False
        while self._has_room() and not ended:
            part, waits, ended = _part(named)
            if part:
                yield from self._ask(part, new_only=True)
            if waits:
                yield None
        after: PageState | None = None
        while self._has_room() and (self._later or not self._policy.named_only):
            due = self._state.pages.due(self._source.name, self._now(), _AT_ONCE, after)
            if not due:
                return
            after = due[-1]
            yield from self._ask([target for page in due if (target := self._due(page.url)) is not None])

    def again(self, urls: Iterable[str]) -> Iterator[Target]:
        """These pages, whether they are due or not, and without validators: a server may be wrong in what it says.

        Any spelling of an address will do that leads to the same page whatever the site.

        Raises SitoError for an address that the source has never named.
        """
        spelt = {url: _spelt(url) for url in urls}
        known = self._state.pages.get(self._source.name, dict.fromkeys([*spelt, *spelt.values()]))
        # As it is given first: `file` and archives of others may hold addresses in a form that is not ours.
        wanted = dict.fromkeys(known[form].url for url in spelt for form in (url, spelt[url]) if form in known)
        unknown = [one_line(url, 300) for url, form in spelt.items() if url not in known and form not in known]
        if unknown:
            raise SitoError(
                f"the source '{self._source.name}' has never named {', '.join(unknown[:_SAID])}"
                f"{f' and {len(unknown) - _SAID:,} more' if len(unknown) > _SAID else ''}; "
                f"nothing was asked for. What it names for the first time, `sito ingest {self._source.name}` captures"
            )
        self._touched.update(map(address_hash, wanted))
        self._settle([], len(wanted))
        yield from map(Target, wanted)

    def follow(self, target: Target) -> list[Target]:
        """The page to which a fetched one sends its readers, if it is to be fetched: none that this run has handled."""
        if not self._has_room() or address_hash(target.url) in self._touched:
            return []
        self._followed.add(address_hash(target.url))
        return self._ask([target], new_only=True)

    def record_unanswered(self, unanswered: Iterable[Unanswered]) -> None:
        """Record in the state what raw/ does not show: pages that failed, were refused, or are variants of others.

        Pages that wait, as no request to their host was possible, go behind all others that are due.
        """
        given = {each.url: each for each in unanswered}
        now = self._now()
        known = self._state.pages.get(self._source.name, given)
        recorded: list[PageState] = []
        for url, page in known.items():
            each = given[url]
            if each.outcome == "waiting":
                recorded.append(replace(page, next_try=now))
                continue
            before = page.failures if each.outcome == page.outcome else 0
            entry = replace(
                page,
                asked_at=now,
                status=each.status,
                outcome=each.outcome,
                reason=each.reason,
                failures=0 if each.outcome == "unchanged" else before + 1,
                gone_at=(page.gone_at or now) if each.outcome == "gone" else page.gone_at,
                canonical=each.canonical or page.canonical,
            )
            due = None if each.canonical else next_try(entry, self._policy, now)
            recorded.append(replace(entry, next_try=due))
        self._state.pages.record(self._source.name, recorded)

    def _has_room(self) -> bool:
        return self.room is None or self.room > 0

    def _due(self, url: str) -> Target | None:
        """A page that is due; None: this run has already handled it, or it is no longer wanted."""
        key = address_hash(url)
        if key in self._later:
            return Target(url, evidence=self._later.pop(key))
        return None if self._policy.named_only or key in self._touched else Target(url)

    def _ask(self, targets: list[Target], new_only: bool = False) -> list[Target]:
        """Those of a few targets that are to be fetched; the others are settled.

        `new_only`: those that were fetched before, and are due again, are postponed.
        """
        now = self._now()
        fine = [target.url for target in targets if target.problem is None]
        self._state.pages.seen(self._source.name, fine, now)
        known = self._state.pages.get(self._source.name, fine)
        settled: list[Outcome] = []
        asked: list[Target] = []
        for target in targets:
            if not self._has_room():
                break
            if address_hash(target.url) in self._followed and not target.followed:
                continue
            page = known.get(target.url)  # none if the address cannot be stored; the fetcher says why
            had = page if page is not None and not self._is_new(page, now) else None
            if target.problem is not None:
                settled.append(Outcome(target.url, "failed", target.problem))
            elif had is not None and (outcome := _left_alone(had, target, now)) is not None:
                settled.append(outcome)
            elif had is not None and new_only:
                self._later[address_hash(had.url)] = target.evidence
                continue
            else:
                asked.append(self._conditional(target, page))
                if self.room is not None:
                    self.room -= 1
            self._touched.add(address_hash(target.url))
        self._settle(settled, len(asked))
        return asked

    def _is_new(self, page: PageState, now: datetime) -> bool:
        """Whether it was never fetched, or neither its capture nor that of its canonical page is in raw/ any more."""
        if page.asked_at is None:  # `next_try` in the future: the clock may have been wrong
            return page.next_try == page.first_seen or page.next_try is None or page.next_try > now
        if page.outcome not in ("new", "changed", "unchanged"):
            return page.asked_at > now  # for the same reason
        return not any(url in self._captured for url in (page.url, page.canonical) if url is not None)

    def _conditional(self, target: Target, page: PageState | None) -> Target:
        # If that exact payload is not in raw/, an answer "not modified" would lose the page.
        captured = self._captured.get(target.url)
        if page is None or page.first_captured is None or captured is None or captured.digest != page.digest:
            return target
        if page.etag is None and page.last_modified is None:
            return target
        return replace(target, validators=Validators(page.etag, page.last_modified))


def _spelt(url: str) -> str:
    """The address in the form in which sources name their pages; what is none stays as it is."""
    try:
        return page_address(url)
    except ValueError:
        return url


def _part(named: Iterator[Target | None]) -> tuple[list[Target], bool, bool]:
    """Some targets; whether the next one is not found yet; whether they have ended."""
    part: list[Target] = []
    for target in named:
        if target is None:
            return part, True, False
        part.append(target)
        if len(part) == _AT_ONCE:
            return part, False, False
    return part, False, True


def _left_alone(page: PageState, target: Target, now: datetime) -> Outcome | None:
    """The outcome of a page that is not fetched now; None: it is fetched."""
    if page.next_try is not None and page.next_try <= now:
        unchanged = target.modified is not None and page.captured_at is not None and target.modified <= page.captured_at
        return Outcome(target.url, "unchanged", "its source says that it has not changed") if unchanged else None
    match page.outcome:
        case "failed" | "gone" if page.next_try is None:
            return Outcome(target.url, "waiting", f"{page.reason}, {page.failures} times; not asked for again")
        case "failed" | "gone":
            return Outcome(target.url, "waiting", f"{page.reason}; next try {page.next_try:%Y-%m-%d %H:%M} UTC")
        case "refused":
            return Outcome(target.url, "refused", page.reason)
    return Outcome(target.url, "unchanged")
