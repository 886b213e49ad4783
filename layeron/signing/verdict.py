"""The outcome of a verification, with the exact cause of a refusal."""

from dataclasses import dataclass
from enum import StrEnum

from layeron.event import SignatureStatus
from layeron.secrets import SecretValue


class Cause(StrEnum):
    """Why a request was refused; the closed list an operator sees. A sender never does."""

    MISSING_SIGNATURE = "missing_signature"
    MALFORMED_SIGNATURE = "malformed_signature"
    MISSING_TIMESTAMP = "missing_timestamp"
    MALFORMED_TIMESTAMP = "malformed_timestamp"
    STALE_TIMESTAMP = "stale_timestamp"
    FUTURE_TIMESTAMP = "future_timestamp"
    NO_MATCH = "no_match"
    REFUSED_BY_VERIFIER = "refused_by_verifier"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What verification found.

    Attributes:
        status: ``verified``, ``failed``, or ``skipped`` for a rule without a signature.
        cause: why it failed; None otherwise.
        detail: the cause in words for the operator, such as ``stale by 412 s``; holds no secret.
        secret: which secret's which version verified it.
    """

    status: SignatureStatus
    cause: Cause | None = None
    detail: str = ""
    secret: SecretValue | None = None

    @property
    def accepted(self) -> bool:
        """Whether the request may come in."""
        return self.status != "failed"
