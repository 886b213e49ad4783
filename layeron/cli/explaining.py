"""Why a request does or does not verify, as lines for people."""

from collections.abc import Sequence
from datetime import datetime

from layeron.adapters.documents import HTTPSDocuments
from layeron.cli.declared import values_here
from layeron.declaration import InboundWebhook
from layeron.request import Request
from layeron.settings import Settings
from layeron.signing.explanation import explain
from layeron.text import printable

_MARKS = {True: "yes", False: "NO", None: "-"}


async def explanation_lines(
    webhook: InboundWebhook, request: Request, settings: Settings, *, now: datetime
) -> tuple[bool, Sequence[str]]:
    """Verify a request step by step with the secrets of this machine; no secret is shown.

    Returns:
        Whether it verifies, and the steps.

    Raises:
        SecretUnavailableError: none of its secrets has a value here.
    """
    values = await values_here(webhook, settings)
    documents = HTTPSDocuments()
    try:
        told = await explain(webhook.signature, request, values, now=now, documents=documents)
    finally:
        await documents.close()
    lines = [f"{_MARKS[step.good]:>3}  {step.title}: {step.detail}" for step in told.steps]
    verdict = told.verdict
    if verdict.accepted:
        by = f" by secret {verdict.secret.secret.name}" if verdict.secret else ""
        return True, [*lines, "", f"it verifies{by}"]
    cause = f"{verdict.cause} ({printable(verdict.detail, 1000)})"
    return False, [*lines, "", f"it does not verify: {cause}"]
