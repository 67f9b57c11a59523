"""A headless Chromium, spoken to over its own protocol."""

import contextlib
import json
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import websocket

# Everything that a reader might do to anything on the page.
_TOUCH = """(async () => {
  addEventListener("submit", event => event.preventDefault(), true);  // a page that leaves can't be touched on
  const wait = ms => new Promise(done => setTimeout(done, ms));
  await wait(300);
  const names = ["mouseover", "mouseenter", "mousemove", "mousedown", "mouseup", "focus", "focusin", "blur", "input",
    "change", "keydown", "keyup", "wheel", "scroll", "toggle", "pointerover", "pointerenter", "pointerdown",
    "animationstart", "transitionend", "dragstart", "contextmenu", "copy", "paste", "submit"];
  for (const element of document.querySelectorAll("body *")) {
    for (const name of names) element.dispatchEvent(new Event(name, {bubbles: false}));
    if (element.focus) element.focus();
    const link = element.closest("a");
    const href = link ? String(link.getAttribute("href") || link.getAttribute("xlink:href") || "") : "";
    if (/^[\\x00-\\x20]*j\\s*a\\s*v/i.test(href))
      link.dispatchEvent(new MouseEvent("click", {bubbles: true, cancelable: true}));
    else element.dispatchEvent(new Event("click", {bubbles: false}));
  }
  await wait(1000);
})()"""


class Page:
    """One tab."""

    def __init__(self, address: str) -> None:
        self._socket = websocket.create_connection(address, timeout=300, suppress_origin=True)
        self._count = 0
        self._marks: set[str] = set()
        self.call("Runtime.enable")
        self.call("Page.enable")
        self.call("Runtime.addBinding", name="mark")  # in every frame; what it is told outlives the page

    def call(self, method: str, **params: Any) -> Any:
        """One command of the DevTools protocol."""
        self._count += 1
        self._socket.send(json.dumps({"id": self._count, "method": method, "params": params}))
        while True:
            answer = json.loads(self._socket.recv())
            if answer.get("method") == "Page.javascriptDialogOpening":
                self._socket.send(
                    json.dumps({"id": 0, "method": "Page.handleJavaScriptDialog", "params": {"accept": True}})
                )
            if answer.get("method") == "Runtime.bindingCalled":
                self._marks.add(answer["params"]["payload"])
            if answer.get("id") == self._count:
                assert "error" not in answer, answer
                return answer["result"]

    def evaluate(self, script: str) -> Any:
        """The value of a script."""
        done = self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in done, done
        return done["result"].get("value")

    def open(self, url: str) -> None:
        """Go to a page and wait until it has loaded."""
        self._marks.clear()
        self.call("Page.navigate", url=url)
        end = time.monotonic() + 60
        while time.monotonic() < end:
            time.sleep(0.2)
            if self.evaluate("document.readyState + ' ' + location.href").startswith("complete ") and self.evaluate(
                "location.href !== 'about:blank'"
            ):
                return
        raise AssertionError(f"{url} did not load")

    def touch_everything(self) -> set[str]:
        """Do to every element what a reader could; the names of what ran."""
        self.evaluate(_TOUCH)
        return set(self._marks)


@contextlib.contextmanager
def chromium(profile: Path) -> Iterator[Page]:
    """A page in a browser of its own, which ends with the block."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert program, "these tests need Chromium: apt-get install chromium"
    words = [
        program, "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
             "--remote-debugging-port=0", f"--user-data-dir={profile}", "--window-size=1100,1600", "about:blank",
    ]  # fmt: skip
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        port = _port(profile / "DevToolsActivePort")
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/json/list") as answer:
            tabs = json.load(answer)
        yield Page(next(tab["webSocketDebuggerUrl"] for tab in tabs if tab["type"] == "page"))
    finally:
        process.terminate()
        process.wait(20)


def _port(file: Path) -> int:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        with contextlib.suppress(OSError, IndexError, ValueError):
            return int(file.read_text().splitlines()[0])
        time.sleep(0.1)
    raise AssertionError("Chromium did not start")
