"""A page of a browser, and whatever goes wrong in it."""

import os
import shutil
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import (
    Browser,
    ConsoleMessage,
    Dialog,
    Page,
    async_playwright,
    expect,
)

_PATIENCE_MS = 20_000
_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@asynccontextmanager
async def running_chromium() -> AsyncGenerator[Browser]:
    """A browser without a window, until the end of the block.

    Raises:
        RuntimeError: there is none on this machine.
    """
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if path is None:
        raise RuntimeError(
            "the dashboard is looked at with Chromium; install it (Debian: apt-get install"
            " chromium) or name yours: CHROMIUM=/path/to/chromium"
        )
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=_ARGUMENTS)
        yield browser
        await browser.close()


@dataclass
class Looker:
    """Somebody before a browser.

    Attributes:
        wrong: errors on the console, violations of the content security policy among them,
            exceptions in scripts, and dialogs that opened.
    """

    page: Page
    base: str
    wrong: list[str] = field(default_factory=list[str])

    async def go(self, path: str) -> None:
        await self.page.goto(f"{self.base}{path}")

    async def login(self, key: str) -> None:
        await self.go("/dashboard/login")
        await self.page.get_by_label("API key").fill(key)
        await self.page.get_by_role("button", name="Log in").click()
        await expect(self.page.get_by_role("heading", name="Overview")).to_be_visible()

    async def later(self, *, seconds: int) -> None:
        """Let the page's own clock jump."""
        await self.page.clock.fast_forward(seconds * 1000)

    async def overflow(self) -> int:
        """By how many pixels the page is wider than the window."""
        script = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        found: int = await self.page.evaluate(script)
        return found

    def heard(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.wrong.append(message.text)

    async def asked(self, dialog: Dialog) -> None:
        self.wrong.append(f"dialog: {dialog.message}")
        await dialog.dismiss()


@asynccontextmanager
async def looking(browser: Browser, base: str, **options: Any) -> AsyncGenerator[Looker]:
    """Look with a browser that has no cookies yet; fails at the end if anything went wrong."""
    context = await browser.new_context(**options)
    page = await context.new_page()
    await page.clock.install()
    page.set_default_timeout(_PATIENCE_MS)
    expect.set_options(timeout=_PATIENCE_MS)
    looker = Looker(page, base)
    page.on("console", looker.heard)
    page.on("pageerror", lambda error: looker.wrong.append(str(error)))
    page.on("dialog", looker.asked)
    try:
        yield looker
    finally:
        await context.close()
    assert looker.wrong == []


async def agree(dialog: Dialog) -> None:
    await dialog.accept()


def says_yes(looker: Looker) -> None:
    """Answer every question with yes from now on."""
    looker.page.remove_listener("dialog", looker.asked)
    looker.page.on("dialog", agree)
