"""Server-side request forgery: no connection is begun to where a customer's URL must not lead."""

import pytest

from tests.contract.sender.opening import PATH, answer, failure, names, sending
from tests.support.connecting import connections
from tests.support.hostile_receiver import Receiver, receiving

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
NAMES = names(
    {
        "localhost": ["127.0.0.1", "::1"],
        "metadata.google.internal": ["169.254.169.254"],
        "loopback.example": ["127.0.0.1"],
        "mixed.example": ["93.184.216.34", "127.0.0.1"],
        "mapped.example": ["::ffff:127.0.0.1"],
        "nat64.example": ["64:ff9b::7f00:1"],
        "sixtofour.example": ["93.184.216.34", "2002:7f00:1::"],
        "scoped.example": ["fe80::1%1"],
        "public.example": ["93.184.216.34"],
        "strange.example": ["no address"],
    }
)
BY_TEXT = [
    "file:///etc/passwd",
    "gopher://{host}/_POST",
    "ftp://{host}/",
    "//{host}/",
    "http:{host}",
    "http://user@{host}/",
    "http://public.example@{host}/",
    "http://public.example:80@{host}/",
    "http://public.example\\@{host}/",
    "http://public.example#@{host}/",
    "http://{host}#fragment",
    "http://{host}\t/",
    "http://{host}/\r\nX-Smuggled: 1",
    "http://{host}/ HTTP/1.1",
    "http://%31%32%37.0.0.1:{port}/",
    "http://127.0.0.1%00.public.example:{port}/",
    "http://localhost.:{port}/",
    "http://127.0.0.1.:{port}/",
    "http://127.1:{port}/",
    "http://0x7f.1:{port}/",
    "http://0x7f000001:{port}/",
    "http://2130706433:{port}/",
    "http://017700000001:{port}/",
    "http://0177.0.0.1:{port}/",
    "http://127.0.0.1:0/",
    "http://127.0.0.1:65536/",
    "http://[fe80::1%25lo]:{port}/",
    "http://[::1]{host}/",
    "http://ⓛocalhost:{port}/",
    "http://１２７.0.0.1:{port}/",  # noqa: RUF001 - wide digits are the point
]
BY_ADDRESS = [
    "http://{host}/",
    "https://{host}/",
    "http://127.0.0.2:{port}/",
    "http://0.0.0.0:{port}/",
    "http://[::]:{port}/",
    "http://[::1]:{port}/",
    "http://[::ffff:127.0.0.1]:{port}/",
    "http://[::ffff:7f00:1]:{port}/",
    "http://[::127.0.0.1]:{port}/",
    "http://[64:ff9b::127.0.0.1]:{port}/",
    "http://[64:ff9b:1::127.0.0.1]:{port}/",
    "http://[2002:7f00:1::]:{port}/",
    "http://[2001:0:7f00:1::]:{port}/",
    "http://[fd00:ec2::254]/latest/meta-data/",
    "http://[fe80::1]/",
    "http://[ff02::1]/",
    "http://169.254.169.254/latest/meta-data/",
    "http://100.100.100.200/latest/meta-data/",
    "http://192.0.0.192/opc/v2/",
    "http://168.63.129.16/",
    "http://10.0.0.1/",
    "http://172.16.0.1/",
    "http://192.168.0.1/",
    "http://100.64.0.1/",
    "http://224.0.0.1/",
    "http://255.255.255.255/",
    "http://localhost:{port}/",
    "http://LOCALHOST:{port}/",
    "http://metadata.google.internal/computeMetadata/v1/",
    "http://loopback.example:{port}/",
    "https://loopback.example:{port}/",
    "http://mixed.example:{port}/",
    "http://mapped.example:{port}/",
    "http://nat64.example:{port}/",
    "http://sixtofour.example/",
    "http://scoped.example/",
]
BY_PORT = [f"http://public.example:{port}/" for port in (21, 22, 25, 3306, 5432, 6379, 7233, 8233)]


def at(receiver: Receiver, url: str) -> str:
    return url.replace("{host}", receiver.host).replace("{port}", str(receiver.port))


