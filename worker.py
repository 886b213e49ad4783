"""The worker process: composition root that hands activities their tools and runs them."""

import asyncio
import logging
import sys
from collections.abc import AsyncGenerator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import replace

from temporalio.client import Client
from temporalio.common import VersioningBehavior, WorkerDeploymentVersion
from temporalio.worker import PollerBehaviorAutoscaling, Worker, WorkerDeploymentConfig
from temporalio.worker.workflow_sandbox import (
    SandboxedWorkflowRunner,
    SandboxMatcher,
    SandboxRestrictions,
)

from activities.bulk_replay import BulkReplayActivities
from activities.courier import Courier, Tools
from activities.inbound import InboundActivities
from activities.lanes import LaneActivities
from activities.outbound import OutboundActivities
from activities.retention import RetentionActivities
from activities.unknown import unknown_activity
from layeron import names
from layeron.adapters.metrics import open_metrics, scraped
from layeron.adapters.temporal.connection import connect
from layeron.adapters.toolbox import open_toolbox
from layeron.adapters.tracing import exporting_traces
from layeron.application import Backend
from layeron.draining import draining
from layeron.errors import EngineUnavailableError
from layeron.loading import load_app
from layeron.measuring import announce, measured
from layeron.ports.engine import Engine
from layeron.ports.toolbox import Toolbox
from layeron.services import Services, connect_services
from layeron.settings import Settings
from workflows.bulk_replay import BulkReplayWorkflow
from workflows.inbound import InboundWorkflow
from workflows.lane import LaneWorkflow
from workflows.outbound import OutboundWorkflow
from workflows.retention import ErasingWorkflow, RetentionWorkflow

logger = logging.getLogger("layeron.worker")

_LONGEST_PAUSE_SECONDS = 15
_POLLERS = PollerBehaviorAutoscaling(maximum=20)
"""So many requests for work wait at Temporal at most, as its server finds more or fewer of use. By
Temporal's own default, one alone asks for workflows that this worker does not run already."""

_RESCHEDULING_SECONDS = 600
_HTTP_CLIENTS: tuple[str, ...] = ("aiohttp", "httpx", "httpx2", "requests", "urllib3")
"""Temporal's own restrictions end at Python's library, and what is shared works unrestricted."""


@asynccontextmanager
async def running_workers(
    client: Client, app: Backend, tools: Toolbox, settings: Settings, threads: ThreadPoolExecutor
) -> AsyncGenerator[None]:
    """Connect an application and run its workers: one that handles and, if need be, one that sends.

    They have task queues of their own, so that a thousand customers who do not answer keep no
    handler waiting.
    """
    services = connect_services(app, tools, settings)
    workers = [_handling(client, app, tools, services, settings, threads)]
    if app.publishers:
        workers.append(_sending(client, app, tools, services, settings))
    async with AsyncExitStack() as stack:
        for each in workers:
            await stack.enter_async_context(each)
        stack.push_async_callback(_shut_down, workers)
        await stack.enter_async_context(draining(services.drainer))
        yield


async def _shut_down(workers: Sequence[Worker]) -> None:
    """Stop all at once: else one takes new work while the other drains, and it lasts twice."""
    await asyncio.gather(*(each.shutdown() for each in workers))


def _handling(
    client: Client,
    app: Backend,
    tools: Toolbox,
    services: Services,
    settings: Settings,
    threads: ThreadPoolExecutor,
) -> Worker:
    inbound = InboundActivities(
        app=app,
        records=tools.records,
        blobs=tools.blobs,
        secrets=tools.secrets,
        threads=threads,
    )
    bulk, retention = BulkReplayActivities(services.bulk), RetentionActivities(services.retention)
    return Worker(
        client,
        task_queue=settings.task_queue,
        workflows=[
            InboundWorkflow,
            BulkReplayWorkflow,
            RetentionWorkflow,
            ErasingWorkflow,
            *app.workflows,
        ],
        activities=[
            inbound.handle_event,
            inbound.open_attempt,
            inbound.record_attempt,
            inbound.record_exhausted,
            bulk.next_part,
            bulk.replay_part,
            bulk.stop,
            retention.apply,
            retention.erase_page,
            retention.is_sending,
            *app.activities,
            *([] if app.catches_all_activities else [unknown_activity]),
        ],
        activity_executor=threads,
        max_concurrent_activities=settings.concurrency,
        workflow_task_poller_behavior=_POLLERS,
        activity_task_poller_behavior=_POLLERS,
        graceful_shutdown_timeout=settings.drain_timeout,
        deployment_config=_release(settings),
        # A user's workflow that raises has failed its attempt, as a function that raises has;
        # Temporal's own default would try its code again for ever.
        workflow_failure_exception_types=[Exception],
        workflow_runner=SandboxedWorkflowRunner(restrictions=restrictions_for(app)),
    )


