"""PayPal: certificates made for the test; the message as PayPal's own (retired) SDK builds it."""

import base64
import zlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib import import_module
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key as ec_key
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import (
    AuthorityInformationAccessOID,
    ExtendedKeyUsageOID,
    NameOID,
)

from layeron import InboundWebhook, webhooks
from layeron.errors import DocumentUnavailableError
from layeron.providers.paypal import NAMES, TEST_CERTIFICATE_URL
from layeron.request import Request
from layeron.signing.verdict import Cause, Verdict
from layeron.signing.verify import verify
from layeron.testing import signed_request
from tests.support.published import Published
from tests.support.receiving import type_and_id
from tests.support.rules import with_header

WEBHOOK_ID = "8PT597110X687430LKGECATA"
NOW = datetime.now(UTC)
ISSUER_URL = "http://cacerts.digicert.com/Test.crt"
FIELDS = "paypal-transmission-id", "paypal-transmission-time", "paypal-transmission-sig"


@cache
def signing_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def authority(
    text: str, issuer: "tuple[x509.Certificate, EllipticCurvePrivateKey] | None" = None
) -> tuple[x509.Certificate, EllipticCurvePrivateKey]:
    """A certificate authority: a root, or one below *issuer*."""
    key = ec_key(SECP256R1())
    parent, parent_key = issuer or (None, key)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name(text))
        .issuer_name(parent.subject if parent else name(text))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - timedelta(days=9))
        .not_valid_after(NOW + timedelta(days=9))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(parent_key.public_key()),
            critical=False,
        )
        .sign(parent_key, SHA256())
    )
    return certificate, key


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


ROOT = authority("A root")
MIDDLE = authority("An intermediate", ROOT)
OTHER_ROOT = authority("Somebody else's root")


def pem(*certificates: x509.Certificate) -> bytes:
    return b"".join(each.public_bytes(Encoding.PEM) for each in certificates)


def leaf(
    host: str = NAMES[1],
    *,
    issuer: tuple[x509.Certificate, EllipticCurvePrivateKey] = MIDDLE,
    days: int = 1,
    points_to_issuer: bool = False,
) -> x509.Certificate:
    certificate, key = issuer
    builder = (
        x509.CertificateBuilder()
        .subject_name(name(host))
        .issuer_name(certificate.subject)
        .public_key(signing_key().public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - timedelta(days=5))
        .not_valid_after(NOW + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False
        )
    )
    if points_to_issuer:
        place = x509.AccessDescription(
            AuthorityInformationAccessOID.CA_ISSUERS, x509.UniformResourceIdentifier(ISSUER_URL)
        )
        builder = builder.add_extension(x509.AuthorityInformationAccess([place]), critical=False)
    return builder.sign(key, SHA256())


WEBHOOK = webhooks.paypal(
    url="https://h.example.com/paypal", webhook_id=WEBHOOK_ID, authorities=pem(ROOT[0])
)
CHAIN = pem(leaf(), MIDDLE[0])


def private_key() -> str:
    key = signing_key().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return key.decode()


def sent(webhook: InboundWebhook = WEBHOOK, **options: Any) -> Request:
    return signed_request(
        webhook, event_type="PAYMENT.CAPTURE.COMPLETED", secrets=private_key(), **options
    )


async def verdict_of(
    request: Request,
    served: bytes | Mapping[str, bytes] = CHAIN,
    *,
    webhook: InboundWebhook = WEBHOOK,
    now: datetime | None = None,
) -> Verdict:
    pages = served if isinstance(served, Mapping) else {TEST_CERTIFICATE_URL: served}
    return await verify(
        webhook.signature,
        request,
        [],
        now=now or datetime.now(UTC),
        documents=Published(pages).documents,
    )


@pytest.mark.parametrize(
    "event_type", ["PAYMENT.CAPTURE.COMPLETED", "BILLING.SUBSCRIPTION.CREATED", "CHECKOUT.NEW"]
)
async def test_an_example_is_accepted_and_read(event_type: str) -> None:
    request = signed_request(WEBHOOK, event_type=event_type, secrets=private_key())
    verdict = await verdict_of(request)
    assert verdict.status == "verified", verdict.detail
    found_type, found_id = type_and_id(WEBHOOK, request)
    assert found_type == event_type
    assert found_id
    assert found_id.startswith("WH-")


async def test_the_message_is_the_one_that_paypals_sdk_builds() -> None:
    sdk: Any = import_module("paypalrestsdk.notifications")
    body = '{"id":"WH-1","event_type":"A.B","note":"Zoë ♥"}'
    request = sent(payload=body)
    number, moment, _ = (request.headers[field] for field in FIELDS)
    message = sdk.WebhookEvent._get_expected_sig(number, moment, WEBHOOK_ID, body)  # noqa: SLF001  # its only way to say
    assert message == f"{number}|{moment}|{WEBHOOK_ID}|{zlib.crc32(body.encode())}"
    by_hand = _signature(message)
    assert by_hand == request.headers["paypal-transmission-sig"]
    assert (await verdict_of(request)).accepted


