"""What people do on the pages for operating, done in a real Chromium."""

import re

import pytest
from playwright.async_api import Browser, expect

from layeron.keys import new_key
from tests.api.serving import serving
from tests.browser.looking import Looker, looking, says_yes
from tests.support.market import ORDERS_SECRET, SECRETS, Market

SCRIPT = "<script>document.title='run'</script><img src=x onerror=\"document.title='run'\">"


async def test_a_rejection_is_explained_and_accepted_after_the_fix(
    looker: Looker, market: Market
) -> None:
    wrong = {"id": "fixed-later", "type": "order.paid", "note": SCRIPT}
    rejection = await market.rejected(wrong)
    page = looker.page
    await page.get_by_role("link", name="Rejections", exact=True).click()
    await page.get_by_label("Cause").select_option("no_match")
    await page.get_by_role("button", name="Filter").click()
    await page.locator(f"#{rejection} a").click()
    await expect(page.locator("#verdict")).to_contain_text("It does not verify: no match")
    await expect(page.locator("#steps")).to_contain_text(f"secret {ORDERS_SECRET}")
    await expect(page.locator("#pretty")).to_contain_text("<script>document")
    assert "run" not in await page.title()

    order = {"id": "mended", "type": "order.paid"}
    signed = await market.rejected_then_mended(order, "the secret that the sender has")
    try:
        await looker.go(f"/dashboard/rejections/{signed}")
        await expect(page.locator("#verdict")).to_contain_text("It verifies now")
        await page.get_by_role("button", name="Accept request").click()
        await expect(page.get_by_role("status").first).to_contain_text(
            "It verifies now and came in"
        )
        await expect(page.locator("#state .good")).to_contain_text("succeeded")
    finally:
        market.set_secret(ORDERS_SECRET, SECRETS[ORDERS_SECRET])
    await looker.go(f"/dashboard/rejections/{signed}")
    await expect(page.get_by_text("It came in already")).to_be_visible()


async def test_an_endpoint_is_made_tested_and_its_secret_is_rotated_and_shown_once(
    looker: Looker, market: Market
) -> None:
    page = looker.page
    says_yes(looker)
    await page.get_by_role("link", name="Endpoints", exact=True).click()
    await page.get_by_role("link", name="New endpoint").click()
    await page.get_by_label("Address").fill(market.customer.url)
    await page.get_by_label("Name", exact=True).fill("partner-1")
    await page.get_by_label("Types").fill("order.shipped")
    await page.get_by_role("button", name="Make endpoint").click()
    first = await page.locator("#secret").inner_text()
    assert first.startswith("whsec_")
    await page.get_by_role("link", name="I have copied it").click()

    await page.get_by_role("button", name="Send test").click()
    await expect(page.locator("#tested")).to_contain_text("It took the test: HTTP 200")
    await expect(page.locator("#tested")).to_contain_text("taken")
    market.partner.status = 500
    await page.get_by_role("button", name="Send test").click()
    await expect(page.locator("#tested")).to_contain_text("did not take the test: HTTP 500")
    market.partner.status = 200

    await page.get_by_label("The one before signs, too, for").select_option("1h")
    await page.get_by_role("button", name="Rotate secret").click()
    second = await page.locator("#secret").inner_text()
    assert second.startswith("whsec_")
    assert second != first
    await page.reload()  # which posts nothing again
    await expect(page.get_by_role("heading", name="partner-1")).to_be_visible()
    assert second not in await page.content()
    audit = (await market.service.tools.audit.list(action="secret.rotate", limit=5)).entries
    assert len(audit) == 1

    await page.get_by_role("button", name="Disable endpoint").click()
    await expect(page.locator("#state")).to_contain_text("by an operator")
    await page.get_by_role("button", name="Enable endpoint").click()
    await expect(page.locator("#state .good")).to_contain_text("enabled")


