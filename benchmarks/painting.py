"""How soon a browser shows something of a page: a real Chromium over loopback, nothing cached."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import cast

from playwright.async_api import Browser

from api.dashboard.session import COOKIE
from tests.browser.looking import running_chromium

_LOADS = 9
_PAINTED = """() => new Promise((resolve) => {
  new PerformanceObserver((list) => {
    for (const entry of list.getEntriesByName("first-contentful-paint")) resolve(entry.startTime);
  }).observe({ type: "paint", buffered: true });
})"""


@dataclass(frozen=True, slots=True)
class Place:
    """A page to load.

    Attributes:
        url: of it.
        session: the cookie of somebody who is logged in.
    """

    url: str
    session: str


async def first_paints(places: Sequence[Place]) -> list[float]:
    """Milliseconds until the first contentful paint of each: medians of loads in turns."""
    times: list[list[float]] = [[] for _ in places]
    async with running_chromium() as browser:
        for number in range(_LOADS + 1):
            for place, taken in zip(places, times, strict=True):
                painted = await _first_paint(browser, place)
                if number:
                    taken.append(painted)
    return [median(each) for each in times]


async def _first_paint(browser: Browser, place: Place) -> float:
    context = await browser.new_context()  # with a cache of its own
    await context.add_cookies([{"name": COOKIE, "value": place.session, "url": place.url}])
    page = await context.new_page()
    response = await page.goto(place.url)
    if response is None or not response.ok or response.url != place.url:
        raise RuntimeError(f"{place.url} was not shown")
    milliseconds = cast("float", await page.evaluate(_PAINTED))
    await context.close()
    return milliseconds
