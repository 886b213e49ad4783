"""Verify a request against a rule: bytes in, verdict out, the clock handed in."""

from collections.abc import Sequence
from datetime import datetime

from layeron.request import Request
from layeron.secrets import SecretValue
from layeron.signing.rule import Signature
from layeron.signing.verdict import Verdict


async def verify(
    rule: Signature, request: Request, keys: Sequence[SecretValue], *, now: datetime
) -> Verdict:
    """Decide whether *request* was signed by the holder of one of *keys*.

    Never raises on any request; a custom verifier that raises is a refusal.
    """
    raise NotImplementedError