@pytest.mark.parametrize("url", BY_TEXT + BY_ADDRESS + BY_PORT)
async def test_a_hostile_url_is_refused_before_any_connection(url: str) -> None:
    async with receiving(OK) as receiver, sending(allow=[], resolve=NAMES) as sender:
        told = at(receiver, url)
        with connections() as begun:
            outcome = await failure(sender, told, "refused_url", "")
            refused = await sender.check(told)
    assert refused == outcome.detail
    assert (begun, receiver.connections) == ([], 0)


@pytest.mark.parametrize("url", BY_ADDRESS)
async def test_an_address_is_refused_on_every_port(url: str) -> None:
    async with receiving(OK) as receiver:
        ports = (80, 443, receiver.port)
        async with sending(allow=[], resolve=NAMES, ports=ports) as sender:
            with connections() as begun:
                await failure(sender, at(receiver, url), "refused_url", "leads to a")
    assert (begun, receiver.connections) == ([], 0)


async def test_what_resolvers_may_answer_besides_addresses_is_a_failure_of_dns() -> None:
    async with sending(allow=[], resolve=NAMES) as sender:
        with connections() as begun:
            await failure(sender, f"http://strange.example{PATH}", "dns", "no name that can be")
    assert begun == []


async def test_connections_that_are_begun_are_seen_by_these_tests() -> None:
    async with receiving(OK) as receiver, sending() as sender:
        with connections() as begun:
            await answer(sender, f"http://{receiver.host}/")
    assert begun == [("127.0.0.1", receiver.port)]


async def test_a_name_that_leads_elsewhere_after_it_was_checked_is_refused_at_delivery() -> None:
    answers = [["93.184.216.34"], ["127.0.0.1"]]

    async def rebind(_: str) -> list[str]:
        return answers.pop(0)

    async with receiving(OK) as receiver:
        url = f"http://rebinding.example:{receiver.port}/"
        async with sending(allow=[], resolve=rebind, ports=[receiver.port]) as sender:
            assert await sender.check(url) is None
            with connections() as begun:
                await failure(sender, url, "refused_url", "leads to a loopback address")
    assert begun == []


async def test_the_address_that_was_checked_is_the_one_that_is_connected_to() -> None:
    answers = [["127.0.0.1"], ["127.0.0.2"]]

    async def rebind(_: str) -> list[str]:
        return answers.pop(0)

    async with receiving(OK) as receiver, sending(resolve=rebind) as sender:
        with connections() as begun:
            told = await answer(sender, f"http://rebinding.example:{receiver.port}/")
    assert (begun, told.address) == ([("127.0.0.1", receiver.port)], "127.0.0.1")
    assert answers == [["127.0.0.2"]]  # one lookup serves the check and the connection
    assert f"Host: rebinding.example:{receiver.port}".encode() in receiver.requests[0]


async def test_a_refusal_does_not_tell_customers_which_address_a_name_has() -> None:
    async with sending(allow=[], resolve=names({"db.internal": ["10.1.2.3"]})) as sender:
        told = await sender.check("https://db.internal/")
    assert told == (
        "db.internal leads to a private address; only public addresses are sent to, and networks"
        " in LAYERON_OUTBOUND_ALLOW"
    )


@pytest.mark.parametrize(
    ("url", "https_only", "told"),
    [
        ("https://public.example/", True, None),
        ("http://public.example/", False, None),
        ("http://public.example/", True, "over TLS only; write https://"),
        ("https://public.example:8443/", False, "not sent to port 8443"),
        ("http://loopback.example:9000/", True, None),
        ("http://mixed.example/", True, "over TLS only"),
        ("http://mixed.example:9000/", False, "not sent to port 9000"),
        ("https://nowhere.example/", True, "there is no host nowhere.example"),
        ("https://user@public.example/", True, "holds a login"),
    ],
)
async def test_tls_and_ports_are_asked_of_public_addresses(
    url: str, *, https_only: bool, told: str | None
) -> None:
    async with sending(allow=["127.0.0.0/8"], resolve=NAMES, https_only=https_only) as sender:
        refused = await sender.check(url)
    assert (refused is None) if told is None else (refused and told in refused)


async def test_delivery_goes_by_the_same_rules() -> None:
    async with sending(allow=["127.0.0.0/8"], resolve=NAMES, https_only=True) as sender:
        with connections() as begun:
            await failure(sender, f"http://public.example{PATH}", "refused_url", "over TLS only")
            await failure(sender, f"https://mixed.example:22{PATH}", "refused_url", "to port 22")
    assert begun == []
