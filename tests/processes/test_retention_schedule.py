"""Workers have retention applied by a schedule."""

from tests.processes.deployed import Deployment
from tests.support.service import eventually


async def test_a_worker_that_starts_has_retention_scheduled(deployment: Deployment) -> None:
    client = await deployment.temporal.connect()

    async def scheduled() -> bool | None:
        described = await client.get_schedule_handle("retention/layeron").describe()
        return not described.schedule.state.paused

    with deployment.worker("scheduling") as worker:
        await eventually(scheduled)
        assert "not scheduled" not in worker.output
