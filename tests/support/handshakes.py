"""What a webhook answers to its provider's checks, without a service around it."""

from datetime import UTC, datetime
from urllib.parse import urlencode

from layeron import InboundWebhook
from layeron.answer import Answer, answer_of
from layeron.payload import parse_payload
from layeron.ports.documents import Documents, NoDocuments
from layeron.provider import HandshakeContext
from layeron.request import Request, headers_of
from layeron.secrets import SecretValue
from layeron.signing.verify import verify
from layeron.signing.writing import json_bytes

URL = "https://hooks.example.com/hook"


def asked(query: dict[str, str], headers: dict[str, str] | None = None) -> Request:
    """A GET request."""
    text = urlencode(query)
    fields = headers_of((headers or {}).items())
    return Request("GET", f"{URL}?{text}", "/hook", text, fields, b"")


def told(payload: object, **headers: str) -> Request:
    """A POST request with a JSON body."""
    fields = headers_of({"content-type": "application/json", **headers}.items())
    return Request("POST", URL, "/hook", "", fields, json_bytes(payload))


async def handshake(
    webhook: InboundWebhook,
    request: Request,
    *values: str,
    documents: Documents | None = None,
) -> Answer | None:
    """The answer to a check, or None for what is none (or is not signed as it must be).

    Args:
        webhook: who is asked.
        request: the check.
        *values: those of the webhook's secrets, in their order.
        documents: where the webhook fetches documents.
    """
    documents = documents or NoDocuments()
    keys = [
        SecretValue(each, "current", value)
        for each, value in zip(webhook.secrets, values, strict=True)
    ]
    payload = parse_payload(request.body, request.headers.get("content-type", ""))
    verdict = await verify(
        webhook.signature, request, keys, now=datetime.now(UTC), documents=documents
    )
    proved = sorted(keys, key=lambda each: each is not verdict.secret)
    context = HandshakeContext(request, payload, proved, documents)
    for each in webhook.provider.handshakes:
        if not each.signed or verdict.accepted:
            response = await each.answer(context)
            if response is not None:
                return answer_of(response)
    return None
