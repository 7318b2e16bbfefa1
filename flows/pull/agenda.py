"""Which pages of the web a run asks for: of those that the source names, and those whose next try has come."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING

from flows.pages import Outcome, Target
from flows.pull.request import Validators
from flows.state.policy import Policy, next_try

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from flows.pull.batches import Unanswered
    from flows.raw.held import Held
    from flows.sources import Source
    from flows.state import PageState, State

__all__ = ["Agenda"]

_AT_ONCE = 256
"""Pages that are looked up in the state together."""


class Agenda:
    """The pages of one source in one run, from what it names to what came of them; for one thread.

    `settle` is told, for some pages at a time, the outcomes of those that are not asked for, and how many of the others
    will be. At most `room` pages are asked for (None: all).
    """

    def __init__(
        self,
        source: Source,
        state: State,
        held: Held,
        settle: Callable[[list[Outcome], int], None],
        room: int | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.room = room
        self._source, self._state, self._held, self._settle, self._now = source, state, held, settle, now
        self._policy = Policy.of(source)
        self._touched: set[bytes] = set()

    def pages(self, targets: Iterable[Target], *, due_too: bool) -> Iterator[Target]:
        """Those of the targets that are to be asked for, with what makes the question conditional.

        `due_too`: then the pages that an earlier run was told of, and that are due: retries, revisits, and those that
        it did not come to.
        """
        named = iter(targets)
        while self._has_room() and (part := list(islice(named, _AT_ONCE))):
            yield from self._ask(part)
        after: PageState | None = None
        while due_too and self._has_room():
            due = self._state.pages.due(self._source.name, self._now(), _AT_ONCE, after)
            if not due:
                return
            after = due[-1]
            yield from self._ask([Target(page.url) for page in due if _key(page.url) not in self._touched])

    def enter(self, unanswered: Iterable[Unanswered]) -> None:
        """Remember what raw/ cannot tell: the pages that failed, were refused, or are another page's variant."""
        given = {each.url: each for each in unanswered}
        now = self._now()
        known = self._state.pages.get(self._source.name, given)
        entered: list[PageState] = []
        for url, page in known.items():
            each = given[url]
            entry = replace(
                page,
                asked_at=now,
                status=each.status,
                outcome=each.outcome,
                reason=each.reason,
                failures=page.failures + 1 if each.outcome == "failed" else 0,
                canonical=each.canonical or page.canonical,
            )
            due = None if each.canonical else next_try(entry, self._policy, now)
            entered.append(replace(entry, next_try=due))
        self._state.pages.enter(self._source.name, entered)

    def _has_room(self) -> bool:
        return self.room is None or self.room > 0

    def _ask(self, targets: list[Target]) -> list[Target]:
        """Those of a few targets that are to be asked for; the others are settled."""
        now = self._now()
        fine = [target.url for target in targets if target.problem is None]
        self._state.pages.seen(self._source.name, fine, now)
        known = self._state.pages.get(self._source.name, fine)
        settled: list[Outcome] = []
        asked: list[Target] = []
        for target in targets:
            if not self._has_room():
                break
            self._touched.add(_key(target.url))
            page = known.get(target.url)
            if target.problem is not None:
                settled.append(Outcome(target.url, "failed", target.problem))
            elif (outcome := _left_alone(page, target, now)) is not None:
                settled.append(outcome)
            else:
                asked.append(self._conditional(target, page))
                if self.room is not None:
                    self.room -= 1
        self._settle(settled, len(asked))
        return asked

    def _conditional(self, target: Target, page: PageState | None) -> Target:
        # Without that very payload in raw/, "not modified" would be the loss of a page.
        held = self._held.get(target.url)
        if page is None or page.first_captured is None or held is None or held.digest != page.digest:
            return target
        if page.etag is None and page.last_modified is None:
            return target
        return replace(target, validators=Validators(page.etag, page.last_modified))


def _left_alone(page: PageState | None, target: Target, now: datetime) -> Outcome | None:
    """The outcome of a page that is not asked for now; None: it is asked for."""
    if page is None:  # an address of which no state can be kept; the fetcher says why
        return None
    if page.next_try is not None and page.next_try <= now:
        unchanged = target.modified is not None and page.captured_at is not None and target.modified <= page.captured_at
        return Outcome(target.url, "unchanged", "its source says that it has not changed") if unchanged else None
    match page.outcome:
        case "failed" if page.next_try is None:
            return Outcome(target.url, "waiting", f"not asked for again: {page.reason}, {page.failures} times")
        case "failed":
            return Outcome(target.url, "waiting", f"next try {page.next_try:%Y-%m-%d %H:%M}, as it {page.reason}")
        case "refused":
            return Outcome(target.url, "refused", page.reason)
    return Outcome(target.url, "unchanged")


def _key(url: str) -> bytes:
    return hashlib.blake2b(url.encode("utf-8", "surrogatepass"), digest_size=12).digest()
