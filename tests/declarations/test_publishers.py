"""Publishers: every mistake is refused when it is declared, in one sentence with the mend."""

from collections.abc import Callable
from typing import Any

import pytest

from layeron import ConfigurationError, EventType, OutboundRetry, backend, secret, webhooks
from layeron.identity import declared_endpoint_id

CRM: dict[str, Any] = {"name": "crm", "url": "https://crm.example.com/in"}
PAID = {"type": "object", "required": ["amount"], "properties": {"amount": {"type": "integer"}}}


def out(*endpoints: Any, **options: Any) -> Any:
    return webhooks.out("notices", endpoints=endpoints, **options)


def crm(**options: Any) -> Any:
    return out({**CRM, **options})


def typed(**options: Any) -> Any:
    return out(event_types={"invoice.paid": options})


def operated() -> Any:
    return webhooks.out("told", operational=webhooks.out("alarms"))


@pytest.mark.parametrize(
    ("declare", "names"),
    [
        (lambda: webhooks.out("Notices"), ["'Notices'", "'name'", "lower-case"]),
        (lambda: webhooks.out("n" * 41), ["at most 40"]),
        (lambda: out(namespace="a b"), ["'namespace'"]),
        (lambda: out("https://crm.example.com"), ["'endpoints[0]'", "a dict with its keys"]),
        (lambda: out({"url": CRM["url"]}), ["'endpoints[0].name'", "required"]),
        (lambda: out(CRM, CRM), ["two endpoints", "'crm'", "rename one"]),
        (lambda: crm(name="CRM"), ["'endpoints[0].name'"]),
        (lambda: crm(ulr="x"), ["'endpoints[0].ulr'", "did you mean 'url'"]),
        (lambda: crm(url="ftp://a/b"), ["'endpoints[0].url'", "https"]),
        (lambda: crm(url="https://u:p@a/b"), ["a login", "in a header"]),
        (lambda: crm(event_types=["invoice.*.x"]), ["'invoice.*.x'", "'invoice.*'"]),
        (lambda: crm(event_types="invoice.paid"), ["'endpoints[0].event_types'"]),
        (lambda: crm(headers={"Host": "a"}), ["'Host'", "leave it out"]),
        (lambda: crm(headers={"x-a": "a\r\nb: c"}), ["'x-a'", "printable ASCII"]),
        (lambda: crm(headers={"a b": "c"}), ["'a b'", "'x-tenant'"]),
        (lambda: crm(timeout_seconds=0), ["'endpoints[0].timeout_seconds'"]),
        (lambda: crm(rate_limit=0), ["'endpoints[0].rate_limit'"]),
        (lambda: crm(retry={"attemps": 3}), ["did you mean 'attempts'"]),
        (lambda: crm(retry={"attempts": 0}), ["'endpoints[0].retry.attempts'"]),
        (lambda: crm(retry={"schedule": ["5x"]}), ["'endpoints[0].retry.schedule.0'", "'30s'"]),
        (
            lambda: crm(retry={"schedule": ["5s"], "attempts": 3}),
            ["schedule says every delay", "leave out attempts"],
        ),
        (lambda: crm(retry={"jitter": 2}), ["'endpoints[0].retry.jitter'"]),
        (lambda: crm(retry={"backoff": "fixed"}), ["needs attempts"]),
        (
            lambda: crm(secret=secret("A"), signing={"header": "x-sig", "secret": secret("A")}),
            ["'crm'", "put the secret into signing"],
        ),
        (lambda: crm(signing={"heder": "x"}), ["did you mean 'header'"]),
        (lambda: out(event_types=["invoice.paid"]), ["'event_types'", "{'invoice.paid': {}}"]),
        (lambda: out(event_types={"invoice paid": {}}), ["'invoice paid'", "full stops"]),
        (lambda: out(event_types={"a" * 129: {}}), ["at most 128"]),
        (lambda: typed(shema={}), ["did you mean 'schema'"]),
        (lambda: typed(schema={"type": "objekt"}), ["no JSON Schema", '$.type: "objekt"']),
        (lambda: typed(schema={"pattern": "("}), ["no JSON Schema", "$.pattern"]),
        (lambda: typed(schema={"$ref": "#/$defs/none"}), ["'/$defs/none'", "into $defs"]),
        (lambda: typed(schema={"$ref": "https://example.com/a"}), ["leads nowhere", "$defs"]),
        (
            lambda: typed(schema={"$dynamicRef": "https://example.com/a"}),
            ["https://example.com/a", "nowhere"],
        ),
        (
            lambda: typed(schema=PAID, example={"amount": "1"}),
            ["'invoice.paid'", "example does not fit", "$.amount"],
        ),
        (lambda: typed(example={"at": object()}), ["example", "payload.at", "no object"]),
        (lambda: out(endpoints_per_user=0), ["'endpoints_per_user'", "at least 1"]),
        (lambda: out(operational="alarms"), ["'operational'", "another webhooks.out"]),
        (lambda: out(operational=operated()), ["'told'", "give one without"]),
        (lambda: backend().use(out(), out()), ["'notices'", "another name"]),
    ],
)
def test_a_mistake_is_one_sentence_that_names_thing_and_mend(
    declare: Callable[[], object], names: list[str]
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        declare()
    sentence = str(caught.value)
    assert [each for each in names if each not in sentence] == [], sentence
    assert "\n" not in sentence
    assert sentence.endswith((".", "?"))


def test_a_name_belongs_to_one_webhook_whichever_way_it_goes() -> None:
    app = backend()
    app.use(webhooks.out("vendor"))
    signature: Any = {"header": "x-signature", "secret": secret("VENDOR_SECRET")}
    with pytest.raises(ConfigurationError, match="has one of this name already"):
        app.use(webhooks.custom(name="vendor", path="/hooks", signature=signature))


def test_what_is_not_said_of_an_endpoint_is_that_of_the_standard() -> None:
    (endpoint,) = crm().records.values()
    assert endpoint.id == declared_endpoint_id("default", "notices", "crm")
    assert (endpoint.declared, endpoint.event_types, endpoint.fifo) == (True, [], False)
    assert len(endpoint.retry_delays) == 9
    assert sum(endpoint.retry_delays) >= 75 * 3600


def test_a_schedule_is_taken_as_it_is_said_and_a_backoff_is_counted_out() -> None:
    assert OutboundRetry.model_validate({"schedule": ["5s", "2h", 60]}).delays == [5, 7200, 60]
    assert OutboundRetry(schedule=()).delays == []
    doubling = OutboundRetry(attempts=5, initial_delay_seconds=10, max_delay_seconds=50)
    assert doubling.delays == [10, 20, 40, 50]
    assert OutboundRetry(attempts=3, backoff="fixed").delays == [5, 5]


def test_secrets_of_declared_endpoints_are_wanted_when_the_service_starts() -> None:
    app = backend()
    app.use(
        out(
            {**CRM, "secret": secret("CRM_SECRET")},
            {**CRM, "name": "ledger", "signing": {"header": "x-s", "secret": secret("LEDGER")}},
            {**CRM, "name": "generated"},
        )
    )
    assert {each.name for each in app.secrets} == {"CRM_SECRET", "LEDGER"}


def test_an_operational_webhook_comes_with_the_one_it_tells_of() -> None:
    app = backend()
    alarms = webhooks.out("alarms")
    app.use(out(operational=alarms))
    assert app.publisher("default", "alarms") is alarms
    assert [each.name for each in app.publishers] == ["notices", "alarms"]


def test_event_types_are_typed_or_plain() -> None:
    plain = typed(schema=PAID, description="paid", example={"amount": 1})
    known = EventType(schema=PAID, description="paid", example={"amount": 1})
    assert plain.event_types == out(event_types={"invoice.paid": known}).event_types
    schema = plain.schema_of("invoice.paid")
    assert schema.mistake_in({"amount": 2}) is None
    assert schema.mistake_in({}) == 'at $: "amount" is a required property'
    assert plain.schema_of("invoice.sent") is None


def test_a_schema_may_refer_to_its_own_parts() -> None:
    schema = {
        "$id": "https://example.com/tree",
        "$defs": {"leaf": {"$id": "leaf", "type": "integer"}},
        "properties": {"leaf": {"$ref": "leaf"}, "inner": {"$ref": "#"}},
    }
    found = typed(schema=schema).schema_of("invoice.paid")
    assert found.mistake_in({"inner": {"inner": {"leaf": 1}}}) is None
    assert "$.inner.leaf" in found.mistake_in({"inner": {"leaf": "x"}})


def test_a_schema_that_goes_in_circles_asks_for_nothing() -> None:
    found = typed(schema={"$ref": "#"}).schema_of("invoice.paid")
    assert found.mistake_in({}) is None


@pytest.mark.parametrize("pattern", ["^(a+)+$", "^(?=a)(a|aa)+$", r"^(a|a?)+\1$"])
@pytest.mark.parametrize("where", ["pattern", "patternProperties"])
def test_no_pattern_is_matched_for_ever(pattern: str, where: str) -> None:
    judged: dict[str, object] = {
        "pattern": {"pattern": pattern},
        "patternProperties": {"patternProperties": {pattern: {}}, "additionalProperties": False},
    }
    found = typed(schema=judged[where]).schema_of("invoice.paid")
    text = f"{'a' * 2_000}!"
    assert found.mistake_in(text if where == "pattern" else {text: 1}) is not None


def test_a_number_of_any_size_is_judged() -> None:
    found = typed(schema={"maximum": 5}).schema_of("invoice.paid")
    assert found.mistake_in(10**400) is not None
