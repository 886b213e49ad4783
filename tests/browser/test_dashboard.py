"""What people do on the dashboard, done in a real Chromium."""

import re
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.api.serving import serving
from tests.browser.looking import Looker, looking
from tests.browser.shop import Shop
from tests.support.vendor import send_new

STATIC = Path(__file__).resolve().parents[2] / "api" / "dashboard" / "static"
SCRIPT = "<script>document.title='run'</script><img src=x onerror=\"document.title='run'\">"


async def test_a_failed_event_is_found_understood_and_replayed_until_it_is_green(
    looker: Looker, shop: Shop
) -> None:
    event_id = await shop.failed(type="order.cancelled", id=None)
    page = looker.page
    await page.get_by_role("link", name="Events", exact=True).click()
    await page.get_by_label("Type", exact=True).fill("order.cancelled")
    await page.get_by_label("Status", exact=True).select_option("dead_letter")
    await page.get_by_role("button", name="Filter").click()
    assert "type=order.cancelled" in page.url
    await page.get_by_role("link", name="order.cancelled").click()

    assert page.url.endswith(f"/dashboard/events/{event_id}")
    await expect(page.locator("#why")).to_contain_text("the warehouse is closed")
    await expect(page.get_by_role("heading", name="Traceback")).to_be_visible()
    await expect(page.locator("#state")).to_contain_text("dead letter")
    temporal = page.get_by_role("link", name="Workflow in Temporal")
    await expect(temporal).to_have_attribute("href", re.compile("^https://temporal.example.com/"))

    shop.warehouse.is_open = True
    await page.get_by_label("Reason").fill("the warehouse has opened")
    await page.get_by_role("button", name="Replay event").click()
    await expect(page.get_by_role("status").first).to_contain_text("Replay 1 has started")
    await page.evaluate("window.untouched = true")  # gone if the page were loaded again
    await expect(page.locator("#state .good")).to_contain_text("succeeded")
    await expect(page.get_by_role("cell", name="the warehouse has opened")).to_be_visible()
    await expect(page.locator("#why")).to_have_count(0)
    settled = await shop.service.settled(event_id, replays=1)
    assert settled.replays[0].requested_by == "dashboard tests"


async def test_a_page_turns_green_by_itself(looker: Looker, shop: Shop) -> None:
    event_id = await shop.failed(type="order.late")
    await looker.go(f"/dashboard/events/{event_id}")
    await looker.page.evaluate("window.untouched = true")
    await expect(looker.page.locator("#state")).to_contain_text("dead letter")
    shop.warehouse.is_open = True
    await shop.service.api("POST", f"/events/{event_id}/replay", json={"reason": "elsewhere"})
    await shop.service.settled(event_id, ["succeeded"])
    await looker.later(seconds=8)
    await expect(looker.page.locator("#state .good")).to_contain_text("succeeded")
    await expect(looker.page.locator("#announcer")).to_have_text("Status: succeeded")
    assert await looker.page.evaluate("window.untouched") is True


async def test_a_delivery_that_failed_is_sent_again_to_the_endpoint_chosen(
    looker: Looker, shop: Shop
) -> None:
    event_id = await shop.sent_in_vain()
    page = looker.page
    await looker.go(f"/dashboard/events/{event_id}")
    await expect(page.get_by_role("row", name="carrier")).to_contain_text("dead letter")
    await expect(page.locator("details.attempt").first).to_contain_text("HTTP 500")
    shop.warehouse.is_open = True
    await expect(page.get_by_label("carrier")).to_be_checked()
    await page.get_by_role("button", name="Replay event").click()
    await expect(page.get_by_role("row", name="carrier")).to_contain_text("succeeded")
    await expect(page.locator("#state .good")).to_be_visible()


