"""Charts say of a run what it recorded, and what fell in it as far as the tables of now tell it."""

from __future__ import annotations

import pytest

from flows.look.over_time import _fitted


@pytest.mark.parametrize(
    ("categories", "dropped", "drawn"),
    [
        ({"subscribe": 24, "caption": 222}, 246, {"subscribe": 24, "caption": 222}),
        ({"subscribe": 24}, 246, {"subscribe": 24, "dropped": 222}),  # judged again: what fell as captions is kept now
        ({"subscribe": 40, "caption": 40}, 20, {"subscribe": 10, "caption": 10}),  # another run wrote into its shards
        ({}, 5, {"dropped": 5}),
        ({}, 0, {}),
        ({"subscribe": 24}, 0, {"subscribe": 0}),
    ],
)
def test_categories_add_up_to_what_the_run_recorded(
    categories: dict[str, float], dropped: float, drawn: dict[str, float]
) -> None:
    assert _fitted(categories, dropped) == drawn
