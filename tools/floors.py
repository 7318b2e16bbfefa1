"""The floors of the quality gate: what the cleaners once reached and may not fall below.

    python -m tools.floors --check [--sets SET ...] [--jobs N]
    python -m tools.floors [--sets SET ...] [--jobs N]
    python -m tools.floors --lower SET.FIGURE [SET.FIGURE ...] --because "why the loss is worth it"

Measures the sets. With `--check`, which is a step of `scripts/test`, it says what is below its floor and ends with 1.
Without, it raises each floor in tests/quality/floors.toml to what is reached, less a tolerance; floors that are higher
stay. Only `--lower` lets the named ones sink to what is reached, and the reason is kept in the file.
noise_left and text_lost are ceilings: raising them means less noise, and less text lost.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.sets import SETS
from flows.gold.scoring import LOWER_IS_BETTER, number, summary

FLOORS = Path(__file__).resolve().parents[1] / "tests" / "quality" / "floors.toml"
GATED = [name for name in SETS if name != "web"]
TOLERANCE = 0.003
"""How far a figure may move before the gate says so: less than the weight of one page in an exact share."""

HEAD = "# Written by `python -m tools.floors`. What the cleaners reached; scripts/test fails below it.\n"


@dataclass
class Floors:
    """Floors by set and figure, and the list of those lowered, each with its reason."""

    sets: dict[str, dict[str, float]] = field(default_factory=dict)
    lowered: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def read(cls, path: Path = FLOORS) -> Floors:
        """The floors in the file; none where there is no file."""
        table = tomllib.loads(path.read_text("utf-8")) if path.exists() else {}
        return cls(lowered=table.pop("lowered", []), sets=table)

    def write(self, path: Path = FLOORS) -> None:
        """Replace the file."""
        path.write_text(self.toml(), "utf-8")

    def toml(self) -> str:
        """The floors as TOML."""
        parts = [HEAD]
        for name in sorted(self.sets, key=list(SETS).index):
            figures = self.sets[name]
            parts.append(f"\n[{_quoted(name)}]\n" + "".join(f"{f} = {value}\n" for f, value in figures.items()))
        for entry in self.lowered:
            parts.append(
                "\n[[lowered]]\n"
                + "".join(f"{k} = {_quoted(v) if isinstance(v, str) else v}\n" for k, v in entry.items())
            )
        return "".join(parts)

    def raised(self, name: str, reached: Mapping[str, float | None]) -> Iterator[str]:
        """Raise the set's floors to `reached`; says which."""
        floors = self.sets.setdefault(name, {})
        for figure, value in reached.items():
            if value is None:
                continue
            new, old = floor_of(figure, value), floors.get(figure)
            if old is None or (new < old if figure in LOWER_IS_BETTER else new > old):
                floors[figure] = new
                yield f"{name}.{figure}: {'new' if old is None else number(old)} -> {number(new)}"

    def lower(self, name: str, figure: str, value: float, because: str) -> str | None:
        """Let one floor sink to `value` and keep the reason; None where it need not sink."""
        new, old = floor_of(figure, value), self.sets[name][figure]
        if not (new > old if figure in LOWER_IS_BETTER else new < old):
            return None
        self.sets[name][figure] = new
        day = f"{datetime.now(UTC):%Y-%m-%d}"
        self.lowered.append({"floor": f"{name}.{figure}", "from": old, "to": new, "on": day, "because": because})
        return f"{name}.{figure}: {number(old)} -> {number(new)}, because {because}"

    def broken(self, name: str, reached: Mapping[str, float | None]) -> list[str]:
        """What is on the wrong side of the set's floors, a sentence each."""
        found = []
        for figure, floor in self.sets[name].items():
            value = reached[figure]
            ceiling = figure in LOWER_IS_BETTER
            if value is None:
                found.append(f"{name}.{figure} has a floor, but no gold of the set states it any longer")
            elif value > floor if ceiling else value < floor:
                where = "above its ceiling" if ceiling else "below its floor"
                found.append(f"{name}.{figure} is {value:.4f}, {abs(value - floor):.4f} {where} of {floor}")
        return found


def floor_of(figure: str, value: float) -> float:
    """The floor for a reached figure: the tolerance away from it, at three digits, on the lenient side."""
    if figure in LOWER_IS_BETTER:
        return min(1.0, math.ceil(round((value + TOLERANCE) * 1000, 6)) / 1000)
    return max(0.0, math.floor(round((value - TOLERANCE) * 1000, 6)) / 1000)


def _quoted(text: str) -> str:
    """A TOML string: JSON's escapes are TOML's, but for the delete character."""
    return json.dumps(" ".join(text.replace("\x7f", " ").split()), ensure_ascii=False)


def _measured(names: Iterable[str], jobs: int) -> Iterator[tuple[str, dict[str, float | None]]]:
    """The names of the sets that are there, with what is reached."""
    for name in names:
        gold_set = SETS[name]
        if gold_set.is_there:
            yield name, summary(gold_set.scores(gold_set.documents(jobs)))
        else:
            print(f"{name}: left out, as {gold_set.gold} is not there", file=sys.stderr)


def check(floors: Floors, measured: Iterable[tuple[str, Mapping[str, float | None]]]) -> int:
    """Say which figures are below their floors: 1 if there are any, else 0."""
    broken = 0
    for name, reached in measured:
        found = floors.broken(name, reached)
        broken += bool(found)
        print(f"{name}: {'; '.join(found) or 'no figure is below its floor'}", flush=True)
        if found:
            print(f"  which pages: python -m benchmarks.quality --pages --sets {name}")
    if broken:
        print("If a loss is worth it: python -m tools.floors --lower SET.FIGURE --because 'the reason'")
    return min(broken, 1)


def main() -> int:
    """Check, raise, or lower what is named: 1 where a figure is below its floor, 2 for a wrong name."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sets", nargs="+", choices=GATED, metavar="SET", default=GATED, help=", ".join(GATED))
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--check", action="store_true", help="change nothing; 1 where a figure is below its floor")
    parser.add_argument("--lower", nargs="+", metavar="SET.FIGURE", default=[])
    parser.add_argument("--because", default="", help="the reason for lowering, kept in the file")
    arguments = parser.parse_args()
    floors = Floors.read()
    sinking = [tuple(name.rpartition(".")[::2]) for name in arguments.lower]
    wrong = [f"{name}.{figure}" for name, figure in sinking if figure not in floors.sets.get(name, {})]
    if wrong:
        parser.error(f"no such floor: {', '.join(wrong)}; {FLOORS} has them all")
    if bool(sinking) != bool(arguments.because.strip()):
        parser.error("--lower and --because go together: name the floors, and why the loss is worth it")
    if sinking and arguments.check:
        parser.error("--check changes nothing, and --lower does: use one of them")
    measured = _measured(dict(sinking) or arguments.sets, arguments.jobs)
    if arguments.check:
        return check(floors, measured)
    said: list[str | None] = []
    for name, reached in measured:
        if sinking:
            figures = [figure for its, figure in sinking if its == name]
            said += [floors.lower(name, f, reached[f] or 0.0, arguments.because) for f in figures]
        else:
            said += floors.raised(name, reached)
            for sentence in floors.broken(name, reached):
                print(f"not touched: {sentence}", file=sys.stderr)
    print("\n".join(filter(None, said)) or "nothing to change")
    floors.write()
    return 0


if __name__ == "__main__":
    sys.exit(main())