async def test_dead_letters_are_chosen_and_replayed(looker: Looker, shop: Shop) -> None:
    chosen = [await shop.failed(type="letter.chosen") for _ in range(2)]
    left = await shop.failed(type="letter.left")
    shop.warehouse.is_open = True
    page = looker.page
    await page.get_by_role("link", name="Dead letters", exact=True).click()
    for each in chosen:
        await page.get_by_label(f"Choose letter.chosen, {each}").check()
    await expect(page.get_by_text("2 chosen")).to_be_visible()
    await page.get_by_role("textbox", name="Reason").fill("by hand")
    await page.get_by_role("button", name="Replay chosen").click()
    await expect(page.get_by_role("status").first).to_contain_text("2 of 2 replays have started")
    for each in chosen:
        await expect(page.locator(f"#{each}")).to_have_count(0)  # it leaves the list by itself
    await expect(page.locator(f"#{left}")).to_be_visible()
    assert (await shop.service.settled(left)).replays == []


async def test_all_dead_letters_that_match_are_replayed_in_bulk(looker: Looker, shop: Shop) -> None:
    all_of_them = [await shop.failed(type="bulk.letter") for _ in range(3)]
    shop.warehouse.is_open = True
    page = looker.page
    await looker.go("/dashboard/dead-letters?type=bulk.letter")
    await page.get_by_text("Replay all that match").click()
    await page.get_by_role("button", name="Start a bulk replay of 3").click()
    await expect(page.get_by_role("status").first).to_contain_text("of 3 dead letters has started")
    for each in all_of_them:
        await shop.service.settled(each, ["succeeded"], replays=1)


async def test_the_list_of_events_grows_by_itself_unless_it_is_paused(
    looker: Looker, shop: Shop
) -> None:
    await looker.go("/dashboard/events")
    first = await shop.failed(type="live.first")
    await looker.later(seconds=4)
    await expect(looker.page.locator(f"#{first}")).to_be_visible()
    await looker.page.get_by_role("button", name="Pause").click()
    second = await shop.failed(type="live.second")
    await looker.later(seconds=20)
    await expect(looker.page.locator(f"#{second}")).to_have_count(0)
    await looker.page.get_by_role("button", name="Go on").click()
    await looker.later(seconds=4)
    await expect(looker.page.locator(f"#{second}")).to_be_visible()


