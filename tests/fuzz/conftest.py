"""A service behind uvicorn without a worker, and what opens its doors."""

import logging
import re
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from datetime import timedelta

import httpx2
import pytest
import pytest_asyncio

from layeron.adapters.secret_file import SecretFile
from layeron.adapters.secret_sources import FILE_NAME
from layeron.secrets import Secret
from tests.api import declared
from tests.api.serving import serving
from tests.support.service import running_service
from tests.support.temporal import TemporalServer
from tests.support.vendor import sign

_LENGTH = re.compile(rb"(?<=Content-Length: )[0-9]{1,9}")


class _Errors(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.told: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.told.append(self.format(record))


@dataclass
class Fuzzed:
    """Where it is served, and what it has logged as an error.

    Attributes:
        keys: what stands for ``{KEY}`` and the like in requests of the corpus.
    """

    address: str
    keys: dict[bytes, str]
    errors: list[str] = field(default_factory=list[str])

    def opened(self, data: bytes) -> bytes:
        """A request with what lets it further in; its body is signed."""
        head, blank, before = data.partition(b"\r\n\r\n")
        head, body = self._replaced(head), self._replaced(before)
        head = _LENGTH.sub(lambda m: b"%d" % (int(m[0]) + len(body) - len(before)), head, count=1)
        return head.replace(b"{SIGNATURE}", sign(body).encode()) + blank + body

    def _replaced(self, data: bytes) -> bytes:
        for name, text in self.keys.items():
            data = data.replace(name, text.encode())
        return data


@pytest_asyncio.fixture(scope="session")
async def fuzzed(
    tmp_path_factory: pytest.TempPathFactory, temporal: TemporalServer
) -> AsyncGenerator[Fuzzed]:
    folder = tmp_path_factory.mktemp("fuzzed")
    secrets = SecretFile(folder / FILE_NAME)
    for name, value in declared.SECRETS.items():
        secrets.set(Secret(name), value)
    errors = _Errors()
    async with (
        running_service(declared.declare(), folder, temporal, worker=False) as service,
        serving(service, receive_timeout=timedelta(seconds=0.3)) as address,
        httpx2.AsyncClient(base_url=f"http://{address}", trust_env=False) as http,
    ):
        await http.post("/dashboard/login", data={"key": service.key})
        found = re.search(r'name="csrf" value="([0-9a-f]+)"', (await http.get("/dashboard/")).text)
        assert found
        keys = {b"{KEY}": service.key, b"{CSRF}": found[1]}
        keys[b"{SESSION}"] = http.cookies["layeron_session"]
        logging.getLogger().addHandler(errors)
        yield Fuzzed(address, keys, errors.told)
        logging.getLogger().removeHandler(errors)
