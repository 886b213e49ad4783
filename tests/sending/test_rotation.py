"""Secrets in rotation: while the old one has its grace, receivers with either verify."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from layeron import OutboundWebhook
from layeron.request import Request
from tests.sending.declared import SECRET, SECRET_NAME, publisher
from tests.sending.receivers import LIBRARIES
from tests.support.customer import Customer, running_customer
from tests.support.service import Service, running_service
from tests.support.temporal import TemporalServer

BEFORE = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"


async def create(service: Service, out: OutboundWebhook, **options: Any) -> str | None:
    """Create an endpoint over the API; the secret that is shown for it."""
    path = f"/webhooks/{out.namespace}/{out.name}/endpoints"
    answer = await service.api("POST", path, json=options)
    assert answer.status_code == 201, answer.text
    secret: str | None = answer.json()["secret"]
    return secret


async def rotate(
    service: Service, out: OutboundWebhook, whose: str, grace: str | float
) -> dict[str, Any]:
    """Rotate a secret over the API, which answers with the new one."""
    path = f"/webhooks/{out.namespace}/{out.name}/{whose}/rotate-secret"
    answer = await service.api("POST", path, json={"grace": grace})
    assert answer.status_code == 200, answer.text
    new: dict[str, Any] = answer.json()
    return new


async def next_request(
    service: Service, out: OutboundWebhook, customer: Customer, **options: Any
) -> Request:
    """The request in which the next event comes to a customer."""
    sent = await out.send("invoice.paid", {"invoice": "in_1"}, **options)
    record = await service.settled(sent.event_id)
    assert record.status == "succeeded"
    (request,) = [each for each in customer.requests if each.headers["webhook-id"] == record.id]
    return request


def accepted(request: Request, *secrets: str | None) -> list[str]:
    """Those of some secrets with which every library accepts a request; no library differs."""
    answers = {
        secret: {library(request, secret) for library in LIBRARIES.values()}
        for secret in secrets
        if secret is not None
    }
    assert all(len(each) == 1 for each in answers.values()), "the libraries disagree"
    return [secret for secret, answer in answers.items() if answer == {True}]


async def test_during_a_rotation_old_and_new_verify_and_after_the_grace_the_new_one_alone(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    async with running_customer() as customer:
        app, out = publisher()
        async with running_service(app, tmp_path, temporal) as service:
            old = await create(service, out, name="shop", url=customer.url)
            assert old is not None
            assert accepted(await next_request(service, out, customer), old) == [old]

            during = await rotate(service, out, "endpoints/shop", "24h")
            new = during["secret"]
            assert (old[:6], new[:6]) == ("whsec_", "whsec_")
            request = await next_request(service, out, customer)
            assert accepted(request, old, new) == [old, new]
            assert len(request.headers["webhook-signature"].split(" ")) == 2

            last = await rotate(service, out, "endpoints/shop", 0.3)
            ends = datetime.fromisoformat(last["previous_expires_at"])
            await asyncio.sleep(max((ends - datetime.now(UTC)).total_seconds(), 0) + 0.1)
            request = await next_request(service, out, customer)
            # The first one keeps the end that it was given by the rotation before.
            assert accepted(request, old, new, last["secret"]) == [old, last["secret"]]


async def test_without_a_grace_the_secret_before_ends_at_once(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    async with running_customer() as customer:
        app, out = publisher()
        async with running_service(app, tmp_path, temporal) as service:
            old = await create(service, out, name="shop", url=customer.url)
            new = (await rotate(service, out, "endpoints/shop", 0))["secret"]
            request = await next_request(service, out, customer)
    assert accepted(request, old, new) == [new]


async def test_ten_secrets_before_the_current_one_sign_and_the_oldest_makes_room(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    async with running_customer() as customer:
        app, out = publisher()
        async with running_service(app, tmp_path, temporal) as service:
            first = await create(service, out, name="shop", url=customer.url)
            rotated = [await rotate(service, out, "endpoints/shop", "7d") for _ in range(10)]
            secrets = [first, *(each["secret"] for each in rotated)]
            request = await next_request(service, out, customer)
            assert accepted(request, *secrets) == secrets

            secrets.append((await rotate(service, out, "endpoints/shop", "7d"))["secret"])
            request = await next_request(service, out, customer)
            assert accepted(request, *secrets) == secrets[1:]


async def test_the_endpoints_of_a_user_share_a_secret_and_its_rotation(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    async with running_customer() as first, running_customer() as second:
        app, out = publisher()
        async with running_service(app, tmp_path, temporal) as service:
            old = await create(service, out, name="one", url=first.url, user_id="nina")
            assert old is not None
            assert old.startswith("whcms_")
            assert await create(service, out, name="two", url=second.url, user_id="nina") is None
            other = await create(service, out, name="three", url=second.url, user_id="otto")
            new = (await rotate(service, out, "users/nina", "24h"))["secret"]
            request = await next_request(service, out, first, user_id="nina")
            assert accepted(request, old, new, other) == [old, new]
            (same,) = second.requests
            assert accepted(same, old, new, other) == [old, new]


async def test_a_secret_of_the_store_signs_beside_its_previous_version(
    tmp_path: Path, temporal: TemporalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running_customer() as customer:
        app, out = publisher(customer.url)
        async with running_service(app, tmp_path, temporal) as service:
            request = await next_request(service, out, customer)
            assert accepted(request, SECRET, BEFORE) == [SECRET]
            monkeypatch.setenv(f"{SECRET_NAME}_PREVIOUS", BEFORE)
            request = await next_request(service, out, customer)
            assert accepted(request, SECRET, BEFORE) == [SECRET, BEFORE]
