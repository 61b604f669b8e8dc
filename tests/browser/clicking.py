"""Clicks every control a person can see and says which of them do nothing and explain nothing."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

from playwright.async_api import Download, Page, Request
from playwright.async_api import TimeoutError as PlaywrightTimeout

from tests.browser.places import go, settled

SCRIPT = Path(__file__).with_name("clicking.js").read_text()
# Milliseconds.
_MESSAGES_STAY = 13_000
# What ends or erases something is pressed by the journeys that look at what is left afterwards.
PRESSED_ELSEWHERE = {
    "Sign out",
    "Resync everything, in a dialog",
    "End other sessions, in a dialog",
    "Disconnect and erase, in a dialog",
    "Delete for good, in a dialog",
}


class Crawl:
    """A person with a mouse. `every`: each control on each page, otherwise one of each kind that look and are called alike;
    `frame`: what is around every page too; `stranger`: whom a click signed in is signed out again; `patience`: milliseconds after
    which nothing has happened."""

    def __init__(self, page: Page, *, every: bool = False, frame: bool = False, patience: int = 4_000) -> None:
        self.page, self.every, self.frame, self.patience = page, every, frame, patience
        self.stranger = False
        self.dead: list[str] = []
        self.clicked: list[str] = []
        self._asked: list[str] = []
        self._looked_into: set[str] = set()
        self._done: set[str] = set()
        page.on("request", self._note_request)
        page.on("download", self._note_download)

    def _note_request(self, request: Request) -> None:
        if "/api/" in request.url and not request.url.endswith("/events"):
            self._asked.append(f"{request.method} {request.url}")

    def _note_download(self, download: Download) -> None:
        self._asked.append(f"download {download.suggested_filename}")

    async def visit(self, address: str) -> None:
        """Click everything on the page at this address, and everything in what those clicks open."""
        await self.open(address)
        done = set() if self.every else self._done
        while control := await self._next(done):
            done.add(control["key"])
            if f"{control['name']}" in PRESSED_ELSEWHERE:
                continue
            opened = await self._press(address, control)
            # The same menu is met on several pages.
            if opened and (self.every or control["name"] not in self._looked_into):
                self._looked_into.add(control["name"])
                await self._inside(address, control)
            await self._back_to(address)

    async def _inside(self, address: str, opener: dict[str, Any]) -> None:
        """Everything in the menu or dialog that a control opened, which is opened anew for each."""
        done: set[str] = set()
        while control := await self._next(done, inside=True):
            done.add(control["key"])
            if f"{control['name']}, in a dialog" in PRESSED_ELSEWHERE or control["name"] in PRESSED_ELSEWHERE:
                continue
            await self._press(address, control)
            await self._back_to(address)
            again = await self._find(opener["key"])
            if again is None:
                return
            await self._press(address, again, judged=False)

    async def _press(self, address: str, control: dict[str, Any], *, judged: bool = True) -> bool:
        """One click, by the mouse, at a place where the control is what lies there; whether it opened something."""
        where = f"{address}: {control['role']} {control['name']!r}"
        spot = await self._place(control["key"])
        if spot is None:
            return False
        if spot.get("covered"):
            self.dead.append(f"{where} lies under {spot['covered']}")
            return False
        if control["disabled"] and not await self._enabled_soon(control["key"]):
            if not control["explained"]:
                self.dead.append(f"{where} is disabled and does not say why")
            return False
        if not control["name"]:
            self.dead.append(f"{where} has no name")
        if not control["byKeys"]:
            await self.page.mouse.move(spot["x"], spot["y"])
        self._asked.clear()
        await self.page.evaluate("(key) => crawl.remember(key)", control["key"])
        if control["byKeys"]:
            await self.page.keyboard.press("ArrowRight" if control["role"] == "slider" else "Enter")
        else:
            await self.page.mouse.click(spot["x"], spot["y"])
        changed = await self._changed()
        if judged:
            self.clicked.append(where)
            if not changed and not await self.page.evaluate("(key) => crawl.explains(key)", control["key"]):
                self.dead.append(f"{where} changes nothing and explains nothing")
        return bool(await self.page.evaluate("() => crawl.overlay() !== null"))

    async def _place(self, key: str) -> dict[str, Any] | None:
        """Where to click. What lies in front of it may be a hint, a message that goes by itself, or a bar one can scroll past."""
        spot: dict[str, Any] | None = await self.page.evaluate("(key) => crawl.place({ key })", key)
        if spot is None or not spot.get("covered"):
            return spot
        await self.page.mouse.move(1, 1)
        with suppress(PlaywrightTimeout):
            await self.page.wait_for_function("() => crawl.messages() === 0", timeout=_MESSAGES_STAY)
        again: dict[str, Any] | None = await self.page.evaluate("(key) => crawl.place({ key, again: true })", key)
        return again

    async def _enabled_soon(self, key: str) -> bool:
        """A button is off while what it began goes on."""
        try:
            await self.page.wait_for_function("(key) => !crawl.isDisabled(key)", arg=key, timeout=self.patience / 2)
        except PlaywrightTimeout:
            return False
        return True

    async def _changed(self) -> bool:
        """Whether the page is another than before the click, or something was asked of the server."""
        for _ in range(2):
            try:
                await self.page.wait_for_function("() => !window.crawl || crawl.changed()", polling=50, timeout=self.patience / 2)
            except PlaywrightTimeout:
                if self._asked:
                    return True
            else:
                return True
        return False

    async def _next(self, done: set[str], *, inside: bool = False) -> dict[str, Any] | None:
        wanted = {"done": sorted(done), "inside": inside, "every": self.every, "frame": self.frame}
        found: dict[str, Any] | None = await self.page.evaluate("(wanted) => crawl.next(wanted)", wanted)
        return found

    async def _find(self, key: str) -> dict[str, Any] | None:
        found: dict[str, Any] | None = await self.page.evaluate("(key) => crawl.find(key)", key)
        return found

    async def _back_to(self, address: str) -> None:
        """Close what is open, return from where a click led."""
        for _ in range(3):
            if await self.page.evaluate("() => window.crawl && crawl.overlay() === null"):
                break
            await self.page.keyboard.press("Escape")
            await self.page.wait_for_timeout(30)
        if not await self.page.evaluate("(address) => window.crawl && crawl.isAt(address) && !crawl.overlay()", address):
            await self.open(address)

    async def open(self, address: str) -> None:
        """Inside the page where it is loaded already: quicker, and as a person moves."""
        loaded = await self.page.evaluate("() => Boolean(window.crawl)")
        there = loaded and await self.page.evaluate("(address) => crawl.isAt(address)", address)
        if loaded and not there and not self.stranger:
            await go(self.page, address)
        elif not there:
            if self.stranger:
                await self.page.context.clear_cookies()
            await self.page.goto(address)
            await self.page.evaluate(SCRIPT)
        await settled(self.page)