def _signature(message: str) -> str:
    return base64.b64encode(signing_key().sign(message.encode(), PKCS1v15(), SHA256())).decode()


async def test_a_change_of_anything_signed_is_refused() -> None:
    request = sent()
    signature = base64.b64decode(request.headers["paypal-transmission-sig"])
    flipped = base64.b64encode(bytes([signature[0] ^ 1]) + signature[1:]).decode()
    for changed in (
        replace(request, body=request.body + b" "),
        replace(request, body=b""),
        with_header(request, "paypal-transmission-id", "other"),
        with_header(request, "paypal-transmission-id"),
        with_header(
            request, "paypal-transmission-time", f"{datetime.now(UTC) - timedelta(hours=1):%FT%TZ}"
        ),
        with_header(request, "paypal-transmission-time"),
        with_header(request, "paypal-transmission-sig", flipped),
        with_header(request, "paypal-transmission-sig", "AAAA"),
        with_header(request, "paypal-transmission-sig"),
        with_header(request, "paypal-auth-algo", "SHA1withRSA"),
        with_header(request, "paypal-auth-algo"),
        with_header(request, "paypal-cert-url"),
    ):
        assert not (await verdict_of(changed)).accepted


async def test_another_webhooks_events_are_refused_and_several_ids_can_be_live() -> None:
    url = "https://h.example.com/paypal"
    other = webhooks.paypal(url=url, webhook_id="OTHER", authorities=pem(ROOT[0]))
    both = webhooks.paypal(url=url, webhook_id=["OTHER", WEBHOOK_ID], authorities=pem(ROOT[0]))
    assert not (await verdict_of(sent(), webhook=other)).accepted
    assert (await verdict_of(sent(), webhook=both)).accepted


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example.com/v1/notifications/certs/CERT-test",
        "https://api.paypal.com.evil.example.com/c",
        "https://evilpaypal.com/c",
        "https://www.paypal.com/c",
        "http://api.paypal.com/c",
        "https://api.paypal.com:444/c",
        "https://user@api.paypal.com/c",
        "https://api.paypal.com@evil.example.com/c",
        "file:///etc/passwd",
        "",
    ],
)
async def test_no_certificate_is_fetched_from_elsewhere(url: str) -> None:
    web = Published({url: CHAIN})
    request = with_header(sent(), "paypal-cert-url", url)
    verdict = await verify(
        WEBHOOK.signature, request, [], now=datetime.now(UTC), documents=web.documents
    )
    assert verdict.cause is Cause.REFUSED_BY_VERIFIER
    assert web.asked == []


@pytest.mark.parametrize(
    "served",
    [
        pem(leaf(issuer=(OTHER_ROOT[0], OTHER_ROOT[1])), OTHER_ROOT[0]),
        pem(leaf()),
        pem(leaf(days=-1), MIDDLE[0]),
        pem(leaf("messageverificationcerts.paypal.com.evil.example.com"), MIDDLE[0]),
        pem(leaf("www.example.com"), MIDDLE[0]),
        pem(ROOT[0]),
        b"",
        b"<html>",
    ],
    ids=[
        "other root",
        "no issuer",
        "expired",
        "longer name",
        "other name",
        "root",
        "empty",
        "page",
    ],
)
async def test_a_certificate_that_no_authority_vouches_for_is_refused(served: bytes) -> None:
    assert (await verdict_of(sent(), served)).cause is Cause.REFUSED_BY_VERIFIER


async def test_by_default_only_public_authorities_are_trusted() -> None:
    public = webhooks.paypal(url="https://h.example.com/p", webhook_id=WEBHOOK_ID)
    assert not (await verdict_of(sent(), webhook=public)).accepted


async def test_an_issuer_that_is_not_served_is_fetched_where_the_certificate_says() -> None:
    secure = ISSUER_URL.replace("http:", "https:")
    served = {
        TEST_CERTIFICATE_URL: pem(leaf(points_to_issuer=True)),
        secure: MIDDLE[0].public_bytes(Encoding.DER),
    }
    assert (await verdict_of(sent(), served)).accepted
    with pytest.raises(DocumentUnavailableError):
        await verdict_of(sent(), {TEST_CERTIFICATE_URL: served[TEST_CERTIFICATE_URL]})


async def test_while_the_certificate_cannot_be_had_the_sender_is_not_refused() -> None:
    with pytest.raises(DocumentUnavailableError):
        await verdict_of(sent(), {})


async def test_no_replay_outlasts_the_window_of_duplicates() -> None:
    tolerance = WEBHOOK.signature.tolerance_seconds
    assert tolerance is not None
    assert timedelta(days=3) < timedelta(seconds=tolerance) <= WEBHOOK.dedupe.ttl
    patient = {TEST_CERTIFICATE_URL: pem(leaf(days=8), MIDDLE[0])}
    verdict = await verdict_of(
        sent(), patient, now=datetime.now(UTC) + timedelta(days=4, minutes=1)
    )
    assert verdict.cause is Cause.STALE_TIMESTAMP
