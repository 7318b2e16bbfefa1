"""The measure of quality: the demo keeps its figures, our scorer agrees with the one beside the gold.

All other gold is measured by `python -m tools.floors --check`, a step of `scripts/test` of its own: it takes a third as
long as all tests.
"""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from benchmarks.ablation import BODY, METADATA, Part
from benchmarks.sets import SETS, SHARED, GoldSet
from flows.gold.scoring import FIGURES, summary
from flows.pipeline.clean_file import read_page
from tools.floors import GATED, Floors

pytestmark = pytest.mark.xdist_group("quality")  # so that each set is cleaned once


def there(name: str) -> GoldSet:
    gold_set = SETS[name]
    if not gold_set.is_there:
        pytest.skip(f"{gold_set.name}: the gold lies beside the project, in ../shared/gold, and is not there")
    return gold_set


@cache
def documents(name: str) -> list[dict[str, Any]]:
    return SETS[name].documents(jobs=1)


@pytest.mark.parametrize("name", ["demo", "demo-together"])
def test_no_figure_of_the_demo_falls_below_its_floor(name: str) -> None:
    assert Floors.read().broken(name, summary(there(name).scores(documents(name)))) == []


def test_every_gated_set_has_floors_and_every_floor_its_set() -> None:
    floors = Floors.read().sets
    assert list(floors) == GATED
    assert all(set(figures) <= set(FIGURES) for figures in floors.values())


def test_every_lowered_floor_has_a_reason() -> None:
    assert [entry for entry in Floors.read().lowered if not entry["because"].strip()] == []


@pytest.mark.slow
@pytest.mark.parametrize("name", ["seeds", "texts/lines", "texts/flat", "pages"])
def test_our_scorer_agrees_with_the_one_beside_the_gold(name: str, tmp_path: Path) -> None:
    gold_set = there(name)
    predictions = tmp_path / "predictions.jsonl"
    found = [document | {"id": gold["id"]} for gold, document in zip(gold_set.golds, documents(name), strict=True)]
    predictions.write_text("".join(json.dumps(document) + "\n" for document in found), "utf-8")
    command = [sys.executable, str(SHARED / "score.py"), str(gold_set.gold), str(predictions), "--json"]
    theirs = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    for figure, ours in summary(gold_set.scores(documents(name))).items():
        if ours is not None:
            assert ours == pytest.approx(theirs[figure], abs=0.0005), figure


@pytest.mark.parametrize("part", [*BODY, *METADATA], ids=lambda part: part.name)
def test_every_part_of_the_ablation_can_be_switched_off(part: Part) -> None:
    gold, path = SETS["demo"].golds[0], SETS["demo"].paths[0]
    assert 0 <= part.score(gold, path, read_page(path)).f1 <= 1
