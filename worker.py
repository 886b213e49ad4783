"""The worker process: composition root that hands activities their tools and runs them."""

import asyncio
import logging
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, suppress
from dataclasses import replace

from temporalio.client import Client
from temporalio.worker import Worker
from temporalio.worker.workflow_sandbox import (
    SandboxedWorkflowRunner,
    SandboxMatcher,
    SandboxRestrictions,
)

from activities.inbound import InboundActivities
from activities.unknown import unknown_activity
from layeron.adapters.temporal.connection import connect
from layeron.adapters.toolbox import open_toolbox
from layeron.application import Backend
from layeron.errors import EngineUnavailableError
from layeron.loading import load_app
from layeron.operations import Operations
from layeron.ports.engine import Engine
from layeron.ports.toolbox import Toolbox
from layeron.settings import Settings
from workflows.inbound import InboundWorkflow

logger = logging.getLogger("layeron.worker")

_LONGEST_PAUSE_SECONDS = 15
_HTTP_CLIENTS: tuple[str, ...] = ("aiohttp", "httpx", "httpx2", "requests", "urllib3")
"""Temporal's own restrictions end at Python's library, and what is shared works unrestricted."""


def build_worker(
    client: Client, app: Backend, tools: Toolbox, settings: Settings, threads: ThreadPoolExecutor
) -> Worker:
    """Assemble the worker of one application."""
    inbound = InboundActivities(
        app=app,
        records=tools.records,
        blobs=tools.blobs,
        secrets=tools.secrets,
        threads=threads,
    )
    return Worker(
        client,
        task_queue=settings.task_queue,
        workflows=[InboundWorkflow, *app.workflows],
        activities=[
            inbound.handle_event,
            inbound.open_attempt,
            inbound.record_attempt,
            inbound.record_exhausted,
            *app.activities,
            *([] if app.catches_all_activities else [unknown_activity]),
        ],
        activity_executor=threads,
        max_concurrent_activities=settings.concurrency,
        graceful_shutdown_timeout=settings.drain_timeout,
        # A user's workflow that raises has failed its attempt, as a function that raises has;
        # Temporal's own default would try its code again for ever.
        workflow_failure_exception_types=[Exception],
        workflow_runner=SandboxedWorkflowRunner(restrictions=restrictions_for(app)),
    )


def restrictions_for(app: Backend) -> SandboxRestrictions:
    """The sandbox of the user's workflows.

    Each run executes the modules that define workflows anew, under Temporal's restrictions; all
    that these import is shared with the process, as loading it again for every event would cost
    more than handling one.
    """
    own = {each.__module__ for each in app.workflows} | {"__main__"}
    # A package that is shared shares all within, so those around the user's modules are not.
    around = {name[:dot] for name in own for dot, each in enumerate(name) if each == "."}
    shared = set(sys.modules) - own - around
    restrictions = SandboxRestrictions.default.with_passthrough_modules(*shared)
    clients = dict.fromkeys(_HTTP_CLIENTS, SandboxMatcher.all_uses_runtime)
    refused = restrictions.invalid_module_members | SandboxMatcher(children=clients)
    return replace(restrictions, invalid_module_members=refused)


async def run_worker(settings: Settings, stop: asyncio.Event) -> None:
    """Run until *stop* is set, then let begun work end.

    Raises:
        ConfigurationError: the application or a setting is wrong.
        UnavailableError: a part that is needed at the start does not answer.
    """
    app = load_app(settings.app)
    async with AsyncExitStack() as stack:
        tools = await stack.enter_async_context(open_toolbox(settings))
        await tools.check(app)
        app.connect(Operations(app, tools.engine, tools.records, tools.blobs))
        client = await _connect_patiently(settings, tools.engine, stop)
        if client is None:
            return
        threads = ThreadPoolExecutor(settings.concurrency, "handler")
        # A handler that outlived its time limit must not keep the process from ending.
        stack.callback(threads.shutdown, wait=False, cancel_futures=True)
        async with build_worker(client, app, tools, settings, threads):
            logger.info("the worker runs on task queue %s", settings.task_queue)
            await stop.wait()
            logger.info("the worker stops when begun handlers have ended")


async def _connect_patiently(
    settings: Settings, engine: Engine, stop: asyncio.Event
) -> Client | None:
    """Connect; a worker that starts before its engine waits for it, until *stop* is set."""
    pause = 1
    while not stop.is_set():
        try:
            client = await connect(settings, lazy=False)
            await engine.check()
        except EngineUnavailableError as error:
            logger.warning("%s; trying again in %d s", error, pause)
        else:
            return client
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), pause)
        pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)
    return None


if __name__ == "__main__":
    from layeron.cli.main import main

    main(["worker", *sys.argv[1:]])
