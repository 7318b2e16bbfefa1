"""A morning with the paper of a small town, as docs/tour.md tells it: played by hand, for it takes a minute or two.

SITO_TOUR=docs/tour pytest -s -m slow tests/test_tour.py        # the folder for the pictures
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from flows.config.corrections import load_entries
from flows.report.run_record import RunRecord, load_runs
from support.browser import CHROMIUM, Browser, browser
from support.local_site import Site
from support.prefect_server import PATIENCE, Served

if TYPE_CHECKING:
    from collections.abc import Iterator

PICTURES = os.environ.get("SITO_TOUR")
DAYS = 9
A_DAY = 6

pytestmark = [
    pytest.mark.skipif(not PICTURES, reason="played by hand: SITO_TOUR=docs/tour is where its pictures go"),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
    pytest.mark.xdist_group("serve"),
    pytest.mark.slow,
]

SOURCES = """[sources.town]
kind = "feed"
url = "{feed}"
language = "uk"
limits = {{private_hosts = ["127.0.0.1"], delay_seconds = 0}}
"""
THINGS = ("млин", "міст", "ставок", "вокзал", "парк", "ринок", "театр", "музей", "стадіон", "притулок", "сквер")
WORK = ("полагодили дах", "висадили липи", "відчинили читальню", "почистили береги", "пофарбували паркан")


def story(day: int, number: int) -> list[str]:
    """The sentences of an article; each is of that article only."""
    thing, work = THINGS[(day * A_DAY + number) % len(THINGS)], WORK[(day + 2 * number) % len(WORK)]
    return [
        f"Біля споруди «{thing} {day}{number}» у понеділок {work}, і роботу прийняла комісія з {number + 3} мешканців.",
        f"Майстриня Олена Гай розповіла, що за {day + number + 2} тижнів бригада впоралася без жодної затримки.",
        f"Витратили {day + 4}{number} тисяч гривень, а решту грошей громада залишила на ремонт сусідньої вулиці.",
        f"Наступним на черзі буде {THINGS[(day + number + 5) % len(THINGS)]}, про що оголосять після засідання ради.",
    ]


def article(day: int, number: int, *, new_template: bool) -> str:
    """A page of the paper. The new template puts each paragraph under a picture."""
    frame = "<figure class='frame'><img src='/p.jpg' alt=''><figcaption>{}</figcaption></figure>"
    first, *others = story(day, number)
    inside = "".join((frame if new_template else "<p>{}</p>").format(text) for text in others)
    title = f"Новини міста: {THINGS[(day * A_DAY + number) % len(THINGS)]} {day}{number}"
    return (
        f"<!doctype html><html lang=uk><head><title>{title}</title></head><body><nav><a href='/'>Головна</a></nav>"
        f"<article><h1>{title}</h1><p>{first}</p>{inside}<p>Підписуйтесь на наш Telegram</p></article>"
        "<footer>© 2026 Вісник містечка</footer></body></html>"
    )


class Morning:
    """The paper, the folder of the operator, and what they type and click."""

    def __init__(self, served: Served, site: Site) -> None:
        self.served, self.site, self.clicks = served, site, 0
        self.folder = served.folder
        self.data = self.folder / "data"
        (self.folder / "sources.toml").write_text(SOURCES.format(feed=site.url("/feed")))
        self.folder.joinpath("corrections", "town.toml").unlink(missing_ok=True)

    def publish(self, day: int, *, new_template: bool = False) -> None:
        items = ""
        for number in range(A_DAY):
            url = self.site.page(f"/{day}/{number}.html", article(day, number, new_template=new_template))
            items += f"<item><link>{url}</link><guid>{url}</guid></item>"
        self.site.page("/feed", f"<rss version='2.0'><channel><title>Вісник</title>{items}</channel></rss>")

    def types(self, *words: str, served: bool = True) -> str:
        """A command; what it says."""
        environment = self.served.environment | ({} if served else {"PREFECT_HOME": str(self.folder / "none")})
        command = [sys.executable, "-m", "flows.cli", *words]
        ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=PATIENCE, check=False)
        assert ended.returncode == 0, ended.stderr
        return ended.stdout + ended.stderr

    def last(self, kind: str = "ingest") -> RunRecord:
        return [run for run in load_runs(self.data, "town") if run.kind == kind][-1]

    @contextmanager
    def looks(self) -> Iterator[str]:
        """`sito look --edit`; the link that it prints."""
        command = [sys.executable, "-u", "-m", "flows.cli", "look", "--edit", "--port", "0"]
        process = subprocess.Popen(command, env=self.served.environment, stderr=subprocess.PIPE, text=True)
        assert process.stderr is not None
        try:
            found = (re.search(r"http://127\S+", line) for line in process.stderr)
            yield next(link[0] for link in found if link)
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(PATIENCE)
            process.stderr.close()

    def click(self, tab: Browser, element: str) -> None:
        """A click on the first element that JavaScript finds, which leads to another page."""
        self.clicks += 1
        tab.opening()
        click = "new MouseEvent('click', {bubbles: true, cancelable: true})"  # columns of a chart have no click()
        assert tab.ask(f"(e => !!e && (e.dispatchEvent({click}), true))({element})"), element
        tab.wait()


def takes(tab: Browser, name: str, *, width: int = 1100, height: int = 760) -> None:
    assert PICTURES
    Path(PICTURES).mkdir(parents=True, exist_ok=True)
    tab.size(width, height)
    tab.picture(Path(PICTURES) / f"{name}.png")


def share(record: RunRecord) -> float:
    assert record.kept_share is not None
    return record.kept_share


def test_from_an_alarm_to_the_text_that_is_back(served: Served, site: Site, tmp_path: Path) -> None:
    morning = Morning(served, site)
    for day in range(DAYS):
        morning.publish(day)
        morning.types("ingest", "town", served=False)
        print(f"day {day}: share kept {share(morning.last()):.3f}")
    usual = share(morning.last())

    morning.publish(DAYS, new_template=True)
    said = morning.types("ingest", "town")
    fallen = share(morning.last())
    assert fallen < usual - 0.3
    assert "share of kept words is" in " ".join(said.split())
    end = time.monotonic() + PATIENCE
    while not served.alarms:
        assert time.monotonic() < end, served.said()
        time.sleep(0.2)
    received = [json.loads(body) for path, body in served.alarms if path == "/webhook"]
    assert "town: share of kept words is" in str(received)

    with morning.looks() as link, browser(tmp_path / "profile") as tab:
        tab.size(1100, 760)
        tab.go(link)
        takes(tab, "1-sources")
        morning.click(tab, "document.querySelector('a[href=\"/source/town\"]')")
        takes(tab, "2-over-time")
        run = morning.last().run
        morning.click(tab, f"document.querySelector('a[href*=\"/runs/town/{run}\"]')")
        takes(tab, "3-run")
        morning.click(tab, "document.querySelector('a[href*=\"order=lost\"]')")
        morning.click(tab, 'document.querySelector(\'td a[href*="/page?"], th a[href*="/page?"]\')')
        to_the_line = morning.clicks
        struck = (
            "[...document.querySelectorAll('li.line.dropped')].find(e => e.querySelector('.text').innerText.includes"
        )
        line = f"{struck}('Майстриня'))"
        assert tab.ask(f"!!{line}")
        assert tab.ask(f"{line}.innerText.includes('caption.tag')")
        takes(tab, "4-page")

        morning.click(tab, f"{line}.querySelector('a[href*=\"/correct\"]')")
        tab.ask("document.querySelector('input[name=choice][value=own]').checked = true")
        tab.ask("document.querySelector('select[name=action]').value = 'keep'")
        tab.ask("document.querySelector('select[name=by]').value = 'selector'")
        tab.ask("document.querySelector('input[name=value]').value = 'article figcaption'")
        tab.ask("document.querySelector('input[name=note]').value = 'the new template sets the text under pictures'")
        takes(tab, "5-correct", height=900)
        morning.click(tab, "document.querySelector('button[value=preview]')")
        assert tab.ask("document.body.innerText.includes('What it would change')")
        # Where the tests' folder is means nothing to a reader.
        shorter = f"e.innerText = e.innerText.replace('{morning.folder}', '.')"
        tab.ask(f"for (const e of document.querySelectorAll('code')) {shorter}")
        takes(tab, "6-preview", height=900)
        assert not (morning.folder / "corrections" / "town.toml").exists(), "nothing is written before it is kept"
        morning.click(tab, "document.querySelector('button[value=keep]')")
        assert [entry.value for entry in load_entries(morning.folder / "corrections" / "town.toml")] == [
            "article figcaption"
        ]

        morning.types("reprocess", "town", served=False)
        tab.go(link)
        tab.go(link.partition("?")[0] + "source/town")
        takes(tab, "7-back")
        assert not tab.log
    back = share(morning.last("reprocess"))
    print(f"share kept: {usual:.3f}, {fallen:.3f}, {back:.3f}")
    print(f"{to_the_line} clicks to the line, {morning.clicks} in all")
    assert back > usual - 0.02

    morning.publish(DAYS + 1, new_template=True)
    morning.types("ingest", "town", served=False)
    assert share(morning.last()) > usual - 0.02, "and the next day's pages come out whole"
