"""Every behaviour of the hostile site against a whole run: what became of the pages, what it cost, what is kept."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from hostile.bodies import BODIES
from hostile.documents import FEEDS, SITEMAPS
from hostile.expectations import EXPECTED
from hostile.private import PRIVATE
from hostile.redirects import REDIRECTS
from hostile.rules import ROBOTS
from hostile.statuses import STATUSES
from hostile.wires import WIRES
from support.hostile.runs import hours_later, ingest, kept, source_of
from support.hostile.stage import Stage

if TYPE_CHECKING:
    from pathlib import Path

    from support.hostile.names import Names
    from support.hostile.site import Request, Site
    from support.hostile.stage import Behaviour

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


def requests(log: list[Request]) -> Counter[bool]:
    """How many there are for pages, and (True) for robots.txt."""
    return Counter(request.path == "/robots.txt" for request in log)


def test_every_behaviour_has_its_expectation() -> None:
    assert BEHAVIOURS.keys() == EXPECTED.keys()


@pytest.mark.parametrize("behaviour", BEHAVIOURS)
def test_a_run_makes_of_it_what_is_expected(behaviour: str, site: Site, names: Names, tmp_path: Path) -> None:
    expected = EXPECTED[behaviour]
    host = re.sub(r"[^a-z0-9]+", "-", behaviour.lower()).strip("-")[:60] + ".test"
    stage = Stage(site, names, host)
    right = BEHAVIOURS[behaviour](stage)
    private = {stage.host, stage.other} - stage.public
    source = source_of(stage.addresses, private, expected.kind, 1 if expected.later else None, **expected.limits)

    intake = ingest(source, tmp_path)

    asked = requests(site.log)
    reasons = [outcome.reason for outcome in intake.outcomes if outcome.reason]
    reasons += [str(intake.problem)] if intake.problem else []
    found = (Counter(outcome.status for outcome in intake.outcomes), asked[False], asked[True])
    assert found == (expected.counts, expected.requests, expected.robots), reasons
    assert all(re.search(expected.reason, reason) for reason in reasons), reasons
    assert (intake.problem is None) == bool(expected.pages)
    assert sorted(kept(tmp_path)) == sorted(right.items())

    if expected.later:
        before = len(site.log)
        with pytest.MonkeyPatch.context() as patch:
            hours_later(patch, 2)
            later = ingest(source, tmp_path)
        assert [outcome.status for outcome in later.outcomes] == [expected.later]
        assert requests(site.log[before:])[False] == expected.later_requests
        assert sorted(kept(tmp_path)) == sorted(right.items())
