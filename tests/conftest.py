"""Real parts that many tests share."""

from collections.abc import AsyncGenerator, Generator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.support.temporal import TemporalServer, running_temporal

_LONG = ("browser", "processes", "workflows", "outages", "sending", "end_to_end", "trials")
"""Folders of tests that wait: begun first, they are not what one process is left with."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.path.relative_to(Path(__file__).parent).parts[0] not in _LONG)


@pytest_asyncio.fixture(scope="session")
async def temporal(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[TemporalServer]:
    """One Temporal server for the session; tests keep apart by task queues and namespaces."""
    async with running_temporal(tmp_path_factory.mktemp("temporal")) as server:
        yield server


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let what was logged travel between test processes, which speak UTF-8 alone."""
    report = yield
    report.sections = [
        (title, text.encode(errors="backslashreplace").decode()) for title, text in report.sections
    ]
    return report
