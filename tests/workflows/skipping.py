"""Temporal's test server, which waits for timers and retries by moving its clock."""

import shutil
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from layeron.adapters.temporal.converter import DATA_CONVERTER


@dataclass(frozen=True, slots=True)
class SkippingServer:
    """A running one."""

    environment: WorkflowEnvironment

    @property
    def address(self) -> str:
        return self.environment.client.service_client.config.target_host

    async def connect(self) -> Client:
        return self.environment.client

    async def now(self) -> datetime:
        """The time by its clock."""
        return await self.environment.get_current_time()

    async def skip(self, time: timedelta) -> None:
        """Move its clock, and let happen what falls into this time."""
        left = time
        while left:  # a day at once: the client gives each call half a minute
            step = min(left, timedelta(days=1))
            await self.environment.sleep(step)
            left -= step


@asynccontextmanager
async def running_skipping_server() -> AsyncGenerator[SkippingServer]:
    environment = await WorkflowEnvironment.start_time_skipping(
        data_converter=DATA_CONVERTER,
        test_server_existing_path=shutil.which("temporal-test-server"),
    )
    async with environment:
        yield SkippingServer(environment)