async def test_a_queue_is_helped_past_what_blocks_it(looker: Looker, market: Market) -> None:
    says_yes(looker)
    page = looker.page
    market.partner.status = 500
    blocking = await market.publisher.send("ledger.entry", {"n": 1})
    waiting = await market.publisher.send("ledger.entry", {"n": 2})
    try:
        await looker.go(f"/dashboard/endpoints/{market.place}/ledger")
        await expect(page.locator(f"#{blocking.event_id} .status")).to_contain_text("retrying")
        await expect(page.locator(f"#{waiting.event_id} .status")).to_contain_text("queued")
        market.partner.status = 200
        await page.get_by_role("button", name=f"Skip {blocking.event_id}").click()
        await expect(page.locator(f"#{blocking.event_id} .status")).to_contain_text("skipped")
        await expect(page.locator(f"#{waiting.event_id} .status")).to_contain_text("succeeded")
    finally:
        market.partner.status = 200


async def test_a_key_is_made_used_and_revoked(looker: Looker, chromium: Browser) -> None:
    page = looker.page
    says_yes(looker)
    await page.get_by_role("link", name="Keys", exact=True).click()
    await page.get_by_label("Name", exact=True).fill("night shift")
    await page.get_by_role("checkbox", name=re.compile("replay: read")).check()
    await page.get_by_role("button", name="Make key").click()
    key = await page.locator("#secret").inner_text()
    async with looking(chromium, looker.base) as night:
        await night.login(key)
        await night.go("/dashboard/keys")
        await expect(night.page.get_by_role("row", name="night shift (yours)")).to_be_visible()
        await expect(night.page.get_by_role("button", name="Make key")).to_have_count(0)
        await page.get_by_role("link", name="I have copied it").click()
        assert key not in await page.content()
        await page.get_by_role("button", name="Revoke night shift").click()
        await expect(page.get_by_role("row", name="night shift")).to_contain_text("revoked")
        await night.go("/dashboard/events")
        await expect(night.page.get_by_role("heading", name="Log in")).to_be_visible()
    await page.get_by_role("link", name="Audit log").click()
    await expect(page.get_by_role("row", name="key.revoke").first).to_contain_text("done, 303")
    await expect(page.get_by_role("row", name="key.create").first).to_contain_text("night shift")


async def test_who_may_only_read_sees_no_button_that_does_something(
    chromium: Browser, market: Market
) -> None:
    record, text = new_key("reader", ["read"])
    await market.service.tools.records.add_key(record)
    async with serving(market.service) as address, looking(chromium, f"http://{address}") as reader:
        await reader.login(text)
        for path in await pages(market):
            await reader.go(path)
            forms = reader.page.locator("main form[method=post]")
            await expect(forms).to_have_count(0)


async def pages(market: Market) -> list[str]:
    """Each page for operating, with something on it."""
    long = "x" * 180
    endpoint = await market.endpoint(
        url=f"{market.customer.url}/{long}", description=long, metadata={"note": long}
    )
    rejection = await market.rejected({"id": long, "type": "order.paid"}, x_long=long)
    await market.publisher.send("order.shipped", {"order": 7})
    order = await market.received(note=long)
    bulk = await market.service.api(
        "POST", "/bulk-replays", json={"event_ids": [order], "reason": long}
    )
    found = [
        "rejections", f"rejections/{rejection}", "webhooks", f"webhooks/{market.namespace}/stripe",
        f"webhooks/{market.place}", "endpoints", f"endpoints/{market.place}/{endpoint.id}",
        f"endpoints/{market.place}/ledger", "bulk-replays", f"bulk-replays/{bulk.json()['id']}",
        "audit", "keys", "settings",
    ]  # fmt: skip
    return [f"/dashboard/{each}" for each in found]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [375, 1280])
async def test_pages_fit_a_phone_and_a_desk_in_light_and_dark(
    chromium: Browser, market: Market, scheme: str, width: int
) -> None:
    every = await pages(market)
    some = [path for path in every if path.startswith(f"/dashboard/endpoints/{market.place}/whep_")]
    forms = ["/dashboard/bulk-replays/new?way=filter", *(f"{each}/edit" for each in some)]
    size = {"width": width, "height": 800}
    async with (
        serving(market.service) as address,
        looking(chromium, f"http://{address}", viewport=size, color_scheme=scheme) as looker,
    ):
        await looker.login(market.service.key)
        for path in [*every, *forms]:
            await looker.go(path)
            assert await looker.overflow() == 0, path
            await expect(looker.page.get_by_role("heading", level=1)).to_be_visible()
