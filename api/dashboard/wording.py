"""Declarations in words, for people who have not read the code."""

from collections.abc import Sequence
from datetime import timedelta

from layeron.application import Declared
from layeron.declaration import InboundWebhook
from layeron.describing import HandlerDescription, describe
from layeron.durations import FOREVER
from layeron.locator import Locator
from layeron.options import Retention
from layeron.signing.rule import Signature

_ALGORITHMS = {
    "hmac-sha256": "HMAC-SHA256",
    "hmac-sha1": "HMAC-SHA1",
    "hmac-sha512": "HMAC-SHA512",
    "ed25519": "An Ed25519 signature",
    "ecdsa-p256-sha256": "An ECDSA signature (P-256, SHA-256)",
    "rsa-sha256": "An RSA signature (SHA-256)",
    "rsa-sha1": "An RSA signature (SHA-1)",
}
_UNITS = (("day", 86400), ("hour", 3600), ("minute", 60), ("second", 1))


def rule_in_words(rule: Signature) -> str:
    """How requests are signed."""
    return "; or: ".join(_rule(each) for each in (rule, *rule.also))


def _rule(rule: Signature) -> str:
    if rule.verify is not None:
        return "A function decides"
    if rule.algorithm == "none":
        return "None: unsigned requests are accepted"
    if rule.algorithm == "token":
        return f"A shared token in {_place(rule)}"
    if rule.algorithm == "basic":
        return f"User and password in {_place(rule)}"
    signed = rule.signed_payload if isinstance(rule.signed_payload, str) else "what a function says"
    written = f", written as {rule.encoding}" + (f" after {rule.prefix}" if rule.prefix else "")
    return f"{_ALGORITHMS[rule.algorithm]} of {signed}{written} in {_place(rule)}{_age(rule)}"


def _place(rule: Signature) -> str:
    if rule.header_names:
        return f"header {' or '.join(rule.header_names)}"
    if rule.query_param is not None:
        return f"query parameter {rule.query_param}"
    return (
        f"field {rule.body_field} of the body" if rule.body_field else "where a function finds it"
    )


def _age(rule: Signature) -> str:
    if not rule.timestamp_places:
        return ""
    if rule.tolerance_seconds is None:
        return "; of any age"
    return f"; signed at most {lasting(rule.tolerance_seconds)} ago"


def retry_in_words(webhook: InboundWebhook) -> str:
    """When a failed handler runs again, and what becomes of the event in the end."""
    delivery = webhook.delivery
    retry = delivery.retry
    end = "a dead letter" if delivery.dead_letter else "failed"
    limit = f"each may take {lasting(delivery.timeout_seconds)}"
    if retry.attempts == 1:
        return f"One attempt, which may take {lasting(delivery.timeout_seconds)}; then it is {end}"
    first, most = lasting(retry.initial_delay_seconds), lasting(retry.max_delay_seconds)
    grown = f"doubling to at most {most}" if retry.backoff == "exponential" else "always the same"
    return (
        f"{retry.attempts} attempts, the second after {first}, {grown}; {limit}; then it is {end}"
    )


def delays_in_words(delays: Sequence[float]) -> str:
    """When a failed delivery is tried again."""
    if not delays:
        return "One attempt"
    told = ", ".join(map(lasting, delays[:12])) + (", …" if len(delays) > len(delays[:12]) else "")
    return f"{len(delays) + 1} attempts, after {told}"


def dedupe_in_words(webhook: InboundWebhook) -> str:
    """Which events are the same, and for how long."""
    key, ttl = webhook.dedupe.key, lasting(webhook.dedupe.ttl)
    if key is None:
        return f"By the provider's event id, for {ttl}"
    return f"By {_places(key)}, for {ttl}"


def _places(key: Locator) -> str:
    return " and ".join(key.places) if key.places else "what a function finds"


def retention_in_words(
    retention: Retention, bodies: timedelta | None, records: timedelta | None
) -> str:
    """How long events are kept; *bodies* and *records* are the defaults of the service."""
    kept = _kept(retention.bodies or bodies), _kept(retention.records or records)
    return f"Bodies {kept[0]}, everything else {kept[1]}"


def _kept(duration: timedelta | None) -> str:
    return "for ever" if duration in {None, FOREVER} else f"for {lasting(duration or FOREVER)}"


def handlers_in_words(webhook: Declared) -> list[tuple[str, str]]:
    """Which type of event is handled by what."""
    return [(each.event_type, _handler(each)) for each in describe(webhook).handlers]


def _handler(handler: HandlerDescription) -> str:
    if handler.kind == "workflow":
        return f"workflow {handler.name}"
    return f"{handler.name.rpartition('<locals>.')[2]}()"


def lasting(duration: float | timedelta) -> str:
    """A duration in the largest unit that says it exactly."""
    seconds = duration.total_seconds() if isinstance(duration, timedelta) else duration
    for unit, size in _UNITS:
        count = seconds / size
        if count >= 1 and count == int(count):
            return f"{int(count)} {unit}{'s' * (count != 1)}"
    return f"{seconds:g} seconds"
