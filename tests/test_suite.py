"""The tests themselves are run as the marks on them say."""

from __future__ import annotations

import pytest


@pytest.mark.xdist_group("shared")
def test_a_group_is_known_to_what_spreads_tests_over_processes(request: pytest.FixtureRequest) -> None:
    if not getattr(request.config.option, "loadgroup", False):
        pytest.skip("run without --dist loadgroup")
    # By this ending pytest-xdist keeps a group together; without it every process starts each shared server.
    assert request.node.nodeid.endswith("@shared")
