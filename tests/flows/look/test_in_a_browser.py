"""The pages of `sito look` in a real browser: nothing of a page runs or reaches out, and a keyboard is enough."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
import uvicorn

from flows.look.door import Door
from flows.look.server import listening
from flows.look.site import application
from support.browser import CHROMIUM, browser
from support.look_pages import KEY

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flows.look.index import Index

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")


@contextmanager
def served(data: Path, index: Index) -> Iterator[str]:
    """The address of the pages."""
    config = uvicorn.Config(Door(application(data, index), KEY), log_level="warning", lifespan="off")
    server = uvicorn.Server(config)
    with listening(0) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


def test_hostile_pages_do_nothing_and_a_keyboard_leads_to_the_line(data: Path, index: Index, tmp_path: Path) -> None:
    page = "/page?source=news&url=file:///2.html"
    with served(data, index) as base, browser(tmp_path) as tab:
        tab.go(f"{base}{page}&key={KEY}")
        assert tab.ask("location.search").startswith("?source=news&url="), "the key leaves the address"
        assert tab.ask("document.title").startswith("Ярмарок <script>document.title='stolen'</script>")
        assert tab.ask("getComputedStyle(document.querySelector('.line')).borderLeftWidth") == "3px", "it has its style"
        for width in (1400, 390):
            tab.size(width, 900)
            assert tab.ask("document.documentElement.scrollWidth <= innerWidth"), f"{width} pixels are enough"
        tab.go(f"{base}/capture?source=news&url=file:///2.html")
        assert tab.ask("document.title").startswith("Ярмарок")
        assert {url.split("/")[2] for url in tab.requested.values() if url.startswith("http")} == {base.split("/")[2]}
        assert all("evil.example" in url for url in tab.blocked)
        tab.go(base)
        for _ in range(20):  # the skip link, the navigation, the choice of language, then the first source
            tab.press("Tab", 9)
            if tab.ask("document.activeElement.textContent") == "news":
                break
        tab.opening()
        tab.press("Enter", 13)
        tab.wait()
        assert tab.ask("document.querySelector('h1').textContent") == "news"
        assert tab.ask("document.querySelectorAll('.chart svg a').length") > 0
