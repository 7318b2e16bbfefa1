"""Floors go up by themselves, down only when told why, and say what broke them."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

import pytest

from flows.gold.scoring import FIGURES
from tools.floors import Floors, check, floor_of, main


def floors(**figures: float) -> Floors:
    return Floors({"pages": figures})


@pytest.mark.parametrize(
    ("figure", "reached", "floor"),
    [
        ("precision", 0.9876, 0.984),
        ("precision", 1.0, 0.997),
        ("precision", 0.001, 0.0),
        ("noise_left", 0.0204, 0.024),
        ("text_lost", 0.0, 0.003),
        ("text_lost", 0.999, 1.0),
    ],
)
def test_a_floor_is_a_tolerance_away_on_the_lenient_side(figure: str, reached: float, floor: float) -> None:
    assert floor_of(figure, reached) == floor


def test_floors_rise_and_ceilings_sink_but_never_the_other_way() -> None:
    held = floors(precision=0.9, recall=0.9, noise_left=0.1, text_lost=0.1)
    said = list(held.raised("pages", {"precision": 0.95, "recall": 0.8, "noise_left": 0.05, "text_lost": 0.2}))
    assert held.sets["pages"] == {"precision": 0.947, "recall": 0.9, "noise_left": 0.053, "text_lost": 0.1}
    assert said == ["pages.precision: .900 -> .947", "pages.noise_left: .100 -> .053"]


def test_a_new_set_gets_its_floors_and_what_gold_does_not_state_gets_none() -> None:
    held = Floors()
    assert list(held.raised("pages", {"exact": 0.5, "title": None})) == ["pages.exact: new -> .497"]
    assert held.sets == {"pages": {"exact": 0.497}}


def test_lowering_keeps_the_reason() -> None:
    held = floors(exact=0.5, noise_left=0.01)
    assert held.lower("pages", "exact", 0.6, "it rose") is None
    assert held.lower("pages", "exact", 0.4, "captions are kept now") is not None
    assert held.lower("pages", "noise_left", 0.1, "captions are kept now") is not None
    assert held.sets["pages"] == {"exact": 0.397, "noise_left": 0.103}
    assert [(entry["floor"], entry["because"]) for entry in held.lowered] == [
        ("pages.exact", "captions are kept now"),
        ("pages.noise_left", "captions are kept now"),
    ]


def test_a_broken_floor_is_named_with_the_distance() -> None:
    held = floors(precision=0.9, recall=0.9, noise_left=0.1, text_lost=0.1, title=0.5)
    reached = {"precision": 0.88, "recall": 0.9, "noise_left": 0.13, "text_lost": 0.0, "title": None}
    assert held.broken("pages", reached) == [
        "pages.precision is 0.8800, 0.0200 below its floor of 0.9",
        "pages.noise_left is 0.1300, 0.0300 above its ceiling of 0.1",
        "pages.title has a floor, but no gold of the set states it any longer",
    ]


@pytest.mark.parametrize("because", ["plain", 'quotes " and \\ slashes', "lines\nand\ttabs", "причина", "\x7f\x00"])
def test_the_file_is_read_as_it_was_written(tmp_path: Path, because: str) -> None:
    path = tmp_path / "floors.toml"
    held = floors(**dict.fromkeys(FIGURES, 0.5))
    held.lower("pages", "exact", 0.4, because)
    held.write(path)
    read = Floors.read(path)
    assert read.sets == held.sets
    assert read.toml() == path.read_text("utf-8")
    assert tomllib.loads(read.toml())["lowered"][0]["to"] == 0.397


def test_a_check_names_each_set_and_fails_by_one_that_is_below(capsys: pytest.CaptureFixture[str]) -> None:
    held = Floors({"demo": {"recall": 0.9}, "pages": {"recall": 0.9}})
    assert check(held, [("demo", {"recall": 0.95}), ("pages", {"recall": 0.9})]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "demo: no figure is below its floor",
        "pages: no figure is below its floor",
    ]
    assert check(held, [("demo", {"recall": 0.95}), ("pages", {"recall": 0.8})]) == 1
    said = capsys.readouterr().out
    assert "pages: pages.recall is 0.8000, 0.1000 below its floor of 0.9\n" in said
    assert "--sets pages\n" in said
    assert "--lower" in said


def test_a_check_changes_no_floor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["floors", "--check", "--lower", "demo.recall", "--because", "it is worth it"])
    with pytest.raises(SystemExit, match="2"):
        main()
