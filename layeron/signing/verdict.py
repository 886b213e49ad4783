"""The outcome of a verification, with the exact cause of a refusal."""

from enum import StrEnum
from typing import NamedTuple

from layeron.event import SignatureStatus
from layeron.secrets import SecretValue


class Cause(StrEnum):
    """Why a request was refused; the closed list an operator sees. A sender never does.

    In the order in which verification comes to them: a later cause means that it got further.
    """

    UNUSABLE_SECRET = "unusable_secret"  # noqa: S105  # the name of a cause
    MISSING_SIGNATURE = "missing_signature"
    MALFORMED_SIGNATURE = "malformed_signature"
    MISSING_TIMESTAMP = "missing_timestamp"
    MALFORMED_TIMESTAMP = "malformed_timestamp"
    MISSING_SIGNED_FIELD = "missing_signed_field"
    REFUSED_BY_VERIFIER = "refused_by_verifier"
    NO_MATCH = "no_match"
    BODY_ALTERED = "body_altered"
    STALE_TIMESTAMP = "stale_timestamp"
    FUTURE_TIMESTAMP = "future_timestamp"


class RefusalError(Exception):
    """Verification ends here, with a cause; never leaves the package: it becomes a `Verdict`."""

    def __init__(self, cause: Cause, detail: str) -> None:
        super().__init__(detail)
        self.cause = cause
        self.detail = detail


class Verdict(NamedTuple):
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

    @property
    def is_ours(self) -> bool:
        """Whether the trouble is our own (a secret that is no key), so the sender should retry."""
        return self.cause is Cause.UNUSABLE_SECRET
