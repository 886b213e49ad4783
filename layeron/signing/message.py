"""The bytes that a signature covers."""

from layeron.request import Request
from layeron.signing.context import VerificationContext
from layeron.signing.functions import signed_bytes
from layeron.signing.rule import Signature
from layeron.signing.template import parse_template


def message_of(rule: Signature, request: Request, timestamp: str | None, secret: str) -> bytes:
    """What the holder of *secret* signs of this request, by the rule's template or function.

    Raises:
        RefusalError: the request lacks a field that is signed, or the rule's function refuses.
    """
    payload = rule.signed_payload
    if callable(payload):
        return signed_bytes(payload, VerificationContext(request, timestamp, None, secret))
    return parse_template(payload).render(request, timestamp or "")
