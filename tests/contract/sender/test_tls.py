"""TLS: the certificate must be for the host's name, and what is wrong with it is told."""

import asyncio
import socket
import ssl
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path

import pytest

from layeron.adapters.sender.resolving import Resolve
from tests.contract.sender.opening import PATH, answer, failure, names, sending
from tests.support.broken_server import reset, serving
from tests.support.certificates import Authority
from tests.support.hostile_receiver import receiving

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
HOST = "hooks.example.com"


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
def resolve() -> Resolve:
    return names({HOST: ["127.0.0.1"]})


@asynccontextmanager
async def refusing(context: ssl.SSLContext) -> AsyncGenerator[str]:
    """A server that sends its alert before it closes, which asyncio's does not."""

    def refuse() -> None:
        raw, _ = listener.accept()
        secure = context.wrap_socket(raw, server_side=True, do_handshake_on_connect=False)
        with suppress(OSError):
            secure.do_handshake()
        with socket.socket(fileno=secure.detach()) as raw:
            raw.shutdown(socket.SHUT_WR)
            while raw.recv(2**16):  # or the system would throw the alert away
                pass

    with socket.create_server(("127.0.0.1", 0)) as listener:
        refused = asyncio.create_task(asyncio.to_thread(refuse))
        yield f"127.0.0.1:{listener.getsockname()[1]}"
        await refused


async def test_the_certificate_is_that_of_the_name_though_the_address_is_connected_to(
    authority: Authority, resolve: Resolve
) -> None:
    asked: list[str | None] = []
    server = authority.server(HOST)
    server.sni_callback = lambda _socket, name, _context: asked.append(name)
    async with (
        receiving(OK, tls=server) as receiver,
        sending(resolve=resolve, trust=authority.trust) as sender,
    ):
        told = await answer(sender, f"https://{HOST}:{receiver.port}/")
    assert (told.status, told.address, asked) == (200, "127.0.0.1", [HOST])


async def test_the_certificate_of_an_address_is_for_that_address(authority: Authority) -> None:
    async with (
        receiving(OK, tls=authority.server()) as receiver,
        sending(trust=authority.trust) as sender,
    ):
        assert (await answer(sender, f"https://{receiver.host}/")).status == 200


async def test_a_certificate_for_another_name_is_told(
    authority: Authority, resolve: Resolve
) -> None:
    async with (
        receiving(OK, tls=authority.server("other.example.com")) as receiver,
        sending(resolve=resolve, trust=authority.trust) as sender,
    ):
        await failure(
            sender,
            f"https://{HOST}:{receiver.port}{PATH}",
            "tls",
            f"the certificate of {HOST} is for another name",
        )
        await failure(sender, f"https://{receiver.host}{PATH}", "tls", "is for another address")
    assert receiver.requests == []


async def test_a_certificate_that_has_expired_is_told(
    authority: Authority, resolve: Resolve
) -> None:
    old = authority.server(HOST, valid_for=timedelta(days=-1))
    async with (
        receiving(OK, tls=old) as receiver,
        sending(resolve=resolve, trust=authority.trust) as sender,
    ):
        outcome = await failure(sender, f"https://{HOST}:{receiver.port}{PATH}", "tls", "")
    assert outcome.detail == f"the certificate of {HOST} has expired"
    assert outcome.address == "127.0.0.1"


async def test_a_certificate_that_is_not_valid_yet_is_told(
    authority: Authority, resolve: Resolve
) -> None:
    early = authority.server(HOST, valid_for=timedelta(days=20))
    async with (
        receiving(OK, tls=early) as receiver,
        sending(resolve=resolve, trust=authority.trust) as sender,
    ):
        await failure(sender, f"https://{HOST}:{receiver.port}{PATH}", "tls", "is not valid yet")


async def test_a_self_signed_certificate_is_told(authority: Authority, resolve: Resolve) -> None:
    async with (
        receiving(OK, tls=authority.server(HOST, self_signed=True)) as receiver,
        sending(resolve=resolve, trust=authority.trust) as sender,
    ):
        await failure(sender, f"https://{HOST}:{receiver.port}{PATH}", "tls", "is self-signed")


async def test_an_authority_that_nobody_knows_is_told(
    authority: Authority, resolve: Resolve
) -> None:
    async with (
        receiving(OK, tls=authority.server(HOST)) as receiver,
        sending(resolve=resolve) as sender,
    ):
        await failure(
            sender,
            f"https://{HOST}:{receiver.port}{PATH}",
            "tls",
            "is from an authority that nobody knows",
        )


async def test_a_port_that_does_not_speak_tls_is_told() -> None:
    async def complain(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await writer.drain()

    async with serving(complain) as host, sending() as sender:
        await failure(sender, f"https://{host}{PATH}", "tls", f"{host} does not speak TLS")


async def test_a_handshake_that_is_broken_off_is_told() -> None:
    async with serving(reset) as host, sending() as sender:
        await failure(sender, f"https://{host}{PATH}", "tls", "broke off the TLS handshake")


async def test_a_handshake_that_hangs_is_a_timeout_and_leaves_no_connection_behind() -> None:
    async def wait(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await reader.read()
        ended.set()

    ended = asyncio.Event()
    async with serving(wait) as host, sending() as sender:
        await failure(
            sender, f"https://{host}{PATH}", "timeout", "did not finish the TLS handshake", 0.4
        )
        await asyncio.wait_for(ended.wait(), 10)


async def test_a_server_that_wants_a_certificate_of_ours_is_a_failure_of_tls(
    authority: Authority,
) -> None:
    server = authority.server()
    server.verify_mode = ssl.CERT_REQUIRED
    async with refusing(server) as host, sending(trust=authority.trust) as sender:
        await failure(sender, f"https://{host}{PATH}", "tls", f"no TLS with {host}: ")


async def test_a_server_with_an_outdated_version_is_a_failure_of_tls(authority: Authority) -> None:
    trust = authority.trust
    trust.minimum_version = ssl.TLSVersion.TLSv1_3
    server = authority.server()
    server.maximum_version = ssl.TLSVersion.TLSv1_2
    async with refusing(server) as host, sending(trust=trust) as sender:
        await failure(sender, f"https://{host}{PATH}", "tls", f"no TLS with {host}: ")
