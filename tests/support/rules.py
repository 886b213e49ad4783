"""Signature rules of every kind, each with a key pair and a request that it accepts."""

import base64
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from layeron.request import Request, headers_of
from layeron.secrets import Secret, SecretValue
from layeron.signing.rule import Signature, SignatureDict
from layeron.signing.sign import sign

NOW = datetime(2026, 5, 4, 10, 0, tzinfo=UTC)
SECRET = Secret("VENDOR_SECRET")
KEY = "a-key-of-the-vendor"


def values(*texts: str, secret: Secret = SECRET) -> list[SecretValue]:
    """Live values of a secret, newest first."""
    return [SecretValue(secret, str(number), text) for number, text in enumerate(texts)]


def request(
    body: bytes = b'{"id":"evt_1","nested":{"time":"2026-05-04T10:00:00Z"}}',
    *,
    query: str = "",
    **headers: str,
) -> Request:
    """A request; ``x_name`` stands for the header ``x-name``."""
    fields = [(name.replace("_", "-"), text) for name, text in headers.items()]
    url = "https://hooks.example.com/vendor" + (f"?{query}" if query else "")
    return Request("POST", url, "/vendor", query, headers_of(fields), body)


UNSIGNED = request(x_id="msg_1", content_type="application/json")


@dataclass(frozen=True)
class Example:
    """A rule and its keys.

    Attributes:
        signing: what the sender holds.
        verifying: what the receiver holds: the same, or the public half.
        stranger: a key of the same kind that belongs to somebody else.
        covers_body: whether a signature by this rule depends on the body.
    """

    rule: Signature
    signing: str = KEY
    verifying: str = KEY
    stranger: str = "a-key-of-somebody-else"
    covers_body: bool = True

    @property
    def keys(self) -> list[SecretValue]:
        return values(self.verifying)

    @property
    def signed(self) -> Request:
        return sign(self.rule, UNSIGNED, [self.signing], now=NOW)


def rule(written: SignatureDict) -> Signature:
    """A rule as a user writes it, with the vendor's secret."""
    return Signature.model_validate({"secret": SECRET, **written})


def with_header(original: Request, name: str, *texts: str) -> Request:
    """The request with these values of a header in place of those it has."""
    kept = [pair for pair in original.headers.items() if pair[0].lower() != name]
    return replace(original, headers=headers_of([*kept, *((name, text) for text in texts)]))