def _sending(
    client: Client, app: Backend, tools: Toolbox, services: Services, settings: Settings
) -> Worker:
    handed = Tools(
        app=app,
        blobs=tools.blobs,
        deliveries=tools.deliveries,
        secrets=tools.secrets,
        sender=tools.sender,
        vault=services.vault,
        seals=services.seals,
    )
    outbound = OutboundActivities(
        handed,
        engine=tools.engine,
        publishing=services.publishing,
        courier=Courier(
            handed,
            at_once=settings.outbound_concurrency,
            at_once_to_one=settings.endpoint_concurrency,
        ),
    )
    lanes = LaneActivities(outbound, tools.deliveries, tools.engine)
    return Worker(
        client,
        task_queue=names.outbound_queue(settings.task_queue),
        workflows=[OutboundWorkflow, LaneWorkflow],
        activities=[
            outbound.announce,
            outbound.deliver,
            outbound.deliver_first,
            outbound.put_on_record,
            outbound.settle,
            lanes.announce_in_turn,
            lanes.deliver_in_turn,
            lanes.find_or_deliver_in_turn,
            lanes.settle_in_turn,
        ],
        max_concurrent_activities=settings.outbound_concurrency,
        workflow_task_poller_behavior=_POLLERS,
        activity_task_poller_behavior=_POLLERS,
        graceful_shutdown_timeout=settings.drain_timeout,
        deployment_config=_release(settings),
    )


def _release(settings: Settings) -> WorkerDeploymentConfig | None:
    """Which release these workers are of, if they shall get no work before it is promoted.

    Workflows move on to the promoted release. Pinned, each would need workers of the release it
    began on to its end, which is hours for an event whose handler is being mended, days for a
    delivery or a paused bulk replay, and never for a lane: it continues as new. Old histories are
    replayed on new code in the tests, so moving on is safe for ours; a user's own may say else.
    """
    if settings.deployment is None or settings.build_id is None:
        return None
    return WorkerDeploymentConfig(
        version=WorkerDeploymentVersion(settings.deployment, settings.build_id),
        use_worker_versioning=True,
        default_versioning_behavior=VersioningBehavior.AUTO_UPGRADE,
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
    metrics = open_metrics(settings, "worker")
    announce(app, metrics)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(exporting_traces("layeron-worker"))
        plain = await stack.enter_async_context(open_toolbox(settings))
        await stack.enter_async_context(scraped(metrics, settings))
        tools = measured(plain, app, metrics)
        await tools.check(app)
        client = await _connect_patiently(settings, tools, stop)
        if client is None:
            return
        threads = ThreadPoolExecutor(settings.concurrency, "handler")
        # A handler that outlived its time limit must not keep the process from ending.
        stack.callback(threads.shutdown, wait=False, cancel_futures=True)
        async with running_workers(client, app, tools, settings, threads):
            logger.info(
                "the worker runs on task queue %s%s",
                settings.task_queue,
                f" as {settings.deployment}.{settings.build_id}" if settings.build_id else "",
            )
            scheduling = asyncio.create_task(_schedule_retention(tools.engine))
            await stop.wait()
            scheduling.cancel()
            logger.info("the worker stops when begun handlers have ended")


async def _schedule_retention(engine: Engine) -> None:
    """Have retention applied from now on; what cannot be scheduled now is tried again later."""
    while True:
        try:
            await engine.schedule_retention()
        except EngineUnavailableError as error:
            logger.warning("retention is not scheduled: %s; trying again in 10 minutes", error)
            await asyncio.sleep(_RESCHEDULING_SECONDS)
        else:
            return


async def _connect_patiently(
    settings: Settings, tools: Toolbox, stop: asyncio.Event
) -> Client | None:
    """Connect; a worker that starts before its engine waits for it, until *stop* is set."""
    pause = 1
    while not stop.is_set():
        try:
            client = await connect(settings, tools.secrets, lazy=False)
            await tools.engine.check()
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
