"""What goes wrong with an exchange is told apart, within one deadline."""

import asyncio
import threading

import pytest

from layeron.adapters.sender.resolving import Resolver
from tests.contract.sender.opening import BODY, PATH, failure, names, sending
from tests.support.broken_server import Connection, hang, reset, serving
from tests.support.hostile_receiver import receiving, saying

HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
DEADLINE = 0.4
TOO_SLOW = {
    "hangs": (hang, "did not answer within 0.4 s"),
    "hangs after the request": (saying(close=False), "did not answer"),
    "drips headers": (
        saying(b"HTTP/1.1 200 OK\r\n", forever=b"X-A: 1\r\n", pause=0.05),
        "did not answer",
    ),
    "drips a header": (
        saying(b"HTTP/1.1 200 OK\r\nX-", forever=b"x", pause=0.05),
        "did not answer",
    ),
    "continues for ever": (
        saying(forever=b"HTTP/1.1 100 Continue\r\n\r\n", pause=0.05),
        "did not answer",
    ),
    "hangs in its body": (saying(HEAD, close=False), "answered 200, but did not end its answer"),
    "drips its body": (saying(HEAD, forever=b"x", pause=0.05), "answered 200, but did not end"),
    "drips a body without a length": (
        saying(b"HTTP/1.1 410 Gone\r\n\r\n", forever=b"x", pause=0.05),
        "answered 410, but did not end",
    ),
}
BROKEN = {
    "closes": (saying(), "broke off the connection before it answered"),
    "resets": (reset, "broke off the connection before it answered"),
    "closes in a header": (
        saying(b"HTTP/1.1 200 OK\r\nX-"),
        "broke off the connection before it answered",
    ),
    "closes before its body": (saying(HEAD), "broke off the connection in the middle"),
    "closes in its body": (saying(HEAD, b"x" * 99), "broke off the connection in the middle"),
    "garbage": (saying(b"\x00\xff garbage\r\n\r\n"), "what is no HTTP: illegal status line"),
    "ssh": (saying(b"SSH-2.0-OpenSSH_9.9\r\n\r\n"), "what is no HTTP: illegal status line"),
    "a status that is none": (saying(b"HTTP/1.1 999999 OK\r\n\r\n"), "what is no HTTP"),
    "no colon": (saying(b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n"), "illegal header line"),
    "a zero": (saying(b"HTTP/1.1 200 OK\r\nX-A: \x00\r\n\r\n"), "what is no HTTP"),
    "less than nothing": (
        saying(b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n"),
        "what is no HTTP: bad Content-Length",
    ),
    "two lengths": (
        saying(b"HTTP/1.1 200 OK\r\nContent-Length: 1, 2\r\n\r\n"),
        "what is no HTTP: conflicting Content-Length",
    ),
    "a length of 5000 digits": (
        saying(b"HTTP/1.1 200 OK\r\nContent-Length: %b\r\n\r\n" % (b"9" * 5000)),
        "what is no HTTP",
    ),
    "a chunk that is none": (saying(CHUNKED, b"zz\r\n"), "what is no HTTP"),
    "a chunk of 5000 digits": (saying(CHUNKED, b"f" * 5000, b"\r\n"), "what is no HTTP"),
}


@pytest.mark.parametrize(("receiver", "told"), TOO_SLOW.values(), ids=TOO_SLOW)
async def test_a_receiver_that_takes_too_long_is_a_timeout(receiver: Connection, told: str) -> None:
    async with serving(receiver) as host, sending() as sender:
        outcome = await failure(sender, f"http://{host}{PATH}", "timeout", told, DEADLINE)
    assert outcome.detail.startswith(f"{host} ")
    assert outcome.address == "127.0.0.1"


async def test_a_body_that_is_not_taken_is_a_timeout() -> None:
    async def take_nothing(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        del writer
        await asyncio.sleep(60)

    async with serving(take_nothing) as host, sending() as sender:
        outcome = await sender.post(
            f"http://{host}/", headers=[], body=b"x" * 2**26, seconds=DEADLINE
        )
    assert "did not take the request within" in str(outcome)


async def test_a_name_server_that_hangs_is_a_timeout() -> None:
    async def resolve(_: str) -> list[str]:
        await asyncio.sleep(60)
        return []

    async with sending(resolve=resolve) as sender:
        await failure(
            sender, f"http://example.com{PATH}", "timeout", "was not connected within", DEADLINE
        )


@pytest.mark.parametrize(("receiver", "told"), BROKEN.values(), ids=BROKEN)
async def test_an_answer_that_is_no_http_is_a_failure_of_protocol(
    receiver: Connection, told: str
) -> None:
    async with serving(receiver) as host, sending() as sender:
        await failure(sender, f"http://{host}{PATH}", "protocol", told)


async def test_a_port_where_nobody_listens_is_a_failure_to_connect() -> None:
    async with receiving(b"") as gone:
        pass
    async with sending() as sender:
        await failure(
            sender, f"http://{gone.host}{PATH}", "connect", f"connection refused by {gone.host}"
        )


async def test_the_next_address_is_tried_where_one_does_not_take_the_connection() -> None:
    resolve = names({"hooks.example.com": ["127.0.0.2", "127.0.0.1"]})
    async with (
        receiving(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") as receiver,
        sending(allow=["127.0.0.0/8"], resolve=resolve) as sender,
    ):
        url = f"http://hooks.example.com:{receiver.port}/"
        outcome = await sender.post(url, headers=[], body=BODY, seconds=20)
    assert outcome.address == "127.0.0.1"


async def test_a_name_that_is_not_known_is_a_failure_of_dns() -> None:
    async with sending() as sender:
        outcome = await failure(
            sender, f"https://nowhere.example{PATH}", "dns", "there is no host nowhere.example"
        )
    assert outcome.address is None


async def test_a_name_without_an_address_is_a_failure_of_dns() -> None:
    async with sending(resolve=names({"empty.example": []})) as sender:
        await failure(sender, f"https://empty.example{PATH}", "dns", "has no address")


async def test_the_system_is_asked_for_names() -> None:
    assert set(await Resolver()("localhost")) <= {"127.0.0.1", "::1"}
    async with sending(resolve=Resolver()) as sender:
        await failure(sender, f"https://nowhere.invalid{PATH}", "dns", "nowhere.invalid")


async def test_a_domain_whose_name_servers_hang_holds_up_no_other() -> None:
    go_on = threading.Event()

    def look_up(host: str) -> list[str]:
        if "slow" in host:
            go_on.wait(30)
        return ["127.0.0.1"]

    resolver = Resolver(look_up)
    slow = ["slow.example", "slow.co.uk", "a.slow.io", "b.slow.io"]
    asked = [*slow, *(f"n{number}.{each}" for each in slow for number in range(100))]
    waiting = [asyncio.create_task(resolver(each)) for each in asked]
    try:
        await asyncio.sleep(0)
        for quick in ("quick.example", "shop.co.uk", "www.shop.co.uk"):
            assert await asyncio.wait_for(resolver(quick), 10) == ["127.0.0.1"]
        assert not any(each.done() for each in waiting)
        waiting.pop().cancel()
        go_on.set()
        assert await asyncio.gather(*waiting) == [["127.0.0.1"]] * len(waiting)
    finally:
        go_on.set()
        resolver.close()


async def test_a_resolver_that_is_closed_leaves_no_thread_behind() -> None:
    go_on = threading.Event()

    def look_up(_: str) -> list[str]:
        go_on.wait(30)
        return []

    resolver = Resolver(look_up)
    async with sending(resolve=resolver, resolver=resolver) as sender:
        checking = [
            asyncio.create_task(sender.check(f"https://{number}.example.com/"))
            for number in range(20)
        ]
        await asyncio.sleep(0)
        begun = [each for each in threading.enumerate() if "layeron-names" in each.name]
    go_on.set()
    assert begun
    for thread in begun:
        await asyncio.to_thread(thread.join, 10)
        assert not thread.is_alive()
    for each in checking:
        each.cancel()
    await asyncio.gather(*checking, return_exceptions=True)


async def test_a_name_is_looked_up_once_for_all_who_ask_at_the_same_time() -> None:
    resolver = Resolver()
    impatient = asyncio.create_task(resolver("localhost"))
    patient = asyncio.create_task(resolver("localhost"))
    await asyncio.sleep(0)
    impatient.cancel()
    assert await patient


async def test_a_header_that_would_smuggle_another_is_not_sent() -> None:
    async with receiving(b"HTTP/1.1 200 OK\r\n\r\n") as receiver, sending() as sender:
        for name, value in [("x-a", "1\r\nx-b: 2"), ("x-a\r\nx-b", "1"), ("x a", "1"), ("x", "\0")]:
            outcome = await sender.post(
                f"http://{receiver.host}/", headers=[(name, value)], body=BODY, seconds=20
            )
            assert "header that cannot be written" in str(outcome)
    assert receiver.requests == []


async def test_whoever_gives_up_leaves_no_connection_behind() -> None:
    ended = asyncio.Event()

    async def wait(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await reader.read()
        ended.set()

    async with serving(wait) as host, sending() as sender:
        sent = asyncio.create_task(
            sender.post(f"http://{host}/", headers=[], body=BODY, seconds=20)
        )
        await asyncio.sleep(0.1)
        sent.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sent
        await asyncio.wait_for(ended.wait(), 10)
