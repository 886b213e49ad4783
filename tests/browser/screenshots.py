"""Pictures of every page of the dashboard, for ``docs/dashboard.md``, in light and in dark.

Run ``python -m tests.browser.screenshots``; it writes ``docs/images/*.png``.
"""

import asyncio
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.api.serving import serving
from tests.browser.looking import Looker, looking, running_chromium
from tests.support.market import Market, running_market
from tests.support.recorded import BODY, STORED, put_on_record
from tests.support.temporal import running_temporal

IMAGES = Path(__file__).resolve().parents[2] / "docs" / "images"
_SIZE = {"width": 1100, "height": 760}
_LARGEST = 150_000
_SHOWN: dict[str, Any] = {
    "data_dir": Path("/srv/market/.layeron"),
    "effective_database_url": "sqlite:////srv/market/.layeron/layeron.db",
    "effective_blobs": "/srv/market/.layeron/bodies",
    "temporal_address": "127.0.0.1:7233",
    "temporal_ui": "http://127.0.0.1:8233",
    "task_queue": "layeron",
}
"""Settings as pages tell them, in place of a test's."""

_NIGHT = 24
"""Hours that the chart of the overview shows."""


async def fill(market: Market) -> dict[str, str]:
    """Put something on every page; the address of each, by the name of its picture."""
    service = market.service
    await service.tools.blobs.put(STORED.name, BODY)
    url = service.settings.effective_database_url
    for hour in range(_NIGHT):
        ago, busy = timedelta(hours=hour, minutes=5), 20 + (hour * 7) % 13
        put_on_record(url, market.namespace, "orders", busy, status="succeeded", before=ago)
        put_on_record(
            url, market.namespace, "stripe", hour % 3, event_type="invoice.paid", before=ago
        )
    for n in range(3):
        await market.rejected({"id": f"evt_{n}", "type": "order.paid"}, authorization="Bearer x")
    rejection = await market.rejected({"id": "evt_9", "type": "order.paid", "total": 12.5})
    failed = await market.received(type="order.refused", order={"article": "A-7", "count": 2})
    endpoint = await market.endpoint(name="acme", user_id="acme", description="Acme's test system")
    await market.endpoint(name="globex", event_types=["order.shipped"])
    for n in range(3):
        sent = await market.publisher.send("order.shipped", {"order": n}, user_id="acme")
        await service.settled(sent.event_id)
    market.partner.status = 503
    tested = await market.publisher.endpoints.test("acme")
    market.partner.status = 200
    where = {"webhook": "stripe", "namespace": market.namespace, "status": "dead_letter"}
    asked = {"where": where, "rate_per_second": 0.3, "reason": "the warehouse has opened"}
    bulk = (await service.api("POST", "/bulk-replays", json=asked)).json()["id"]
    await service.api("POST", f"/webhooks/{market.place}/endpoints/globex/disable")
    await asyncio.sleep(9)  # for some of the progress
    one = f"endpoints/{market.place}/{endpoint.id}"
    return {
        "overview": "",
        "events": "events",
        "event": f"events/{failed}",
        "dead-letters": "dead-letters",
        "bulk-replays": "bulk-replays",
        "bulk-replay-new": "bulk-replays/new?way=dead-letters&count=1",
        "bulk-replay": f"bulk-replays/{bulk}",
        "rejections": "rejections",
        "rejection": f"rejections/{rejection}",
        "webhooks": "webhooks",
        "webhook": f"webhooks/{market.namespace}/stripe#declared-title",
        "endpoints": f"endpoints?webhook={market.place}",
        "endpoint": f"{one}?tested={tested.id}",
        "endpoint-form": f"{one}/edit",
        "audit": "audit",
        "keys": "keys",
        "settings": "settings",
    }


async def picture(looker: Looker, name: str, scheme: str) -> None:
    """Write one picture of what is in the window."""
    path = IMAGES / f"{name}-{scheme}.png"
    await looker.page.screenshot(path=path)
    if path.stat().st_size > _LARGEST:
        raise SystemExit(f"{path} is larger than {_LARGEST} bytes")


async def take(folder: Path) -> None:
    """Take all of them."""
    IMAGES.mkdir(exist_ok=True)
    async with (
        running_temporal(folder) as temporal,
        running_market(folder, temporal, "default") as market,
        serving(market.service, **_SHOWN) as address,
        running_chromium() as browser,
    ):
        pages = await fill(market)
        for scheme in ("light", "dark"):
            seen = looking(browser, f"http://{address}", viewport=_SIZE, color_scheme=scheme)
            async with seen as looker:
                await looker.go("/dashboard/login")
                await picture(looker, "login", scheme)
                await looker.login(market.service.key)
                for name, path in pages.items():
                    await looker.go(f"/dashboard/{path}")
                    await picture(looker, name, scheme)


def main() -> None:
    """Write the pictures."""
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(take(Path(folder)))


if __name__ == "__main__":
    main()
