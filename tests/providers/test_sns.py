"""Amazon SNS: its own validator is the other side; certificates, topics and confirmations."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import httpx2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from layeron import ConfigurationError, webhooks
from layeron.adapters.documents import HTTPSDocuments
from layeron.errors import DocumentUnavailableError
from layeron.providers.samples.sns import CERTIFICATE
from layeron.providers.sns import signed_text
from layeron.request import Request
from layeron.signing.verdict import Verdict
from layeron.signing.verify import verify
from layeron.signing.writing import json_bytes
from layeron.testing import signed_request
from tests.support.handshakes import handshake
from tests.support.node import ask_node
from tests.support.receiving import type_and_id

TOPIC = "arn:aws:sns:eu-west-1:123456789012:orders"
WEBHOOK = webhooks.sns(path="/webhooks/sns", topics=TOPIC)
CONFIRM = f"https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn={TOPIC}"


@cache
def amazon(days: int = 30) -> tuple[str, str]:
    """A private key and a certificate for it, valid for so many days from yesterday on."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
    begins = datetime.now(UTC) - timedelta(days=1)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + timedelta(days=days))
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return private.decode(), certificate.public_bytes(Encoding.PEM).decode()


class Web:
    """What is at Amazon's addresses, and which of them were asked for."""

    def __init__(self, pages: Mapping[str, str] | None = None) -> None:
        self.asked: list[str] = []
        self._pages = {CERTIFICATE: amazon()[1]} if pages is None else pages
        self.documents = HTTPSDocuments(httpx2.MockTransport(self._answer))

    def _answer(self, request: httpx2.Request) -> httpx2.Response:
        self.asked.append(str(request.url))
        page = self._pages.get(str(request.url))
        return httpx2.Response(503) if page is None else httpx2.Response(200, text=page)


async def verdict_of(request: Request, web: Web | None = None) -> Verdict:
    documents = (web or Web()).documents
    return await verify(WEBHOOK.signature, request, [], now=datetime.now(UTC), documents=documents)


def message(**fields: Any) -> dict[str, Any]:
    request = signed_request(WEBHOOK, event_type="order.paid", secrets=amazon()[0])
    return {**json.loads(request.body), **fields}


def by_amazon(*, now: datetime | None = None, **fields: Any) -> Request:
    return signed_request(WEBHOOK, message(**fields), secrets=amazon()[0], now=now)


def altered(request: Request, **fields: Any) -> Request:
    return replace(request, body=json_bytes({**json.loads(request.body), **fields}))


VARIANTS: dict[str, dict[str, Any]] = {
    "notification": {},
    "with a subject": {"Subject": "Größe"},
    "version 1": {"SignatureVersion": "1"},
    "text": {"Message": "one\nMessageId\ntwo"},
    "subscription": {"Type": "SubscriptionConfirmation", "SubscribeURL": CONFIRM, "Token": "2336"},
}


@pytest.mark.parametrize("fields", VARIANTS.values(), ids=VARIANTS)
async def test_what_we_sign_is_accepted_by_amazons_validator_and_by_us(
    fields: dict[str, Any],
) -> None:
    request = by_amazon(**fields)
    assert (await verdict_of(request)).status == "verified"
    certificate = amazon()[1]
    changed = altered(request, Message="another")
    cases = [
        {"certificate": certificate, "payload": each.body.decode()} for each in (request, changed)
    ]
    assert ask_node("sns.mjs", cases) == [True, False]
    assert not (await verdict_of(changed)).accepted


def test_the_signed_text_is_that_of_amazons_documentation() -> None:
    # "Verifying the signatures of Amazon SNS messages", with a subject and without one.
    said = {
        "Type": "Notification", "MessageId": "4d4dc071", "TopicArn": TOPIC, "Message": "Test",
        "Timestamp": "2019-01-31T04:37:04.321Z",
    }  # fmt: skip
    start = b"Message\nTest\nMessageId\n4d4dc071\n"
    end = f"Timestamp\n2019-01-31T04:37:04.321Z\nTopicArn\n{TOPIC}\nType\nNotification\n".encode()
    assert signed_text(said) == start + end
    assert signed_text({**said, "Subject": "Hi"}) == start + b"Subject\nHi\n" + end
    ended = {**said, "Type": "UnsubscribeConfirmation", "SubscribeURL": "u", "Token": "t"}
    assert b"\nSubscribeURL\nu\nTimestamp\n" in signed_text(ended)
    assert b"\nToken\nt\nTopicArn\n" in signed_text(ended)


@pytest.mark.parametrize(
    "fields",
    [
        {"MessageId": "another"},
        {"TopicArn": f"{TOPIC}-other"},
        pytest.param({"Timestamp": datetime.now(UTC).isoformat()}, id="another time"),
        {"Subject": "added"},
        {"Type": "SubscriptionConfirmation"},
        {"SignatureVersion": "1"},
        {"SignatureVersion": "3"},
        {"SignatureVersion": 2},
        {"Signature": ""},
        {"Signature": "AAAA"},
        {"Signature": None},
        {"Timestamp": None},
        {"SigningCertURL": None},
    ],
    ids=str,
)
async def test_a_message_that_was_changed_is_refused(fields: dict[str, Any]) -> None:
    assert not (await verdict_of(altered(by_amazon(), **fields))).accepted


