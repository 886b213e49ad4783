"""Amazon SNS: https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, Unpack

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import load_pem_x509_certificate

from layeron.declaration import InboundOptions, InboundWebhook, declare_inbound
from layeron.errors import ConfigurationError
from layeron.event import Response
from layeron.locator import Locator, first_of
from layeron.options import Dedupe
from layeron.payload import Json, Payload, parse_payload
from layeron.provider import Handshake, HandshakeContext, Provider
from layeron.providers.handshakes import OK, fields_of
from layeron.providers.samples import sns as samples
from layeron.request import Request
from layeron.signing.algorithms import SCHEMES
from layeron.signing.context import VerificationContext, Verifier
from layeron.signing.encoding import CODECS
from layeron.signing.rule import Algorithm, SignatureDict
from layeron.signing.timestamp import write_timestamp
from layeron.signing.writing import json_bytes

HOSTS: Final = r"sns\.[a-z]+(-[a-z]+)+-[0-9]+\.amazonaws\.com(\.cn)?"
"""The hosts that certificates and confirmations are taken from: of regions such as ``us-east-1``.

Not of anything else there: ``sns.s3-us-west-2.amazonaws.com`` is a bucket that somebody may own.
"""

_CERTIFICATE_PATH = re.compile(r"https://[^/?#]+/[A-Za-z0-9._-]+\.pem")
_ARN = re.compile(r"arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_.-]+")
_SIGNED: Final = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
_SIGNED_IN_CONFIRMATIONS: Final = (
    "Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type",
)  # fmt: skip
_ALGORITHMS: Final[Mapping[str, Algorithm]] = {"1": "rsa-sha1", "2": "rsa-sha256"}
"""By version of the signature; the first is what a topic uses unless told otherwise."""


def signed_text(message: Mapping[str, Json]) -> bytes:
    """What Amazon signs: each field's name and value on a line of its own."""
    kind = message.get("Type")
    names = _SIGNED if kind == "Notification" else _SIGNED_IN_CONFIRMATIONS
    lines = [f"{name}\n{message[name]}\n" for name in names if message.get(name) is not None]
    return "".join(lines).encode("utf-8", "surrogatepass")


def _verifier(topics: Sequence[str]) -> Verifier:
    async def verify(context: VerificationContext) -> bool:
        match fields_of(parse_payload(context.raw_body, "")):
            case {
                "TopicArn": str(topic),
                "SigningCertURL": str(address),
                "SignatureVersion": str(version),
                "Signature": str(signature),
            } as message if topic in topics and _CERTIFICATE_PATH.fullmatch(address):
                document = await context.documents.get(address, hosts=HOSTS)
                check = SCHEMES[_ALGORITHMS[version]].checker(_public_key(document, context.now))
                return check(signed_text(message), [CODECS["base64"].decode(signature)])
            case _:
                return False

    return verify


def _public_key(document: bytes, now: datetime) -> bytes:
    """The key in a certificate; raises ValueError for one that is not valid now."""
    certificate = load_pem_x509_certificate(document)
    if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
        raise ValueError("the certificate is not valid now")
    return certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _sign(request: Request, secret: str, now: datetime) -> Request:
    """Sign as Amazon would, with a private RSA key in PEM whose certificate the tests serve."""
    message = {**fields_of(parse_payload(request.body, ""))}
    message["Timestamp"] = write_timestamp(now, "iso8601")
    algorithm = _ALGORITHMS[str(message.get("SignatureVersion"))]
    signature = SCHEMES[algorithm].sign(secret.encode(), signed_text(message))
    return replace(
        request, body=json_bytes({**message, "Signature": CODECS["base64"].encode(signature)})
    )


async def _confirmation(context: HandshakeContext) -> Response | None:
    match context.payload:
        case {"Type": "SubscriptionConfirmation", "SubscribeURL": str(address)}:
            try:
                await context.documents.get(address, hosts=HOSTS)
            except ValueError:
                return None  # an address unlike Amazon's: an event, for a person to look at
            return OK
        case _:
            return None


def _event_type(request: Request, payload: Payload) -> str | None:
    match payload:
        case {"Type": "Notification", "Message": str(text)}:
            inner = parse_payload(text.encode("utf-8", "surrogatepass"), "")
            return _TYPE_OF_MESSAGE(request, inner) or "Notification"
        case {"Type": str(kind)}:
            return kind
        case _:
            return None


# Your own, EventBridge's, SES's (both forms) and S3's.
_TYPE_OF_MESSAGE = first_of(
    "body.type", "body.detail-type", "body.eventType", "body.notificationType",
    "body.Records.0.eventName",
)  # fmt: skip

PROVIDER = Provider(
    name="sns",
    event_type=Locator(function=_event_type),
    event_id=Locator(("body.MessageId",)),
    dedupe=Dedupe(ttl=timedelta(days=1)),
    handshakes=(Handshake(_confirmation, signed=True),),
)


def sns(
    *,
    topics: str | Sequence[str],
    tolerance_seconds: float | None = 7200,
    **options: Unpack[InboundOptions],
) -> InboundWebhook:
    """Receive from Amazon SNS: https://docs.aws.amazon.com/sns/latest/dg/sns-http-https-endpoint-as-subscriber.html.

    The event type is that of the JSON in ``Message`` (``type``, EventBridge's ``detail-type``,
    ``eventType`` and ``notificationType`` of SES, ``Records[0].eventName`` of S3), else
    ``Notification``. The event id is ``MessageId``. Subscriptions to your topics are confirmed;
    their end comes as the event ``UnsubscribeConfirmation``.

    A message is signed with Amazon's certificate, fetched from ``sns.REGION.amazonaws.com`` alone;
    while that does not answer, SNS is asked to try again. Anybody can have a topic of his own, with
    the same certificate: only messages of your topics are accepted. Raw message delivery carries
    no signature and is refused. SNS tries for an hour at most, so a repeat counts as a duplicate
    for a day.

    Args:
        topics: the ARNs of your topics; there is no secret.
        tolerance_seconds: how far the message's time may be from ours, in both directions.
        **options: see `InboundOptions`.

    Raises:
        ConfigurationError: an option is wrong; in one sentence that names the mend.
    """
    pinned = (topics,) if isinstance(topics, str) else tuple(topics)
    if not pinned or not all(_ARN.fullmatch(each) for each in pinned):
        raise ConfigurationError(
            f"webhook {options.get('name', 'sns')!r}: option 'topics' {topics!r} must be the ARNs"
            " of topics, such as 'arn:aws:sns:eu-west-1:123456789012:orders'."
        )
    signature: SignatureDict = {
        "timestamp_body_field": "Timestamp",
        "timestamp_format": "iso8601",
        "tolerance_seconds": tolerance_seconds,
        "verify": _verifier(pinned),
        "sign": _sign,
    }
    provider = replace(PROVIDER, sample=samples.sampler(pinned[0]))
    return declare_inbound(provider, signature, options, default_name="sns")
