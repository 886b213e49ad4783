"""What the handshakes and acknowledgements of several providers have in common."""

import hmac
from collections.abc import Iterable, Mapping
from typing import Final

from layeron.event import Response
from layeron.payload import Json, Payload
from layeron.signing.context import VerificationContext
from layeron.signing.rule import SignatureDict

OK: Final = Response()
"""200 without a body: for providers to whom 202 is a failure."""


def echo(challenge: str) -> Response:
    """The challenge as it came, as text that no browser takes for a page."""
    headers = {"content-type": "text/plain; charset=utf-8", "x-content-type-options": "nosniff"}
    return Response(challenge, headers=headers)


def fields_of(payload: Payload) -> Mapping[str, Json]:
    """The fields of a JSON object or a form; none of anything else."""
    return payload if isinstance(payload, dict) else {}


def list_of(value: Payload) -> list[Json]:
    """The items of a JSON list; none of anything else."""
    return value if isinstance(value, list) else []


def is_one_of(text: str, values: Iterable[str]) -> bool:
    """Whether a token is one of the live values, compared in constant time."""
    found = False
    for value in values:
        found |= hmac.compare_digest(
            *(each.encode("utf-8", "surrogatepass") for each in (text, value))
        )
    return found


def _refuse(_context: VerificationContext) -> bool:
    return False


REFUSE_ALL: Final[SignatureDict] = {"verify": _refuse}
"""The rule of a webhook whose secret is still to come."""
