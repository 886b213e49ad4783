"""The verbs: what they declare, and how they refuse mistakes."""

from collections.abc import Callable
from typing import Any

import pytest

from layeron import ConfigurationError, InboundWebhook, secret, webhooks

VENDOR: dict[str, Any] = {"name": "vendor", "path": "/v", "signature": {"algorithm": "none"}}
PRESETS = [webhooks.stripe, webhooks.github, webhooks.standard]


@pytest.mark.parametrize("verb", PRESETS)
def test_a_preset_needs_a_secret_and_a_place_and_has_a_name(
    verb: Callable[..., InboundWebhook],
) -> None:
    webhook = verb(path="/hook", secret=secret("A_SECRET"))
    assert webhook.name == webhook.provider.name == verb.__name__
    assert webhook.secrets == (secret("A_SECRET"),)
    assert verb(path="/hook", secret=secret("A_SECRET"), name="other").name == "other"
    rotating = verb(path="/hook", secret=[secret("NEW"), secret("OLD")])
    assert rotating.secrets == (secret("NEW"), secret("OLD"))


@pytest.mark.parametrize("verb", PRESETS)
def test_a_preset_names_the_page_of_its_provider(verb: Callable[..., InboundWebhook]) -> None:
    assert "https://" in (verb.__doc__ or "")


@pytest.mark.parametrize(
    ("declare", "mend"),
    [
        (lambda: webhooks.stripe(path="/s"), "add secret=secret('NAME')"),
        (
            lambda: webhooks.stripe(path="/s", secret="whsec_hidden"),  # type: ignore[arg-type]
            "write secret('NAME') and keep the value in the secret store",
        ),
        (
            lambda: webhooks.stripe(path="/s", secret=secret("A"), tolerance_seconds=-1),
            "option 'signature.tolerance_seconds': input should be greater than 0",
        ),
        (
            lambda: webhooks.github(path="/s", secret=secret("A"), dedup={}),  # type: ignore[call-arg]
            "unknown option 'dedup'; did you mean 'dedupe'?",
        ),
        (lambda: webhooks.github(secret=secret("A")), "say where it is reached: path='/webhooks/"),
        (
            lambda: webhooks.custom(**VENDOR, event_type="kind"),
            "option 'event_type': 'kind' is not a place in a request; write 'body.FIELD'",
        ),
        (
            lambda: webhooks.custom(**VENDOR, event_id=5),  # type: ignore[arg-type]
            "option 'event_id': write a place such as 'body.type', a list of places, or a function",
        ),
    ],
    ids=["no secret", "value", "tolerance", "unknown", "no place", "no locator", "number"],
)
def test_a_mistake_is_refused_in_one_sentence_with_its_mend(
    declare: Callable[[], InboundWebhook], mend: str
) -> None:
    with pytest.raises(ConfigurationError) as refusal:
        declare()
    message = str(refusal.value)
    assert mend in message
    assert "whsec_hidden" not in message
