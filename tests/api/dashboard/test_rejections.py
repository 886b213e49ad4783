"""The page of a refused request."""

from pathlib import Path

import httpx2
import pytest

from layeron.secrets import secret
from tests.api.dashboard.visiting import Visitor
from tests.api.serving import serving
from tests.support.service import eventually, running_service
from tests.support.temporal import TemporalServer
from tests.support.vendor import SECRET, SECRET_NAME, vendor

BEFORE = "VENDOR_SECRET_OF_BEFORE"


async def test_a_rejection_is_verified_again_though_one_of_two_secrets_has_no_value(
    tmp_path: Path, temporal: TemporalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SECRET_NAME, SECRET)
    monkeypatch.setenv(BEFORE, "another secret for tests")
    both = [secret(SECRET_NAME), secret(BEFORE)]
    app, _ = vendor(signature={"header": "x-signature", "secret": both})
    async with (
        running_service(app, tmp_path, temporal, worker=False) as service,
        serving(service) as address,
        httpx2.AsyncClient(base_url=f"http://{address}", trust_env=False) as http,
    ):
        monkeypatch.delenv(BEFORE)
        refused = await service.post("/webhooks/vendor", {}, x_signature="0" * 64)
        assert refused.status_code == 401

        async def look() -> str | None:
            found = (await service.tools.records.list_rejections(limit=1)).rejections
            return found[0].id if found else None

        visitor = Visitor(http)
        await visitor.login(service.key)
        page = await visitor.get(f"/dashboard/rejections/{await eventually(look)}")
        assert "It does not verify" in page.text
        assert "cannot be verified again" not in page.text
