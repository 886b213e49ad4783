"""Every mistake in a declaration is refused when it is declared, in one sentence with the mend."""

from collections.abc import Callable
from typing import Any

import pytest

from layeron import ConfigurationError, backend, secret, webhooks
from tests.support.vendor import ignore

SIGNATURE = {"header": "x-signature", "secret": secret("VENDOR_SECRET")}


def custom(**options: Any) -> Any:
    known: dict[str, Any] = {"name": "vendor", "path": "/hooks", "signature": SIGNATURE, **options}
    return webhooks.custom(**known)


def no_arguments() -> None: ...


def too_many(_a: object, _b: object, _c: object) -> None: ...


class NotAWorkflow: ...


@pytest.mark.parametrize(
    ("declare", "names"),
    [
        (lambda: custom(pth="/x"), ["vendor", "'pth'", "did you mean 'path'"]),
        (lambda: custom(path=None), ["vendor", "path='/webhooks/…'"]),
        (lambda: custom(path="hooks"), ["vendor", "'path'", "begin with '/'"]),
        (lambda: custom(path="/a/../b"), ["vendor", "'path'"]),
        (lambda: custom(path="/a?b=c"), ["vendor", "'path'"]),
        (lambda: custom(path="/api/v1/events"), ["vendor", "'path'", "set 'host'"]),
        (lambda: custom(host="no host"), ["vendor", "'host'", "hooks.example.com"]),
        (lambda: custom(url="https://a.example/b"), ["vendor", "'url'", "leave out"]),
        (lambda: custom(path=None, url="ftp://a/b"), ["vendor", "'url'", "absolute address"]),
        (lambda: custom(name="Vendor"), ["Vendor", "'name'", "lower-case"]),
        (lambda: custom(name="v" * 41), ["'name'", "at most 40"]),
        (lambda: custom(namespace="a b"), ["vendor", "'namespace'"]),
        (lambda: custom(dedupe={"ttl": "7 days"}), ["vendor", "'dedupe.ttl'", "'7d'"]),
        (lambda: custom(dedupe={"ttl": "0s"}), ["vendor", "'dedupe.ttl'", "positive"]),
        (lambda: custom(dedupe={"key": "event_id"}), ["vendor", "'dedupe.key'", "'body.FIELD'"]),
        (lambda: custom(dedupe={"tll": "7d"}), ["vendor", "'dedupe.tll'", "did you mean 'ttl'"]),
        (lambda: custom(dedupe="7d"), ["vendor", "'dedupe'", "a dict with its keys"]),
        (lambda: custom(delivery={"retry": {"attempts": 0}}), ["'delivery.retry.attempts'"]),
        (
            lambda: custom(delivery={"retry": {"atempts": 3}}),
            ["'delivery.retry.atempts'", "did you mean 'attempts'"],
        ),
        (
            lambda: custom(delivery={"retry": {"initial_delay_seconds": 400}}),
            ["'delivery.retry'", "max_delay_seconds", "raise the first or lower the second"],
        ),
        (lambda: custom(delivery={"timeout_seconds": -1}), ["'delivery.timeout_seconds'"]),
        (lambda: custom(observability={"log": True}), ["did you mean 'logs'"]),
        (lambda: custom(handler=no_arguments), ["vendor", "(event) or (event, ctx)"]),
        (lambda: custom(handler=too_many), ["vendor", "(event) or (event, ctx)"]),
        (lambda: custom(handler=NotAWorkflow), ["vendor", "@workflow.defn"]),
        (lambda: custom(handler="handle"), ["vendor", "is a str"]),
        (lambda: custom(on={"invoice.*.paid": ignore}), ["vendor", "'invoice.*.paid'"]),
        (lambda: custom(handler=ignore, on={"*": ignore}), ["vendor", "two handlers"]),
        (lambda: custom(signature={"heder": "x"}), ["vendor", "did you mean 'header'"]),
        (lambda: secret("1st"), ["'1st'", "start with a letter"]),
        (lambda: backend().use(no_arguments), ["use()", "a webhook"]),
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


def test_two_webhooks_of_one_name_are_refused() -> None:
    app = backend()
    app.use(custom())
    with pytest.raises(ConfigurationError, match=r"webhook 'vendor': namespace 'default' has one"):
        app.use(custom(path="/elsewhere"))
    app.use(custom(path="/elsewhere", namespace="billing"))


def test_two_webhooks_at_one_place_are_refused() -> None:
    app = backend()
    app.use(custom())
    with pytest.raises(ConfigurationError, match=r"/hooks is taken by webhook 'vendor'"):
        app.use(custom(name="other"))
    app.use(custom(name="other", host="hooks.example.com"))


def test_a_missing_name_is_asked_for() -> None:
    with pytest.raises(ConfigurationError, match=r"webhook at '/hooks': give it a name"):
        custom(name=None)
