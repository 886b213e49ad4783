"""PayPal: https://developer.paypal.com/api/rest/webhooks/rest/#link-selfverificationmethod."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Unpack

import certifi
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import (
    AuthorityInformationAccess,
    Certificate,
    DNSName,
    ExtensionNotFound,
    load_der_x509_certificate,
    load_pem_x509_certificates,
)
from cryptography.x509.oid import AuthorityInformationAccessOID
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from layeron.declaration import InboundOptions, InboundWebhook, declare_inbound
from layeron.locator import Locator
from layeron.options import Dedupe
from layeron.ports.documents import Documents
from layeron.provider import Provider
from layeron.providers.samples import paypal as samples
from layeron.request import Request
from layeron.signing.algorithms import SCHEMES
from layeron.signing.context import VerificationContext
from layeron.signing.encoding import CODECS
from layeron.signing.rule import SignatureDict
from layeron.signing.timestamp import write_timestamp
from layeron.signing.wire import wire_bytes
from layeron.signing.writing import with_headers

HOSTS = r"api(-m)?(\.sandbox)?\.paypal\.com"
NAMES = ("messageverificationcerts.paypal.com", "messageverificationcerts.sandbox.paypal.com")
ISSUER_HOSTS = r"cacerts\.digicert\.com"
TEST_CERTIFICATE_URL = "https://api.sandbox.paypal.com/v1/notifications/certs/CERT-test"

_ALGORITHM = "SHA256withRSA"
_RSA = SCHEMES["rsa-sha256"]
_BASE64 = CODECS["base64"]


@dataclass(frozen=True, slots=True)
class Listener:
    """Who receives: the ids that PayPal gave its webhooks, and whose certificates it trusts."""

    webhook_ids: tuple[str, ...]
    authorities: bytes | None

    async def verify(self, context: VerificationContext) -> bool:
        """Whether PayPal signed the request, for one of these webhooks."""
        if context.headers.get("paypal-auth-algo") != _ALGORITHM or context.signature is None:
            return False
        url = context.headers.get("paypal-cert-url", "")
        served = load_pem_x509_certificates(await context.documents.get(url, hosts=HOSTS))
        leaf, others = served[0], served[1:] or await _issuers(served[0], context.documents)
        if not _is_paypals(leaf, others, _store(self.authorities), context.now):
            return False
        key = leaf.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        check, signature = _RSA.checker(key), _BASE64.decode(context.signature)
        found = [check(_message(context.request, each), [signature]) for each in self.webhook_ids]
        return any(found)

    def sign(self, request: Request, private_key: str, now: datetime) -> Request:
        """The request as PayPal would send it, by a private key of the test's own."""
        fields = {
            "paypal-auth-algo": _ALGORITHM,
            "paypal-cert-url": TEST_CERTIFICATE_URL,
            "paypal-transmission-id": request.headers.get("paypal-transmission-id", "test"),
            "paypal-transmission-time": write_timestamp(now, "iso8601"),
        }
        request = with_headers(request, fields.items())
        signature = _RSA.sign(private_key.encode(), _message(request, self.webhook_ids[0]))
        return with_headers(request, [("paypal-transmission-sig", _BASE64.encode(signature))])


def _message(request: Request, webhook_id: str) -> bytes:
    parts = (
        request.headers.get("paypal-transmission-id", ""),
        request.headers.get("paypal-transmission-time", ""),
        webhook_id,
        str(zlib.crc32(request.body)),
    )
    return wire_bytes("|".join(parts))


def _is_paypals(
    leaf: Certificate, others: Sequence[Certificate], store: Store, now: datetime
) -> bool:
    """Whether an authority vouches, at this time, that the certificate is PayPal's for signing."""
    policy = PolicyBuilder().store(store).time(now)
    for name in NAMES:
        try:
            policy.build_server_verifier(DNSName(name)).verify(leaf, list(others))
        except VerificationError:
            continue
        return True
    return False


async def _issuers(leaf: Certificate, documents: Documents) -> Sequence[Certificate]:
    """The issuer's certificate, for when PayPal serves its own alone."""
    try:
        places = leaf.extensions.get_extension_for_class(AuthorityInformationAccess).value
    except ExtensionNotFound:
        return ()
    issuer = AuthorityInformationAccessOID.CA_ISSUERS
    urls = [each.access_location.value for each in places if each.access_method == issuer]
    return [
        load_der_x509_certificate(
            await documents.get(url.replace("http:", "https:", 1), hosts=ISSUER_HOSTS)
        )
        for url in urls[:1]
    ]


@lru_cache(maxsize=8)
def _store(authorities: bytes | None) -> Store:
    pem = certifi.contents().encode() if authorities is None else authorities
    return Store(load_pem_x509_certificates(pem))


# PAYPAL-TRANSMISSION-ID: 69cd13f0-…     PAYPAL-CERT-URL: https://api.paypal.com/v1/notifications/…
# PAYPAL-TRANSMISSION-TIME: 2026-05-04T10:00:00Z            PAYPAL-AUTH-ALGO: SHA256withRSA
# PAYPAL-TRANSMISSION-SIG: lmI95Jx3…=  (over the id, the time, the webhook's id, the body's CRC-32)
SIGNATURE: SignatureDict = {
    "header": "paypal-transmission-sig",
    "timestamp_header": "paypal-transmission-time",
    "timestamp_format": "iso8601",
}

PROVIDER = Provider(
    name="paypal",
    event_type=Locator(("body.event_type",)),
    event_id=Locator(("body.id",)),
    dedupe=Dedupe(ttl=timedelta(days=4)),
    sample=samples.sample,
)


def paypal(
    *,
    webhook_id: str | Sequence[str],
    tolerance_seconds: float | None = 345_600,
    authorities: bytes | None = None,
    **options: Unpack[InboundOptions],
) -> InboundWebhook:
    """Receive from PayPal: https://developer.paypal.com/api/rest/webhooks/.

    PayPal signs with a certificate that is fetched from its own API hosts alone, and must be
    vouched for by a public authority, for PayPal's name and at this time; while it cannot be
    fetched, the sender is asked to try again. Where PayPal serves it without its issuer's, that is
    fetched from DigiCert (which of them it does is not confirmed by its own pages).

    The event type is ``event_type`` of the body (``PAYMENT.CAPTURE.COMPLETED``), the event id its
    ``id`` (``WH-…``). PayPal tries up to 25 times over three days, so a repeat counts as a
    duplicate for four. Of the body only a checksum is signed (CRC-32).

    Args:
        webhook_id: the webhook's id at PayPal, which is signed too; or several.
        tolerance_seconds: how far the time of signing may be from ours, in both directions. PayPal
            sets no limit and does not say whether a retry is signed anew; the default lets all
            retries in, and is no longer than repeats count as duplicates.
        authorities: certificates in PEM to trust instead of the public authorities'; for tests.
        **options: see `InboundOptions`.

    Raises:
        ConfigurationError: an option is wrong; in one sentence that names the mend.
    """
    several = (webhook_id,) if isinstance(webhook_id, str) else tuple(webhook_id)
    listener = Listener(several, authorities)
    signature: SignatureDict = {
        **SIGNATURE,
        "tolerance_seconds": tolerance_seconds,
        "verify": listener.verify,
        "sign": listener.sign,
    }
    return declare_inbound(PROVIDER, signature, options, default_name="paypal")
