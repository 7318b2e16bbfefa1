"""Every behaviour of the hostile site against a whole run: what became of the pages, what it cost, what is kept.

Behaviours of the same settings play in one run, each on hosts of its own: none may hurt the pages of the others.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from hostile.bodies import BODIES
from hostile.documents import FEEDS, SITEMAPS
from hostile.expectations import EXPECTED
from hostile.private import PRIVATE
from hostile.redirects import REDIRECTS
from hostile.rules import ROBOTS
from hostile.statuses import STATUSES
from hostile.wires import WIRES
from support.hostile.names import Names
from support.hostile.runs import hours_later, ingest, kept, source_of
from support.hostile.stage import Stage

if TYPE_CHECKING:
    from pathlib import Path

    from flows.common.page_types import Outcome
    from flows.config.kinds import Source
    from flows.pipeline.ingest_result import IngestResult
    from hostile.expectations import Expected
    from support.hostile.site import Request, Site
    from support.hostile.stage import Behaviour, Kept

BEHAVIOURS: dict[str, Behaviour] = {
    **REDIRECTS,
    **STATUSES,
    **WIRES,
    **BODIES,
    **FEEDS,
    **SITEMAPS,
    **ROBOTS,
    **PRIVATE,
}


ALONE = {name for name, expected in EXPECTED.items() if expected.kind != "urls" or expected.later}
"""Their addresses are those of a feed or a sitemap, of which a source has one, or they need a second run."""
ALONE |= {"refresh to a metadata address"}  # one of its outcomes is of an address that is not its own
ALONE |= {"robots: a delay of a year"}  # the seconds that are left of it depend on how long the run takes

pytestmark = pytest.mark.xdist_group("hostile pages")


@dataclass(frozen=True)
class Played:
    """A behaviour after its run, which may have been its own."""

    stage: Stage
    alone: bool
    right: Kept
    log: list[Request]
    run: IngestResult
    kept: list[tuple[str, bytes]]

    def check(self, expected: Expected) -> None:
        """The outcomes, the requests and the pages in raw/ of its own hosts are what is expected."""
        asked = requests([request for request in self.log if request.host in self._hosts])
        reasons = [outcome.reason for outcome in self.outcomes if outcome.reason]
        reasons += [str(self.run.problem)] if self.run.problem else []
        found = (Counter(outcome.status for outcome in self.outcomes), asked[False], asked[True])
        assert found == (expected.counts, expected.requests, expected.robots), reasons
        assert all(re.search(expected.reason, reason) for reason in reasons), reasons
        assert (self.run.problem is None) == bool(expected.pages)
        assert sorted(page for page in self.kept if self._is_ours(page[0])) == sorted(self.right.items())

    @property
    def outcomes(self) -> list[Outcome]:
        return [outcome for outcome in self.run.outcomes if self._is_ours(outcome.url)]

    @property
    def _hosts(self) -> set[str]:
        return {self.stage.host, self.stage.other}

    def _is_ours(self, address: str) -> bool:
        return self.alone or address in self.stage.addresses or urlsplit(address).hostname in self._hosts


def play(behaviours: list[str], site: Site, names: Names, data: Path) -> dict[str, Played]:
    """One run over all of them, which are of one kind and one set of limits."""
    stages = {name: Stage(site, names, host(name)) for name in behaviours}
    right = {name: BEHAVIOURS[name](stage) for name, stage in stages.items()}
    run = ingest(source(behaviours[0], list(stages.values())), data)
    own = {host for stage in stages.values() for host in (stage.host, stage.other)}
    assert {request.host for request in site.log} <= own
    log, pages = list(site.log), kept(data)
    assert all(urlsplit(address).hostname in own for address, _ in pages)
    alone = len(stages) == 1
    played = {name: Played(stage, alone, right[name], log, run, pages) for name, stage in stages.items()}
    assert sum(len(each.outcomes) for each in played.values()) == len(run.outcomes)
    return played


def source(behaviour: str, stages: list[Stage]) -> Source:
    expected = EXPECTED[behaviour]
    private = {host for stage in stages for host in {stage.host, stage.other} - stage.public}
    addresses = [address for stage in stages for address in stage.addresses]
    return source_of(addresses, private, expected.kind, 1 if expected.later else None, **expected.limits)


def host(behaviour: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", behaviour.lower()).strip("-")[:60] + ".test"


def requests(log: list[Request]) -> Counter[bool]:
    """How many there are for pages, and (True) for robots.txt."""
    return Counter(request.path == "/robots.txt" for request in log)


@pytest.fixture(scope="module")
def together(_site: Site, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Played]:
    """All that may play in one run."""
    played: dict[str, Played] = {}
    groups: dict[str, list[str]] = {}
    for name in sorted(BEHAVIOURS.keys() - ALONE):
        groups.setdefault(str(EXPECTED[name].limits), []).append(name)
    # The largest first: what is imported and filled once must not count against those with little time.
    for behaviours in sorted(groups.values(), key=len, reverse=True):
        names = Names()
        _site.clear()
        with pytest.MonkeyPatch.context() as patch:
            names.put_in_place(patch)
            played |= play(behaviours, _site, names, tmp_path_factory.mktemp("together"))
    return played


def test_every_behaviour_has_its_expectation() -> None:
    assert BEHAVIOURS.keys() == EXPECTED.keys()
    assert len({host(name) for name in BEHAVIOURS}) == len(BEHAVIOURS)


@pytest.mark.parametrize("behaviour", [name for name in BEHAVIOURS if name not in ALONE])
def test_a_run_makes_of_it_what_is_expected(behaviour: str, together: dict[str, Played]) -> None:
    together[behaviour].check(EXPECTED[behaviour])


@pytest.mark.parametrize("behaviour", [name for name in BEHAVIOURS if name in ALONE])
def test_a_run_of_its_own_makes_of_it_what_is_expected(
    behaviour: str, site: Site, names: Names, tmp_path: Path
) -> None:
    expected = EXPECTED[behaviour]
    played = play([behaviour], site, names, tmp_path)[behaviour]
    played.check(expected)
    if expected.later:
        before = len(site.log)
        with pytest.MonkeyPatch.context() as patch:
            hours_later(patch, 2)
            later = ingest(source(behaviour, [played.stage]), tmp_path)
        assert [outcome.status for outcome in later.outcomes] == [expected.later]
        assert requests(site.log[before:])[False] == expected.later_requests
        assert sorted(kept(tmp_path)) == sorted(played.right.items())
