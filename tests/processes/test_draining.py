"""Processes of a deployment that are asked to stop while they work."""

import signal
import socket
import time
from urllib.parse import urlsplit

import pytest

from tests.processes.deployed import API, Deployment
from tests.processes.sending import accepted, outcomes
from tests.support.vendor import sign


def test_a_worker_that_is_stopped_lets_its_handlers_end(deployment: Deployment, api: API) -> None:
    deployment.hold()
    with deployment.worker("patient") as worker:
        event = accepted(api.url, "drained", "order.held")
        api.operator.settled(event, "processing")
        worker.send(signal.SIGTERM)
        worker.until("the worker stops when begun handlers have ended")
        time.sleep(0.5)
        assert api.operator.event(event)["status"] == "processing"
        deployment.release()
        assert worker.ended() == 0
        assert outcomes(api.operator.settled(event)) == ["succeeded"]


def test_a_handler_that_outlives_the_drain_is_interrupted_and_run_elsewhere(
    deployment: Deployment, api: API
) -> None:
    deployment.hold()
    with deployment.worker("brief", LAYERON_DRAIN_TIMEOUT="1s") as worker:
        event = accepted(api.url, "interrupted", "order.held")
        api.operator.settled(event, "processing")
        worker.send(signal.SIGTERM)
        assert worker.ended() == 0
    deployment.release()
    with deployment.worker("next"):
        assert outcomes(api.operator.settled(event)) == ["interrupted", "succeeded"]
    handled = [each for each in deployment.handled() if each["id"] == "interrupted"]
    assert [each["attempt"] for each in handled] == [1, 2]
    assert {each["key"] for each in handled} == {event}


def test_an_api_that_is_stopped_answers_what_it_has_begun(deployment: Deployment) -> None:
    body = b'{"id": "half", "type": "order.created"}'
    head = (
        f"POST /webhooks/vendor HTTP/1.1\r\nHost: hooks\r\nx-signature: {sign(body)}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    with deployment.api("stopping") as api:
        place = (str(urlsplit(api.url).hostname), urlsplit(api.url).port or 0)
        with socket.create_connection(place) as sender:
            sender.sendall(head.encode() + body[:10])
            time.sleep(0.2)
            api.process.send(signal.SIGTERM)
            api.process.until("the API stops when begun requests have ended")
            sender.sendall(body[10:])
            sender.settimeout(20)
            assert sender.recv(2**16).startswith(b"HTTP/1.1 202 ")
        assert api.process.ended() == 0
        with pytest.raises(ConnectionError):
            socket.create_connection(place)


def test_a_worker_that_waits_for_its_namespace_can_be_stopped(deployment: Deployment) -> None:
    with deployment.running("worker", "waiting", LAYERON_TEMPORAL_NAMESPACE="later") as worker:
        worker.until("Temporal answered NOT_FOUND: Namespace later is not found")
        worker.send(signal.SIGTERM)
        assert worker.ended() == 0
        assert "Traceback" not in worker.output