_ED25519 = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
_P256 = ec.derive_private_key(0x1F3A77, ec.SECP256R1())
_RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _pair(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> tuple[str, str]:
    private = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return _base64(private), _base64(public)


ED25519_PRIVATE = bytes(range(32)).hex()
ED25519_PUBLIC = _ED25519.public_key().public_bytes_raw().hex()
P256_PRIVATE, P256_PUBLIC = _pair(_P256)
RSA_PRIVATE, RSA_PUBLIC = _pair(_RSA)

STRIPE_LIKE: SignatureDict = {
    "header": "x-signature",
    "separator": ",",
    "prefix": "v1=",
    "timestamp_prefix": "t=",
    "signed_payload": "timestamp.raw_body",
}
STANDARD_LIKE: SignatureDict = {
    "header": "x-signature",
    "separator": " ",
    "prefix": "v1,",
    "encoding": "base64",
    "secret_encoding": "whsec",
    "timestamp_header": "x-timestamp",
    "signed_payload": "{header.x-id}.{timestamp}.{body}",
}
WHSEC = "whsec_" + _base64(bytes(range(24)))

EXAMPLES: dict[str, Example] = {
    "hmac-sha256 hex": Example(rule({"header": "x-signature"})),
    "hmac-sha1 hex with prefix": Example(
        rule({"header": "x-signature", "algorithm": "hmac-sha1", "prefix": "sha1="})
    ),
    "hmac-sha512 base64": Example(
        rule({"header": "x-signature", "algorithm": "hmac-sha512", "encoding": "base64"})
    ),
    "hmac-sha256 base64url": Example(rule({"header": "x-signature", "encoding": "base64url"})),
    "hmac-sha256 upper-case hex": Example(rule({"header": "x-signature", "encoding": "hex-upper"})),
    "hmac with a hex key": Example(
        rule({"header": "x-signature", "secret_encoding": "hex"}),
        "00ff" * 8,
        "00FF" * 8,
        "11ff" * 8,
    ),
    "hmac with a base64 key": Example(
        rule({"header": "x-signature", "secret_encoding": "base64"}),
        _base64(b"sixteen bytes ok"),
        _base64(b"sixteen bytes ok"),
        _base64(b"sixteen others ok"),
    ),
    "time in the signature's header": Example(rule(STRIPE_LIKE)),
    "time in a header": Example(
        rule(
            {
                "header": "x-signature",
                "prefix": "v0=",
                "timestamp_header": "x-timestamp",
                "signed_payload": "v0:{timestamp}:{body}",
            }
        )
    ),
    "time in milliseconds": Example(
        rule({**STRIPE_LIKE, "timestamp_format": "unix-ms", "separator": ";,"})
    ),
    "time as ISO 8601": Example(
        rule(
            {
                "header": "x-signature",
                "encoding": "base64",
                "timestamp_header": "x-timestamp",
                "timestamp_format": "iso8601",
                "signed_payload": "{timestamp}{body}",
            }
        )
    ),
    "time in the body": Example(
        rule(
            {
                "header": "x-signature",
                "timestamp_body_field": "nested.time",
                "timestamp_format": "iso8601",
            }
        )
    ),
    "time in the query": Example(
        rule(
            {
                "header": "x-signature",
                "timestamp_query_param": "ts",
                "signed_payload": "{method}.{path}.{query}.{body}",
            }
        )
    ),
    "signature in the query": Example(
        rule(
            {
                "query_param": "signature",
                "signed_payload": "method.path.raw_body",
            }
        )
    ),
    "signature in the body": Example(
        rule(
            {
                "body_field": "signature.value",
                "timestamp_body_field": "signature.timestamp",
                "signed_payload": "{timestamp}{body.id}",
            }
        ),
        covers_body=False,
    ),
    "taken out by a pattern": Example(
        rule(
            {
                "header": "x-signature",
                "extract": r"(?:^|;)h1=([0-9a-f]+)",
                "timestamp_extract": r"(?:^|;)ts=([0-9]+)",
                "layout": "ts={timestamp};h1={signature}",
                "signed_payload": "{timestamp}:{body}",
            }
        )
    ),
    "registered URL and body hash": Example(
        rule(
            {
                "header": "x-signature",
                "signed_payload": "{method}\n{url}\n{body_sha256}\n{header.x-id}",
            }
        )
    ),
    "standard webhooks": Example(rule(STANDARD_LIKE), WHSEC, WHSEC, "whsec_" + _base64(bytes(24))),
    "ed25519": Example(
        rule(
            {
                "header": "x-signature",
                "algorithm": "ed25519",
                "secret_encoding": "hex",
                "timestamp_header": "x-timestamp",
                "signed_payload": "{timestamp}{body}",
            }
        ),
        ED25519_PRIVATE,
        ED25519_PUBLIC,
        Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key().public_bytes_raw().hex(),
    ),
    "ecdsa": Example(
        rule(
            {
                "header": "x-signature",
                "algorithm": "ecdsa-p256-sha256",
                "encoding": "base64",
                "secret_encoding": "base64",
            }
        ),
        P256_PRIVATE,
        P256_PUBLIC,
        _pair(ec.derive_private_key(0xBAD, ec.SECP256R1()))[1],
    ),
    "rsa": Example(
        rule(
            {
                "header": "x-signature",
                "algorithm": "rsa-sha256",
                "encoding": "base64",
                "secret_encoding": "base64",
            }
        ),
        RSA_PRIVATE,
        RSA_PUBLIC,
        _pair(rsa.generate_private_key(public_exponent=65537, key_size=2048))[1],
    ),
    "shared token": Example(
        rule({"header": "authorization", "algorithm": "token", "prefix": "Bearer "}),
        covers_body=False,
    ),
    "basic auth": Example(
        rule({"algorithm": "basic"}), "user:pass", "user:pass", covers_body=False
    ),
}
