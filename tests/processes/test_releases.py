"""Two releases of the workers at once: who gets the work, and what becomes of what runs."""

import re
import signal
import subprocess
import sys
from collections.abc import Generator, Mapping
from pathlib import Path

import pytest

from tests.processes.deployed import API, Deployment
from tests.processes.sending import accepted, outcomes
from tests.support.command import Running, refusal, said
from tests.support.temporal import NAMESPACE

# A task queue of their own: one that has a promoted release gives nothing to other workers.
SHOP = {"LAYERON_TASK_QUEUE": "released", "LAYERON_DEPLOYMENT": "shop"}


def release(build_id: str) -> Mapping[str, str]:
    return {**SHOP, "LAYERON_BUILD_ID": build_id}


@pytest.fixture(scope="module")
def api(deployment: Deployment) -> Generator[API]:
    with deployment.api("released", **release("r1")) as api:
        yield api


def command(deployment: Deployment, *words: str, **more: str) -> str:
    variables = {**deployment.variables, **more}
    return said("deployment", *words, folder=deployment.folder, **variables)


def refused(deployment: Deployment, *words: str, **more: str) -> str:
    variables = {**deployment.variables, **more}
    return refusal("deployment", *words, folder=deployment.folder, **variables)


def handlers_of(deployment: Deployment, event: str) -> list[int]:
    return [each["pid"] for each in deployment.handled() if each["id"] == event]


def test_a_release_gets_work_when_it_is_promoted_and_what_runs_survives_that(
    deployment: Deployment, api: API
) -> None:
    def handled_by(event: str) -> Running:
        api.operator.settled(accepted(api.url, event))
        (pid,) = handlers_of(deployment, event)
        return {first.pid: first, second.pid: second}[pid]

    deployment.hold()
    with deployment.worker("r1", **release("r1"), LAYERON_DRAIN_TIMEOUT="1s") as first:
        first.until("the worker runs on task queue released as shop.r1")
        assert command(deployment, "promote", "r1", "--name", "shop") == "shop.r1 gets the work\n"
        held = accepted(api.url, "over-two-releases", "order.held")
        api.operator.settled(held, "processing")
        with deployment.worker("r2", **release("r2")) as second:
            shown = command(deployment, "show", **release("r2"))
            assert re.findall(r"(?m)^(r\d)(.*)$", shown) == [("r2", ""), ("r1", "  promoted")]
            assert handled_by("before") is first

            command(deployment, "promote", **release("r2"))
            assert handled_by("after") is second
            assert api.operator.event(held)["status"] == "processing"

            command(deployment, "promote", **release("r1"))
            assert handled_by("taken back") is first

            command(deployment, "promote", **release("r2"))
            first.send(signal.SIGTERM)
            assert first.ended() == 0
            deployment.release()
            record = api.operator.settled(held)
    assert outcomes(record) == ["interrupted", "succeeded"]
    assert handlers_of(deployment, "over-two-releases") == [first.pid, second.pid]


def test_a_release_without_workers_is_not_promoted(deployment: Deployment) -> None:
    told = refused(deployment, "promote", "r9", "--name", "shop", "--wait", "1s")
    assert "r9" in told


def test_a_deployment_without_a_release_is_shown(deployment: Deployment) -> None:
    program = str(Path(sys.executable).with_name("temporal"))
    made = [program, "worker", "deployment", "create", "--name", "empty"]
    temporal = deployment.temporal
    subprocess.run(
        [*made, "--address", temporal.address, "--namespace", NAMESPACE], check=True, timeout=60
    )
    shown = command(deployment, "show", "--name", "empty")
    assert shown == "none is promoted; run: layeron deployment promote BUILD_ID\n"


def test_what_is_missing_is_named(deployment: Deployment) -> None:
    assert refused(deployment, "promote", "r1").startswith("which deployment? Name it with --name")
    assert refused(deployment, "promote", "--name", "shop").startswith("which release? Name its")
    told = refused(deployment, "show", "--name", "nowhere")
    assert "start a worker with LAYERON_DEPLOYMENT=nowhere first" in told
    told = refused(deployment, "show", LAYERON_DEPLOYMENT="shop")
    assert told == "set LAYERON_DEPLOYMENT and LAYERON_BUILD_ID both, or neither of them."
