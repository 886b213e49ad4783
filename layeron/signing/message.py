"""The bytes that a signature covers."""

from dataclasses import replace

from layeron.signing.context import VerificationContext
from layeron.signing.functions import signed_bytes
from layeron.signing.rule import Signature
from layeron.signing.template import parse_template


def message_of(rule: Signature, context: VerificationContext, secret: str) -> bytes:
    """What the holder of *secret* signs of this request, by the rule's template or function.

    Raises:
        RefusalError: the request lacks a field that is signed, or the rule's function refuses.
    """
    payload = rule.signed_payload
    if isinstance(payload, str):
        return parse_template(payload).render(context.request, context.timestamp or "")
    return signed_bytes(payload, replace(context, secret=secret))
