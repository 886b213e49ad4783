"""Customers verify what the worker sent with the libraries that the specification names."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.sending.declared import SECRET, publisher
from tests.sending.receivers import LIBRARIES, Library, verifying
from tests.support.customer import running_customer
from tests.support.rules import with_header
from tests.support.service import running_service
from tests.support.temporal import TemporalServer

OTHER = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
PAYLOAD: dict[str, Any] = {"invoice": "in_1", "customer": "Ålesund & Söhne 🧾", "lines": [1, 2.5]}

every_library = pytest.mark.parametrize("library", LIBRARIES.values(), ids=LIBRARIES)


@every_library
async def test_a_receiver_that_verifies_takes_what_was_sent_and_nothing_else(
    library: Library, tmp_path: Path, temporal: TemporalServer
) -> None:
    async with (
        running_customer(verifying(library, SECRET)) as ours,
        running_customer(verifying(library, OTHER)) as stranger,
    ):
        app, out = publisher(ours.url, stranger.url, retry={"schedule": []})
        async with running_service(app, tmp_path, temporal) as service:
            sent = await out.send("invoice.paid", PAYLOAD)
            record = await service.settled(sent.event_id)
    answered = {each.endpoint: each.http_status for each in record.attempts}
    assert answered == {"a": 204, "b": 401}

    (request,) = ours.requests
    assert json.loads(request.body)["data"] == PAYLOAD
    assert library(request, SECRET, late=timedelta(minutes=4, seconds=30))
    later = str(int(request.headers["webhook-timestamp"]) + 1)
    refused = {
        "another body": replace(request, body=request.body.replace(b"in_1", b"in_2")),
        "a body written anew": replace(request, body=request.body + b"\n"),
        "another id": with_header(request, "webhook-id", "whevt_other"),
        "another time": with_header(request, "webhook-timestamp", later),
        "no signature": with_header(request, "webhook-signature", ""),
    }
    assert [why for why, each in refused.items() if library(each, SECRET)] == []
    assert not library(request, SECRET, late=timedelta(minutes=5, seconds=5))
