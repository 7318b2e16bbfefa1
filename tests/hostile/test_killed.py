"""SIGKILL at moments all over a run, then on: every page once in raw/, and asked for again only if it was in flight.

HOSTILE_KILLS and HOSTILE_SEED try other numbers and other moments.
"""

from __future__ import annotations

import json
import os
import random
import signal
from collections import Counter
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
import pytest

from support.hostile.answers import article, page
from support.hostile.killed import INTERRUPTED, addresses, killed
from support.hostile.runs import SOURCE, kept
from support.hostile.site import Act

if TYPE_CHECKING:
    from pathlib import Path

    from support.hostile.site import Answer, Request, Site

pytestmark = pytest.mark.slow

KILLS = int(os.environ.get("HOSTILE_KILLS", "6"))
SEED = int(os.environ.get("HOSTILE_SEED", "5"))
HOSTS = 10
PAGES = HOSTS * (KILLS + 1)  # more than the killed runs come to: each is killed by its tenth page


class Executioner:
    """Kills a process when the server has seen so many requests: when the last comes, or in the midst of its answer."""

    def __init__(self, pid: int, requests: int, in_answer: bool, how: signal.Signals = signal.SIGKILL) -> None:
        self.pid, self.left, self.in_answer, self.how = pid, requests, in_answer, how

    def __call__(self, request: Request, in_answer: bool) -> None:
        if in_answer == self.in_answer:
            self.left -= 1
            if self.left == 0:
                os.kill(self.pid, self.how)


def test_killed_runs_lose_nothing_and_double_nothing(site: Site, tmp_path: Path) -> None:
    urls = addresses(site.port, HOSTS, PAGES)
    bodies = {url: article(f"Новина {n}") for n, url in enumerate(urls)}
    for n, url in enumerate(urls):
        site.at(f"daily{n % HOSTS}.test", f"/n/{n}", page(bodies[url]))
    chance = random.Random(SEED)
    begun: list[int] = []
    ends: list[tuple[str, int]] = []
    with killed(tmp_path, site.port, HOSTS, PAGES) as runs:
        for n in range(KILLS):
            begun.append(len(site.log))
            how = ("request", "answer", "disk")[n % 3]
            pid = runs.begin(chance.randint(1, 30) if how == "disk" else 0)
            site.watch = Executioner(pid, chance.randint(1, 10), how == "answer") if how != "disk" else None
            ends.append((how, runs.go()))
            site.watch = None
        begun.append(len(site.log))
        runs.begin()
        assert runs.go() == 0

    assert {end for _, end in ends} == {-signal.SIGKILL}, ends
    held = kept(tmp_path)
    assert Counter(url for url, _ in held) == dict.fromkeys(urls, 1)
    assert dict(held) == bodies

    outcomes = json.loads((tmp_path / "outcomes.json").read_text())
    assert Counter(url for url, _, _ in outcomes) == dict.fromkeys(urls, 1)
    assert {status for _, status, _ in outcomes} <= {"new", "unchanged"}
    documents = pq.read_table(tmp_path / "clean" / "documents" / f"source={SOURCE}", columns=["url", "status"])
    assert Counter(documents["url"].to_pylist()) == dict.fromkeys(urls, 1)
    assert not list(tmp_path.rglob("*.part"))

    check_asked_again(site.log, begun)


def test_ctrl_c_ends_a_run_that_hears_nothing_and_keeps_what_it_has(site: Site, tmp_path: Path) -> None:
    urls = addresses(site.port, HOSTS, PAGES // 2)
    bodies = {url: article(f"Новина {n}") for n, url in enumerate(urls)}
    for n, url in enumerate(urls):
        answers: list[Answer] = [page(bodies[url])]
        if n % 2 and n < HOSTS:  # every second host is silent at first, for longer than anybody waits
            answers.insert(0, (Act.SILENCE,))
        site.at(f"daily{n % HOSTS}.test", f"/n/{n}", *answers)
    with killed(tmp_path, site.port, HOSTS, len(urls)) as runs:
        site.watch = Executioner(runs.begin(), 30, False, signal.SIGINT)
        assert runs.go() == INTERRUPTED
        site.watch = None
        assert not list(tmp_path.rglob("*.part"))
        left = kept(tmp_path)
        begun = [0, len(site.log)]
        runs.begin()
        assert runs.go() == 0

    answered = {url for url, _, run in asked_in(site.log, begun) if run == 1 and int(url.rpartition("/")[2]) % 2 == 0}
    assert len(answered) - HOSTS / 2 <= len(left) <= len(answered)
    assert Counter(url for url, _ in kept(tmp_path)) == dict.fromkeys(urls, 1)
    assert dict(kept(tmp_path)) == bodies
    check_asked_again(site.log, begun)


def check_asked_again(log: list[Request], begun: list[int]) -> None:
    """What was asked for more than once was in flight: its host was asked for nothing more in that run."""
    asked = asked_in(log, begun)
    for url in {url for url, _, _ in asked}:
        *lost, _ = [place for place, each in enumerate(asked) if each[0] == url]
        for place in lost:
            _, host, run = asked[place]
            assert (host, run) not in [(host, run) for _, host, run in asked[place + 1 :]], url


def asked_in(log: list[Request], begun: list[int]) -> list[tuple[str, str, int]]:
    """Address, host and run of every page that was asked for."""
    return [
        (f"http://{request.headers['host']}{request.path}", request.host, sum(place <= n for place in begun))
        for n, request in enumerate(log)
        if request.path != "/robots.txt"
    ]
