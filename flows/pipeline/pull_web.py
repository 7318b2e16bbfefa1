"""The pages of a source of the web, asked for and kept batch after batch."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from flows.crawl.batches import capture_answers
from flows.crawl.capture import attempt
from flows.crawl.frontier import Frontier
from flows.crawl.recrawl_schedule import RecrawlSchedule
from flows.discover.background import Background
from flows.discover.listing_cache import ListingCache
from flows.fetch.fetcher import Fetcher
from flows.fetch.politeness import Politeness
from flows.state import Policy, State

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import ExitStack

    from flows.archive.captured_index import CapturedIndex
    from flows.common.page_types import Target
    from flows.config.limits import WebLimits
    from flows.pipeline.ingest_run import IngestRun


def pull_web(run: IngestRun, limits: WebLimits, captured: CapturedIndex, stack: ExitStack) -> int | None:
    """Capture the pages of `run.source`; gives what is left of the room for pages that are asked for (None: no limit).

    What must be closed when the run ends is pushed on `stack`. Raises SitoError for what ended it early.
    """
    source = run.source
    state = stack.enter_context(State.open(run.state))
    run.gone = partial(state.pages.gone, source.name)
    policy = Policy.of(source)
    state.sync_from_archive(source.name, run.archive, policy)
    if lost := [url for url in run.archive.gone if url not in captured]:
        state.lost(source.name, lost)
    state.hosts.release_owned(source.name)  # we hold the source's lock: whoever had them was killed
    hosts = Politeness(state.hosts, limits.delay_seconds, limits.pages_per_host, owner=source.name)
    fetcher = stack.enter_context(Fetcher(limits, hosts))
    schedule = RecrawlSchedule(source, state, captured, run.decided, limits.pages_per_run)
    listings = ListingCache(source.name, state.listings)

    ahead: Background | None = None
    if not run.refetch and source.walks_listings:
        ahead = Background(run.steps.discover(source, fetcher, listings, run.warned), lambda: listings.reads)
        stack.callback(ahead.close, fetcher.abort)

    def wanted() -> Iterator[Target | None]:
        if run.refetch:
            yield from schedule.again(run.refetch)
            return
        yield from schedule.pages(ahead or run.steps.discover(source, fetcher, listings, run.warned))

    with Frontier(
        wanted(),
        partial(attempt, source, fetcher=fetcher),
        tell=run.progress.wait,
        idle=ahead.wait if ahead else lambda: None,
    ) as frontier:
        # The threads must not hold up the end of a run that was interrupted.
        stack.push(lambda kind, *_: fetcher.abort() if kind is not None else None)
        while True:
            batch = partial(capture_answers, frontier, run.archive, captured, run.batch, run.answered, schedule.follow)
            done = run.steps.capture(batch)
            run.captured(done)
            schedule.record_unanswered(done.unanswered)
            if not source.read_whole and not run.refetch:  # whose listing is read before its pages are captured
                listings.keep(ahead.read if ahead else None)
            if done.shards:
                state.sync_from_archive(source.name, run.archive, policy)
            if not done.outcomes:
                break
    if frontier.problem is not None:
        raise frontier.problem
    if not run.refetch and (schedule.room is None or schedule.room > 0):  # every page that was named is in the state
        listings.keep()
    return schedule.room
