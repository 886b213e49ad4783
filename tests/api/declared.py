"""The application that the tests of the HTTP side share: one webhook of each kind."""

import uuid
from typing import Any

from layeron import Backend, Event, PermanentError, Response, backend, secret, webhooks
from tests.support.vendor import QUICK, SECRET, SECRET_NAME, add_vendor

NAMESPACE = f"t{uuid.uuid4().hex[:12]}"
SECRETS = {
    SECRET_NAME: SECRET,
    "STRIPE_SECRET": "whsec_only_for_these_tests",
    "GITHUB_SECRET": "It's a Secret to Everybody",
    "VENDOR_TOKEN": "token-of-the-vendor",
}

handled: dict[str, list[Event]] = {}
"""What handlers were given, by event id."""


def declare() -> Backend:
    """Declare the application."""
    app = backend()

    def add(name: str, **options: Any) -> None:
        add_vendor(app, name, **{"namespace": NAMESPACE, "handler": _keep, **options})

    add("vendor")
    add("answering", handler=_answer, delivery={**QUICK, "queue": False})
    add("failing", handler=_fail)
    add("stamped", signature=_STAMPED)
    add("token", signature={"header": "x-token", "algorithm": "token", "secret": _TOKEN})
    add("keyed", dedupe={"key": _key})
    add("anywhere", path="/shared")
    add("hosted", host="one.example.com", path="/shared")
    add("at-home", host="one.example.com", path="/api/v1/events")
    add("addressed", path=None, url="https://partner.example.com/hook%20s")
    app.use(
        webhooks.stripe(
            namespace=NAMESPACE,
            path="/webhooks/stripe",
            secret=secret("STRIPE_SECRET"),
            handler=_keep,
        ),
        webhooks.github(
            namespace=NAMESPACE,
            path="/webhooks/github",
            secret=secret("GITHUB_SECRET"),
            handler=_keep,
        ),
    )
    return app


_TOKEN = secret("VENDOR_TOKEN")
_STAMPED = {
    "header": "x-signature",
    "timestamp_header": "x-timestamp",
    "signed_payload": "timestamp.raw_body",
    "secret": secret(SECRET_NAME),
}


def _keep(event: Event) -> None:
    handled.setdefault(event.id, []).append(event)


def _answer(event: Event) -> object:
    assert isinstance(event.payload, dict)
    if "response" not in event.payload:
        return event.payload["answer"]
    described: Any = event.payload["response"]
    return Response(**described)


def _fail(_: Event) -> None:
    raise PermanentError("refused for good")


def _key(_: object, payload: Any) -> Any:
    return payload["tenant"]
