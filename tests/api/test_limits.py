"""How often one caller may ask."""

from pathlib import Path

import httpx2
import pytest

from api.limits import Limits
from layeron.keys import new_key
from tests.api.serving import serving
from tests.support.service import running_service
from tests.support.temporal import TemporalServer
from tests.support.vendor import SECRET, SECRET_NAME, vendor

SLOW = 0.001
"""Requests a second: twice as many at once is less than one, so one it is."""


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_twice_as_many_as_in_a_second_come_in_at_once_and_then_one_after_the_other() -> None:
    clock = Clock()
    limits = Limits(10, clock)
    assert [limits.take("a") for _ in range(20)] == [0] * 20
    assert limits.take("a") == 1
    clock.now += 0.1
    assert limits.take("a") == 0
    assert limits.take("a") == 1
    clock.now += 3600
    assert [limits.take("a") for _ in range(21)] == [0] * 20 + [1]


def test_callers_do_not_wait_for_each_other() -> None:
    limits = Limits(1, Clock())
    assert [limits.take("a") for _ in range(3)] == [0, 0, 1]
    assert limits.take("b") == 0


def test_asking_how_long_to_wait_takes_nothing() -> None:
    limits = Limits(0.25, Clock())
    assert [limits.wait("a") for _ in range(5)] == [0] * 5
    assert limits.take("a") == 0
    assert limits.wait("a") == limits.take("a") == 4


def test_of_callers_without_end_the_latest_are_remembered() -> None:
    limits = Limits(SLOW, Clock())
    for number in range(10_000):
        assert limits.take(f"caller {number}") == 0
    assert limits.take("caller 0") > 0  # remembered, and now the latest
    assert limits.take("one more") == 0
    assert limits.take("caller 0") > 0
    assert limits.take("caller 1") == 0  # forgotten


def test_the_wait_is_long_enough() -> None:
    clock = Clock()
    limits = Limits(3, clock)
    while not (wait := limits.take("a")):
        pass
    clock.now += wait
    assert limits.take("a") == 0


@pytest.fixture(autouse=True)
def _secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SECRET_NAME, SECRET)


def bearer(key: str) -> dict[str, str]:
    return {"authorization": f"Bearer {key}"}


async def test_a_key_that_asks_too_often_is_told_when_to_come_back(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    app, _ = vendor()
    async with (
        running_service(app, tmp_path, temporal, worker=False) as service,
        serving(service, api_rate=SLOW) as address,
        httpx2.AsyncClient(base_url=f"http://{address}") as http,
    ):
        other, others = new_key("other")
        await service.tools.records.add_key(other)
        first = await http.get("/api/v1/keys", headers=bearer(service.key))
        assert first.status_code == 200
        for path in ("/api/v1/keys", "/api/v1/events"):
            answer = await http.get(path, headers=bearer(service.key))
            assert answer.status_code == 429
            assert answer.json()["error"]["code"] == "rate_limited"
            assert 0 < int(answer.headers["retry-after"]) <= 1 / SLOW
        assert (await http.get("/api/v1/keys", headers=bearer(others))).status_code == 200
        # What providers send is none of the API's business.
        assert (await http.post("/webhooks/vendor")).status_code == 401


async def test_who_guesses_keys_is_refused_unlooked_and_locks_nobody_out(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    app, _ = vendor()
    async with (
        running_service(app, tmp_path, temporal, worker=False) as service,
        serving(service, api_rate=2) as address,
        httpx2.AsyncClient(base_url=f"http://{address}") as http,
    ):
        ours = bearer(service.key)
        assert (await http.get("/api/v1/keys", headers=ours)).status_code == 200
        statuses = [
            (await http.get("/api/v1/keys", headers=bearer(new_key("x")[1]))).status_code
            for _ in range(40)
        ]
        assert statuses[0] == 401
        assert statuses[-1] == 429
        fresh, text = new_key("fresh")
        await service.tools.records.add_key(fresh)
        # Nobody looks at a key from there that was not let in before, were it the right one.
        while (await http.get("/api/v1/keys", headers=bearer("x"))).status_code != 429:
            pass
        assert (await http.get("/api/v1/keys", headers=bearer(text))).status_code == 429
        assert (await http.get("/api/v1/keys", headers=ours)).status_code == 200


@pytest.mark.parametrize(
    ("one", "another"),
    [
        ("203.0.113.7", "203.0.113.8"),
        ("9.9.9.9, 203.0.113.7", "203.0.113.7, 203.0.113.8"),
        ("2001:db8:0:1::1", "2001:db8:0:2::1"),
        ("unknown", "203.0.113.7"),
    ],
)
async def test_behind_a_proxy_the_address_is_the_one_that_it_saw(
    tmp_path: Path, temporal: TemporalServer, one: str, another: str
) -> None:
    app, _ = vendor()
    async with (
        running_service(app, tmp_path, temporal, worker=False) as service,
        serving(service, api_rate=SLOW, trust_proxy=True) as address,
        httpx2.AsyncClient(base_url=f"http://{address}") as http,
    ):

        async def status(sender: str) -> int:
            answer = await http.get("/api/v1/keys", headers={"x-forwarded-for": sender})
            return answer.status_code

        assert [await status(one), await status(one)] == [401, 429]
        assert [await status(another), await status(another)] == [401, 429]
        if ":" in one:
            assert await status("2001:db8:0:1:ffff::") == 429  # the same site
        assert await status(f"198.51.100.1, {one}") == 429  # what the sender says of itself


async def test_behind_two_proxies_the_address_is_the_one_that_the_first_saw(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    app, _ = vendor()
    async with (
        running_service(app, tmp_path, temporal, worker=False) as service,
        serving(service, api_rate=SLOW, trust_proxy=True, proxies=2) as address,
        httpx2.AsyncClient(base_url=f"http://{address}") as http,
    ):

        async def status(seen: str) -> int:
            answer = await http.get("/api/v1/keys", headers={"x-forwarded-for": seen})
            return answer.status_code

        assert await status("203.0.113.7, 35.191.0.1") == 401
        assert await status("203.0.113.8, 35.191.0.1") == 401
        assert await status("203.0.113.9, 203.0.113.7, 35.191.0.2") == 429
        assert await status("203.0.113.7") == 429  # past the outer proxy there is no way


async def test_without_a_proxy_a_header_makes_nobody_another(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    app, _ = vendor()
    async with (
        running_service(app, tmp_path, temporal, worker=False) as service,
        serving(service, api_rate=SLOW) as address,
        httpx2.AsyncClient(base_url=f"http://{address}") as http,
    ):
        senders = ("203.0.113.7", "203.0.113.8")
        answers = [
            await http.get("/api/v1/keys", headers={"x-forwarded-for": each}) for each in senders
        ]
        assert [each.status_code for each in answers] == [401, 429]
