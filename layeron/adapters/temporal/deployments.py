"""Worker deployments: which releases of the workers Temporal knows, and which one gets the work."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from temporalio.api.workflowservice.v1 import (
    DescribeWorkerDeploymentRequest,
    SetWorkerDeploymentCurrentVersionRequest,
)
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from layeron.adapters.secret_sources import open_secret_source
from layeron.adapters.temporal.connection import connect
from layeron.adapters.temporal.deadline import deadline
from layeron.errors import NotFoundError
from layeron.settings import Settings

_PAUSE_SECONDS = 1
_NOT_YET = {RPCStatusCode.NOT_FOUND, RPCStatusCode.FAILED_PRECONDITION}
"""What Temporal answers while a release's workers have not called, or not on every task queue."""


@dataclass(frozen=True, slots=True)
class Deployment:
    """A worker deployment.

    Attributes:
        current: build id of the promoted release; None while workers without one get the work.
        build_ids: of every release that has called, the newest first.
    """

    current: str | None
    build_ids: tuple[str, ...]


async def describe_deployment(settings: Settings, name: str) -> Deployment:
    """What Temporal knows of a deployment.

    Raises:
        NotFoundError: none of its workers has called yet.
        EngineUnavailableError: Temporal does not answer.
    """
    async with _connected(settings) as client, deadline(settings.engine_timeout):
        request = DescribeWorkerDeploymentRequest(namespace=client.namespace, deployment_name=name)
        try:
            answer = await client.workflow_service.describe_worker_deployment(request)
        except RPCError as error:
            if error.status != RPCStatusCode.NOT_FOUND:
                raise
            raise NotFoundError(
                f"Temporal knows no deployment {name} in the namespace {client.namespace}; start"
                f" a worker with LAYERON_DEPLOYMENT={name} first."
            ) from None
    info = answer.worker_deployment_info
    newest = sorted(
        info.version_summaries, key=lambda each: each.create_time.ToDatetime(), reverse=True
    )
    return Deployment(
        info.routing_config.current_deployment_version.build_id or None,
        tuple(each.deployment_version.build_id for each in newest),
    )


async def promote_release(settings: Settings, name: str, build_id: str, *, wait: timedelta) -> None:
    """Give all new work, and what workflows that run do next, to this release's workers.

    Args:
        settings: where Temporal is.
        name: of the deployment.
        build_id: of the release.
        wait: how long its workers are waited for.

    Raises:
        EngineUnavailableError: Temporal does not answer, or refuses; says why.
    """
    last = asyncio.get_running_loop().time() + wait.total_seconds()
    async with _connected(settings) as client:
        request = SetWorkerDeploymentCurrentVersionRequest(
            namespace=client.namespace,
            deployment_name=name,
            build_id=build_id,
            identity=client.identity,
        )
        while not await _is_promoted(client, request, settings.engine_timeout, last):  # noqa: ASYNC110  # Temporal tells nobody
            await asyncio.sleep(_PAUSE_SECONDS)


async def _is_promoted(
    client: Client,
    request: SetWorkerDeploymentCurrentVersionRequest,
    limit: timedelta,
    last: float,
) -> bool:
    """Ask once; False if it is not possible yet, and the time *last* has not come."""
    async with deadline(limit):
        try:
            await client.workflow_service.set_worker_deployment_current_version(request)
        except RPCError as error:
            if error.status not in _NOT_YET or asyncio.get_running_loop().time() >= last:
                raise
            return False
    return True


@asynccontextmanager
async def _connected(settings: Settings) -> AsyncGenerator[Client]:
    """A client that reads no payload, so that it needs no key to them."""
    secrets = open_secret_source(settings.secrets, settings.data_dir, settings.secrets_refresh)
    try:
        plain = settings.model_copy(update={"codec": None})
        yield await connect(plain, secrets, lazy=False)
    finally:
        await secrets.close()
