"""A bulk replay of a thousand events, watched and steered in a real Chromium."""

import pytest
from playwright.async_api import expect

from tests.browser.looking import Looker, says_yes
from tests.support.market import Market
from tests.support.recorded import BODY, STORED, put_on_record
from tests.support.service import eventually

LETTERS = 1_000


@pytest.mark.timeout(600)
async def test_a_thousand_dead_letters_are_replayed_with_a_pause_and_a_stop_in_the_middle(
    looker: Looker, market: Market
) -> None:
    service, page = market.service, looker.page
    says_yes(looker)
    await service.tools.blobs.put(STORED.name, BODY)
    url = service.settings.effective_database_url
    letters = put_on_record(url, market.namespace, "orders", LETTERS, event_type="order.lost")

    await start(looker, "1,000 events")
    await past(looker, 100)
    await page.get_by_role("button", name="Pause").click()
    await expect(page.locator("#state")).to_contain_text("paused")
    await page.get_by_role("button", name="Resume").click()
    await expect(page.locator("#state")).to_contain_text("running")
    await page.evaluate("window.untouched = true")
    await past(looker, 300)
    assert await page.evaluate("window.untouched") is True
    await page.get_by_role("button", name="Stop").click()
    await expect(page.locator("#state")).to_contain_text("stopped")
    await expect(page.get_by_role("button", name="Resume")).to_have_count(0)
    stopped = await service.tools.bulk_replays.get(page.url.rpartition("/")[2])
    assert 300 <= stopped.replayed < LETTERS
    for each in letters[-stopped.replayed :]:
        await service.settled(each, {"succeeded"}, replays=1)

    await start(looker, f"{LETTERS - stopped.replayed:,} events")
    await expect(page.locator("#state")).to_contain_text("finished", timeout=400_000)
    finished = await service.tools.bulk_replays.get(page.url.rpartition("/")[2])
    assert (finished.replayed, finished.skipped) == (LETTERS - stopped.replayed, 0)
    share = await page.get_by_role("progressbar").evaluate("each => each.value / each.max")
    assert share == 1
    for each in letters:
        assert (await service.settled(each, {"succeeded"}, replays=1)).replay_count == 1
    await page.get_by_role("link", name="Bulk replays", exact=True).first.click()
    await expect(page.locator("tbody tr")).to_have_count(2)


async def start(looker: Looker, words: str) -> None:
    page = looker.page
    await looker.go("/dashboard/bulk-replays")
    await page.get_by_role("link", name="New bulk replay").first.click()
    await page.get_by_label("Type").fill("order.lost")
    await page.get_by_role("button", name="Count events").click()
    await expect(page.locator("#preview-title")).to_have_text(words)
    await page.get_by_label("Events a second, at most").fill("100")
    await page.get_by_label("Reason").fill("the warehouse has opened")
    await page.get_by_role("button", name=f"Replay {words}").click()
    await expect(page.locator("#state")).to_contain_text("running")


async def past(looker: Looker, count: int) -> None:
    """Wait until the page, by itself, shows that so many were replayed."""
    replayed = looker.page.locator("#replayed")

    async def look() -> bool | None:
        return int((await replayed.inner_text()).replace(",", "")) >= count or None

    await eventually(look)