@pytest.mark.parametrize(
    "address",
    [
        "http://sns.eu-west-1.amazonaws.com/a.pem",
        "https://sns.eu-west-1.amazonaws.com.example.com/a.pem",
        "https://sns.eu-west-1.amazonaws.com:8443/a.pem",
        "https://sns.eu-west-1.amazonaws.com@example.com/a.pem",
        "https://s3.eu-west-1.amazonaws.com/a.pem",
        "https://sns.s3-us-west-2.amazonaws.com/a.pem",
        "https://sns.eu-west-1.amazonaws.com/a.pem?x=1",
        "https://sns.eu-west-1.amazonaws.com/bucket/a.pem",
        "https://example.com/a.pem",
        "file:///etc/passwd.pem",
    ],
)
async def test_a_certificate_from_elsewhere_is_never_fetched(address: str) -> None:
    web = Web({address: amazon()[1]})
    request = by_amazon(SigningCertURL=address)
    assert not (await verdict_of(request, web)).accepted
    assert web.asked == []


async def test_a_topic_of_somebody_else_is_refused_before_anything_is_fetched() -> None:
    web = Web()
    request = by_amazon(TopicArn="arn:aws:sns:eu-west-1:999999999999:orders")
    assert not (await verdict_of(request, web)).accepted
    assert web.asked == []


async def test_the_certificate_is_fetched_once_for_many_messages() -> None:
    web = Web()
    for _ in range(3):
        assert (await verdict_of(by_amazon(), web)).accepted
    assert web.asked == [CERTIFICATE]


async def test_while_the_certificate_cannot_be_had_the_sender_shall_try_again() -> None:
    with pytest.raises(DocumentUnavailableError):
        await verdict_of(by_amazon(), Web({}))


@pytest.mark.parametrize("page", ["", "no certificate", amazon(days=30)[1][:-100], amazon(1)[1]])
async def test_what_is_no_certificate_that_is_valid_now_proves_nothing(page: str) -> None:
    assert not (await verdict_of(by_amazon(), Web({CERTIFICATE: page}))).accepted


async def test_a_message_of_yesterday_is_refused() -> None:
    old = by_amazon(now=datetime.now(UTC) - timedelta(hours=3))
    assert (await verdict_of(old)).cause == "stale_timestamp"


async def test_a_subscription_to_a_topic_of_ours_is_confirmed() -> None:
    web = Web({CERTIFICATE: amazon()[1], CONFIRM: "<ConfirmSubscriptionResponse/>"})
    request = by_amazon(**VARIANTS["subscription"])
    answer = await handshake(WEBHOOK, request, documents=web.documents)
    assert answer is not None
    assert answer.status == 200
    assert web.asked == [CERTIFICATE, CONFIRM]


async def test_a_subscription_that_amazon_did_not_sign_is_not_confirmed() -> None:
    web = Web()
    request = altered(by_amazon(), **VARIANTS["subscription"])
    assert await handshake(WEBHOOK, request, documents=web.documents) is None
    assert web.asked == [CERTIFICATE]


async def test_a_confirmation_anywhere_else_is_left_to_a_person() -> None:
    web = Web()
    fields = {**VARIANTS["subscription"], "SubscribeURL": "https://example.com/"}
    request = signed_request(WEBHOOK, message(**fields), secrets=amazon()[0])
    assert await handshake(WEBHOOK, request, documents=web.documents) is None
    assert web.asked == [CERTIFICATE]
    assert type_and_id(WEBHOOK, request)[0] == "SubscriptionConfirmation"


async def test_while_the_confirmation_cannot_be_reached_the_sender_shall_try_again() -> None:
    request = by_amazon(**VARIANTS["subscription"])
    with pytest.raises(DocumentUnavailableError):
        await handshake(WEBHOOK, request, documents=Web().documents)


@pytest.mark.parametrize(
    ("said", "event_type"),
    [
        ("Hello", "Notification"),
        ('{"type":"order.paid"}', "order.paid"),
        (
            '{"detail-type":"EC2 Instance State-change Notification"}',
            "EC2 Instance State-change Notification",
        ),
        ('{"notificationType":"Bounce"}', "Bounce"),
        ('{"eventType":"Delivery"}', "Delivery"),
        ('{"Records":[{"eventName":"ObjectCreated:Put"}]}', "ObjectCreated:Put"),
        ("[1]", "Notification"),
    ],
)
def test_the_type_is_that_of_the_message_inside(said: str, event_type: str) -> None:
    request = by_amazon(Message=said)
    assert type_and_id(WEBHOOK, request) == (event_type, json.loads(request.body)["MessageId"])


@pytest.mark.parametrize(
    "topics", ["orders", "", [], [TOPIC, "orders"], "arn:aws:sqs:eu-west-1:1:q"]
)
def test_topics_must_be_named_in_full(topics: Any) -> None:
    with pytest.raises(ConfigurationError, match="must be the ARNs of topics, such as"):
        webhooks.sns(path="/sns", topics=topics)
