"""An outbound proxy: everything goes through it, and nothing that is refused without it."""

import asyncio
import base64
from pathlib import Path

import pytest

from layeron.adapters.sender import open_sender
from layeron.settings import load_settings
from tests.contract.sender.opening import PATH, answer, failure, names, sending
from tests.support.broken_server import Connection, answering, read_request, reset, serving
from tests.support.certificates import Authority
from tests.support.connecting import connections
from tests.support.hostile_receiver import receiving

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
HOST = "hooks.example.com"
RESOLVE = names({HOST: ["93.184.216.34"], "inside.example": ["10.0.0.1"]})


def tunnelling(port: int, asked: list[bytes]) -> Connection:
    """A proxy that leads every CONNECT to this port of loopback."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await read_request(reader))
        back, forth = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"HTTP/1.1 200 Connected\r\n\r\n")
        both = [asyncio.create_task(_pump(reader, forth)), asyncio.create_task(_pump(back, writer))]
        try:
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in both:
                each.cancel()
            forth.close()

    return talk


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while chunk := await reader.read(2**16):
        writer.write(chunk)
        await writer.drain()


async def test_tls_goes_through_a_tunnel_to_the_name(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    asked: list[bytes] = []
    async with (
        receiving(OK, tls=authority.server(HOST)) as receiver,
        serving(tunnelling(receiver.port, asked)) as proxy,
        sending(
            resolve=RESOLVE, trust=authority.trust, proxy=f"http://user:p%40ss@{proxy}"
        ) as sender,
    ):
        told = [await answer(sender, f"https://{HOST}{PATH}") for _ in range(2)]
    assert [each.status for each in told] == [200, 200]
    assert [each.address for each in told] == ["127.0.0.1"] * 2
    assert [each.connect_seconds is None for each in told] == [False, True]
    assert len(asked) == 1
    assert asked[0].startswith(b"CONNECT hooks.example.com:443 HTTP/1.1\r\n")
    assert b"Basic " + base64.b64encode(b"user:p@ss") in asked[0]
    assert b"s3cret" not in asked[0]
    assert b"Proxy-Authorization" not in b"".join(receiver.requests)


async def test_an_ipv6_address_has_its_brackets_in_the_tunnel() -> None:
    asked: list[bytes] = []
    async with (
        serving(reset) as host,
        serving(tunnelling(int(host.partition(":")[2]), asked)) as proxy,
        sending(proxy=f"http://{proxy}") as sender,
    ):
        await failure(sender, f"https://[2606:4700::1111]{PATH}", "tls", "broke off the TLS")
    assert asked[0].startswith(b"CONNECT [2606:4700::1111]:443 HTTP/1.1\r\n")


async def test_what_is_not_secure_is_passed_on_whole() -> None:
    async with (
        receiving(OK) as proxy,
        sending(resolve=RESOLVE, proxy=f"http://{proxy.host}") as sender,
    ):
        await answer(sender, f"http://{HOST}{PATH}")
    assert proxy.requests[0].startswith(f"POST http://{HOST}:80{PATH} HTTP/1.1\r\n".encode())


@pytest.mark.parametrize(
    "url",
    [
        "https://inside.example/",
        "http://inside.example/",
        "https://169.254.169.254/",
        "https://[::ffff:127.0.0.1]/",
        f"https://{HOST}:22/",
        "https://localhost./",
    ],
)
async def test_a_target_that_is_refused_is_refused_before_the_proxy(url: str) -> None:
    async with (
        receiving(OK) as proxy,
        sending(allow=[], resolve=RESOLVE, proxy=f"http://{proxy.host}") as sender,
    ):
        with connections() as begun:
            await failure(sender, url, "refused_url", "")
    assert begun == []


async def test_a_proxy_that_refuses_is_told() -> None:
    async with (
        serving(answering(407)) as proxy,
        sending(resolve=RESOLVE, proxy=f"http://user:pa55@{proxy}") as sender,
    ):
        outcome = await failure(
            sender, f"https://{HOST}{PATH}", "connect", "the outbound proxy answered 407"
        )
    assert "pa55" not in repr(outcome)


async def test_a_proxy_that_is_not_there_is_told() -> None:
    async with receiving(OK) as gone:
        pass
    async with sending(resolve=RESOLVE, proxy=f"http://{gone.host}") as sender:
        await failure(
            sender, f"https://{HOST}{PATH}", "connect", "the outbound proxy does not take"
        )


async def test_proxies_of_the_environment_are_left_aside(monkeypatch: pytest.MonkeyPatch) -> None:
    async with receiving(OK) as receiver, receiving(OK) as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, f"http://{proxy.host}")
        monkeypatch.setenv("LAYERON_OUTBOUND_ALLOW", "127.0.0.1/32")
        sender = open_sender(load_settings())
        await answer(sender, f"http://{receiver.host}/")
        await sender.close()
    assert (len(receiver.requests), proxy.connections) == (1, 0)


async def test_the_settings_are_the_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LAYERON_OUTBOUND_ALLOW", raising=False)
    monkeypatch.setenv("LAYERON_OUTBOUND_PORTS", "8443")
    monkeypatch.setenv("LAYERON_OUTBOUND_HTTPS_ONLY", "true")
    sender = open_sender(load_settings())
    assert await sender.check("https://93.184.216.34:8443/") is None
    assert "LAYERON_OUTBOUND_PORTS" in str(await sender.check("https://93.184.216.34/"))
    assert "over TLS only" in str(await sender.check("http://93.184.216.34:8443/"))
    assert "loopback" in str(await sender.check("https://127.0.0.1:8443/"))
    await sender.close()


async def test_in_production_tls_is_a_must(monkeypatch: pytest.MonkeyPatch) -> None:
    production = load_settings(
        production=True, database_url="postgresql://db@/db", blobs="gs://bodies"
    )
    for settings, refused in [(production, True), (load_settings(), False)]:
        sender = open_sender(settings)
        assert bool(await sender.check("http://93.184.216.34/")) is refused
        await sender.close()
    monkeypatch.setenv("LAYERON_OUTBOUND_HTTPS_ONLY", "false")
    assert load_settings().outbound_https_only is False
