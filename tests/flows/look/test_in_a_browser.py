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


PALE = """(() => {
  const light = colour => {
    const [r, g, b] = colour.match(/[\\d.]+/g).map(n => n / 255).map(
      n => n <= 0.03928 ? n / 12.92 : ((n + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = each => {
    const own = getComputedStyle(each).backgroundColor;
    return own === "rgba(0, 0, 0, 0)" && each.parentElement ? ground(each.parentElement) : own;
  };
  const found = new Set();
  for (const each of document.querySelectorAll("body *:not(svg *)")) {
    if (![...each.childNodes].some(node => node.nodeType === 3 && node.data.trim())) continue;
    const [low, high] = [light(getComputedStyle(each).color), light(ground(each))].sort((a, b) => a - b);
    if ((high + 0.05) / (low + 0.05) < 4.5) found.add(each.tagName + "." + each.className);
  }
  return [...found];
})()"""
"""Elements whose text differs less from its ground than WCAG 2 asks for (4.5 : 1)."""


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
        for colours in ("light", "dark"):
            tab.dark(colours)
            assert tab.ask(PALE) == [], f"every text can be read in {colours} colours"
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
