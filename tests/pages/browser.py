"""A headless Chromium, the distribution's own, driven by playwright."""

import contextlib
import importlib.resources
import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, CDPSession, sync_playwright
from playwright.sync_api import Page as Tab

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


_AXE = """axe.run(document, {resultTypes: ["violations"]}).then(found => found.violations.map(one =>
    `${one.id}: ${one.help}: ` + one.nodes.slice(0, 3).map(node => node.html.slice(0, 160)).join(" | ")))"""


class Page:
    """A page of somebody else's, in which the driver itself runs nothing: marks and scripts go beside its policy."""

    def __init__(self, tab: Tab) -> None:
        self._tab = tab
        self._marks: set[str] = set()
        self._protocol: CDPSession = tab.context.new_cdp_session(tab)
        self._protocol.on("Runtime.bindingCalled", lambda called: self._marks.add(called["payload"]))
        self._protocol.send("Runtime.enable")
        self._protocol.send("Runtime.addBinding", {"name": "mark"})  # in every frame

    def call(self, method: str, **params: Any) -> Any:
        """One command of the DevTools protocol."""
        return self._protocol.send(method, params)

    def evaluate(self, script: str) -> Any:
        """The value of a script."""
        words = {"expression": script, "awaitPromise": True, "returnByValue": True}
        done = self._protocol.send("Runtime.evaluate", words)
        assert "exceptionDetails" not in done, done
        return done["result"].get("value")

    def open(self, url: str) -> None:
        """Go to a page and wait until it has loaded."""
        self._marks.clear()
        self._tab.goto(url, timeout=120_000)

    def axe(self) -> list[str]:
        """What axe-core finds fault with, a line each."""
        script = importlib.resources.files("axe_playwright_python") / "axe.min.js"
        self.evaluate(script.read_text(encoding="utf-8") + "; 0")
        found: list[str] = self.evaluate(_AXE)
        return found

    def touch_everything(self) -> set[str]:
        """Do to every element what a reader could; the names of what ran."""
        self.evaluate(_TOUCH)
        return set(self._marks)


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """A browser, which ends with the block; where there is none, the test says so and is left out."""
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if program is None:
        pytest.skip("there is no Chromium: apt-get install chromium")
    with sync_playwright() as playwright:
        # Root's Chromium has no sandbox of its own.
        words = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=program, args=[*words, "--disable-gpu"])
        try:
            yield browser
        finally:
            browser.close()


@contextlib.contextmanager
def one_page() -> Iterator[Page]:
    """A page in a browser of its own, which ends with the block."""
    with chromium() as browser:
        yield Page(browser.new_page(viewport={"width": 1100, "height": 1600}))
