"""A headless Chromium, where one is installed, spoken to in its own protocol: no library is needed for it."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.request import urlopen

from websockets.sync.client import connect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from websockets.sync.client import ClientConnection

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
SECONDS = 60.0


class Browser:
    """One tab.

    `log` collects what the console says, `requested` every address that was asked for, by request, and `blocked` those
    that a Content-Security-Policy forbade before anything was sent.
    """

    def __init__(self, connection: ClientConnection) -> None:
        self._connection, self._number = connection, 0
        self._loaded = False
        self.log: list[str] = []
        self.requested: dict[str, str] = {}
        self.blocked: list[str] = []
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **given: Any) -> dict[str, Any]:
        self._number += 1
        self._connection.send(json.dumps({"id": self._number, "method": method, "params": given}))
        while (message := self._next()).get("id") != self._number:
            pass
        assert "error" not in message, message
        result: dict[str, Any] = message["result"]
        return result

    def _next(self) -> dict[str, Any]:
        message: dict[str, Any] = json.loads(self._connection.recv(SECONDS))
        told = message.get("params", {})
        match message.get("method"):
            case "Page.loadEventFired":
                self._loaded = True
            case "Log.entryAdded":
                self.log.append(told["entry"]["text"])
            case "Runtime.consoleAPICalled":
                self.log.append(str(told["args"]))
            case "Network.requestWillBeSent":
                self.requested[told["requestId"]] = told["request"]["url"]
            case "Network.loadingFailed" if told.get("blockedReason") == "csp":
                self.blocked.append(self.requested.pop(told["requestId"]))
        return message

    def wait(self) -> None:
        """Until the page that is being opened is loaded."""
        while not self._loaded:
            self._next()

    def opening(self) -> None:
        """Say that a page is opened next, by a key or a click."""
        self._loaded = False

    def go(self, url: str) -> None:
        self.opening()
        self.call("Page.navigate", url=url)
        self.wait()

    def size(self, width: int, height: int) -> None:
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def dark(self, value: str) -> None:
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": value}])

    def ask(self, expression: str) -> Any:
        """The value of an expression in the page."""
        found = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    def press(self, key: str, code: int) -> None:
        for kind in ("keyDown", "keyUp"):
            text = {"text": "\r"} if key == "Enter" and kind == "keyDown" else {}
            self.call("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code, **text)

    def picture(self, path: Path) -> None:
        shot = self.call("Page.captureScreenshot", captureBeyondViewport=False)
        path.write_bytes(base64.b64decode(shot["data"]))


@contextmanager
def browser(folder: Path) -> Iterator[Browser]:
    """A browser with its profile in `folder`; it ends with the block."""
    assert CHROMIUM is not None
    command = [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--remote-debugging-port=0"]
    command += ["--disable-background-networking", f"--user-data-dir={folder}", "about:blank"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stderr is not None
        port = next(
            line.rpartition("127.0.0.1:")[2].partition("/")[0] for line in process.stderr if "listening" in line
        )
        with _tab(port) as connection:
            yield Browser(connection)
    finally:
        process.terminate()
        process.wait()
        process.stderr.close()


def _tab(port: str) -> ClientConnection:
    with urlopen(f"http://127.0.0.1:{port}/json/list") as answer:
        (tab,) = [each for each in json.load(answer) if each["type"] == "page"]
    return connect(tab["webSocketDebuggerUrl"], max_size=None)