async def test_the_keyboard_moves_opens_searches_and_explains_itself(
    looker: Looker, shop: Shop
) -> None:
    older, newer = await shop.failed(type="keys.older"), await shop.failed(type="keys.newer")
    page = looker.page
    await looker.go("/dashboard/events?type=keys.*")
    await page.keyboard.press("j")
    await expect(page.locator(f"#{newer} a")).to_be_focused()
    await page.keyboard.press("j")
    await expect(page.locator(f"#{older} a")).to_be_focused()
    await page.keyboard.press("k")
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"**/{newer}")
    await looker.go("/dashboard/events")
    await page.keyboard.press("?")
    await expect(page.get_by_role("dialog")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_be_hidden()
    await page.keyboard.press("/")
    await expect(page.get_by_label("Search", exact=True)).to_be_focused()
    await page.keyboard.type("j?/")
    await expect(page.get_by_label("Search", exact=True)).to_have_value("j?/")


async def test_a_payload_full_of_script_is_text_and_nothing_of_it_runs(
    looker: Looker, shop: Shop
) -> None:
    shop.warehouse.is_open = False
    event_id = await send_new(
        shop.service,
        {"id": SCRIPT, "type": SCRIPT, "note": SCRIPT},
        path="/webhooks/orders",
        x_hostile=SCRIPT,
    )
    await shop.service.settled(event_id)
    for path in ("/dashboard/", "/dashboard/events", "/dashboard/dead-letters"):
        await looker.go(path)
        await expect(looker.page.locator(f"#{event_id} a")).to_have_text(SCRIPT)
        assert await looker.page.title() != "run"
    await looker.go(f"/dashboard/events/{event_id}")
    await expect(looker.page.get_by_role("heading", level=1)).to_have_text(SCRIPT)
    await expect(looker.page.get_by_role("cell", name=SCRIPT)).to_be_visible()
    await expect(looker.page.locator("#pretty")).to_contain_text("<script>document")
    await expect(looker.page.locator("main script, main img")).to_have_count(0)
    assert await looker.page.title() != "run"


async def test_logging_out_ends_it_and_a_wrong_key_does_not_begin_it(looker: Looker) -> None:
    page = looker.page
    await page.get_by_role("button", name="Log out").click()
    await expect(page.get_by_role("heading", name="Log in")).to_be_visible()
    await looker.go("/dashboard/events")
    await expect(page.get_by_label("API key")).to_be_visible()
    await page.get_by_label("API key").fill("lyr_wrong_key")
    await page.get_by_role("button", name="Log in").click()
    await expect(page.get_by_role("alert")).to_contain_text("not a key in force")
    assert [each for each in looker.wrong if "401" not in each] == []
    looker.wrong.clear()  # the console tells of the 401


async def test_a_form_that_another_site_posts_changes_nothing(looker: Looker, shop: Shop) -> None:
    event_id = await shop.failed(type="order.forged")
    host = looker.base.replace("127.0.0.1", "localhost")  # another site to the browser
    forged = (
        f'<form method="post" action="{looker.base}/dashboard/events/{event_id}/replay">'
        '<input name="csrf" value="x"><button>Win</button></form>'
    )
    await looker.page.route(
        f"{host}/evil", lambda route: route.fulfill(body=forged, content_type="text/html")
    )
    await looker.page.goto(f"{host}/evil")
    await looker.page.get_by_role("button", name="Win").click()
    await expect(looker.page.get_by_role("heading", name="This is not allowed")).to_be_visible()
    assert (await shop.service.settled(event_id)).replays == []
    assert [each for each in looker.wrong if "403" not in each] == []
    looker.wrong.clear()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [375, 1280])
async def test_pages_fit_a_phone_and_a_desk_in_light_and_dark(
    chromium: Browser, shop: Shop, scheme: str, width: int, tmp_path: Path
) -> None:
    event_id = await shop.failed(type="order." + "long" * 40, note="x" * 500)
    sent_id = await shop.sent_in_vain()
    size = {"width": width, "height": 800}
    async with (
        serving(shop.service) as address,
        looking(chromium, f"http://{address}", viewport=size, color_scheme=scheme) as looker,
    ):
        await looker.go("/dashboard/login")
        assert await looker.overflow() == 0
        await looker.login(shop.service.key)
        grounds: set[str] = set()
        for path in ("", "events", "dead-letters", f"events/{event_id}", f"events/{sent_id}"):
            await looker.go(f"/dashboard/{path}")
            assert await looker.overflow() == 0, path
            ground: str = await looker.page.evaluate(
                "getComputedStyle(document.body).backgroundColor"
            )
            grounds.add(ground)
            await looker.page.screenshot(
                path=tmp_path / f"{path.replace('/', '-')}.png", full_page=True
            )
        assert grounds == {"rgb(246, 247, 249)" if scheme == "light" else "rgb(17, 21, 28)"}


async def test_pages_work_without_script(chromium: Browser, shop: Shop) -> None:
    event_id = await shop.failed(type="order.plain")
    async with (
        serving(shop.service) as address,
        looking(chromium, f"http://{address}", java_script_enabled=False) as looker,
    ):
        await looker.login(shop.service.key)
        await looker.go(f"/dashboard/events/{event_id}")
        shop.warehouse.is_open = True
        await looker.page.get_by_role("button", name="Replay event").click()
        await expect(looker.page.get_by_text("Replay 1 has started")).to_be_visible()
    await shop.service.settled(event_id, replays=1)


def test_the_script_shipped_is_small() -> None:
    assert sum(each.stat().st_size for each in STATIC.glob("*.js")) <= 8 * 1024
