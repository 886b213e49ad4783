"""Which handler runs for which type of event."""

import pytest

from layeron import Context, Event, secret, webhooks
from layeron.declaration import InboundWebhook
from tests.support.vendor import ignore


def declared(*patterns: str) -> tuple[InboundWebhook, dict[object, str]]:
    webhook = webhooks.custom(
        name="vendor",
        path="/hooks",
        signature={"header": "x-signature", "secret": secret("VENDOR_SECRET")},
    )
    names: dict[object, str] = {}
    for pattern in patterns:

        def handle(event: Event) -> None: ...

        webhook.on(pattern)(handle)
        names[handle] = pattern
    return webhook, names


@pytest.mark.parametrize(
    ("event_type", "pattern"),
    [
        ("invoice.paid", "invoice.paid"),
        ("invoice.sent", "invoice.*"),
        ("invoice.line.added", "invoice.line.*"),
        ("invoice.line", "invoice.*"),
        ("invoice", "*"),
        ("invoices.paid", "*"),
        ("", "*"),
    ],
)
def test_the_most_exact_pattern_wins(event_type: str, pattern: str) -> None:
    webhook, names = declared("*", "invoice.*", "invoice.line.*", "invoice.paid")
    found = webhook.handlers.match(event_type)
    assert found is not None
    assert names[found.function] == pattern


def test_nothing_matches_where_nothing_was_declared_for_it() -> None:
    webhook, _ = declared("invoice.*")
    assert webhook.handlers.match("order.paid") is None


async def _async_both(event: Event, ctx: Context) -> None: ...


def _plain_one(event: Event) -> None: ...


def _own_default(event: Event, retries: int = 3) -> None: ...


def _any(*args: object) -> None: ...


class _Callable:
    async def __call__(self, event: Event, ctx: Context) -> None: ...


@pytest.mark.parametrize(
    ("handler", "takes_context", "is_async"),
    [
        (_async_both, True, True),
        (_plain_one, False, False),
        (_own_default, False, False),
        (_any, True, False),
        (_Callable(), True, True),
        (ignore, False, False),
        (print, True, False),
    ],
)
def test_a_handler_is_called_as_it_was_written(
    handler: object,
    takes_context: bool,  # noqa: FBT001  # an example's column
    is_async: bool,  # noqa: FBT001  # an example's column
) -> None:
    webhook, _ = declared()
    webhook.handlers.register("*", handler)  # type: ignore[arg-type]  # kinds of callables
    bound = webhook.handlers.match("any")
    assert bound is not None
    assert (bound.takes_context, bound.is_async) == (takes_context, is_async)
