"""The exact lines to type that try a webhook, with names of secrets and never a value."""

import json
import shlex
from collections.abc import Mapping

from layeron.application import Backend, Declared
from layeron.declaration import InboundWebhook
from layeron.outbound.declaration import OutboundWebhook
from layeron.signing.rule import Signature
from layeron.signing.template import PRESETS

_HASHES = {"hmac-sha256": "sha256", "hmac-sha1": "sha1", "hmac-sha512": "sha512"}
_WRITTEN = {"hex": "-r | cut -d' ' -f1", "base64": "-binary | openssl base64 -A"}
_PAYLOAD = {"hello": "world"}
_LOCAL = "http://127.0.0.1:8000"


def first_event(app: Backend) -> str | None:
    """Makes a first event; None where nothing that receives is declared."""
    return trigger_line(app.webhooks[0]) if app.webhooks else None


def trigger_line(webhook: InboundWebhook) -> str:
    """Sends a correctly signed example."""
    return f"layeron trigger {_full_name(webhook)} {_handled_type(webhook) or ''}".rstrip()


def signed_curl(webhook: InboundWebhook, base: str) -> str | None:
    """The same with openssl and curl; None for rules that a shell cannot follow in a few lines.

    Args:
        webhook: who receives it.
        base: where the service is reached, without a path.
    """
    rule, place = webhook.signature, webhook.placement
    header = _signature_header(rule)
    if header is None:
        return None
    kind = _handled_type(webhook) or "test.event"
    url = place.url or f"{base}{place.path}"
    lines = [f"BODY={_quoted({'id': 'test_1', 'type': kind})}"]
    if rule.timestamp_places:
        lines.append("NOW=$(date +%s)")
    if rule.algorithm != "token":
        lines.append(_signing(rule))
    fields = ["'content-type: application/json'", header]
    if rule.timestamp_header:
        fields.append(f'"{rule.timestamp_header}: $NOW"')
    if place.host and not place.url:
        fields.append(shlex.quote(f"host: {place.host}"))
    told = " ".join(f"-H {each}" for each in fields)
    return "\n".join([*lines, f'curl {shlex.quote(url)} {told} --data-binary "$BODY"'])


def send_lines(publisher: OutboundWebhook) -> str:
    """Sends an event to the endpoints of a publisher."""
    kind = next(iter(publisher.event_types), "test.event")
    return f"layeron send {_full_name(publisher)} {kind} {_quoted(_PAYLOAD)}"


def send_curl(publisher: OutboundWebhook, base: str) -> str:
    """The same over the API."""
    kind = next(iter(publisher.event_types), "test.event")
    body = _quoted({"type": kind, "payload": _PAYLOAD})
    path = f"/api/v1/webhooks/{publisher.namespace}/{publisher.name}/events"
    return (
        f'curl {shlex.quote(base + path)} -H "authorization: Bearer $LAYERON_API_KEY"'
        f" -H 'content-type: application/json' -d {body}"
    )


def base_url(address: str | None) -> str:
    """Where the service is reached, as far as it knows itself."""
    return (address or _LOCAL).rstrip("/")


def _full_name(webhook: Declared) -> str:
    """A webhook as the command line takes it."""
    space = webhook.namespace
    return webhook.name if space == "default" else f"{space}/{webhook.name}"


def _handled_type(webhook: InboundWebhook) -> str | None:
    """The first type that has a handler of its own."""
    exact = (each for each in webhook.handlers.patterns if not each.endswith("*"))
    return next(exact, None)


def _signing(rule: Signature) -> str:
    template = PRESETS.get(str(rule.signed_payload), str(rule.signed_payload))
    text = template.replace("{timestamp}", "$NOW").replace("{body}", "$BODY")
    (secret,) = rule.own_secrets[:1]
    return (
        f'SIGNATURE=$(printf %s "{text}" | openssl dgst -{_HASHES[rule.algorithm]}'
        f' -hmac "${_variable(secret.name)}" {_WRITTEN[rule.encoding]})'
    )


def _signature_header(rule: Signature) -> str | None:
    """The header field with the signature; None for a rule that is more than plain."""
    if rule.verify is not None or not rule.own_secrets or not rule.header_names:
        return None
    name = rule.header_names[0]
    if rule.algorithm == "token":
        return f'"{name}: {rule.prefix}${_variable(rule.own_secrets[0].name)}"'
    template = rule.template
    plain = (
        rule.algorithm in _HASHES
        and rule.encoding in _WRITTEN
        and rule.secret_encodings == ("text",)
        and template is not None
        and template.placeholders <= {"timestamp", "body"}
        and rule.timestamp_format == "unix"
        and not (rule.timestamp_query_param or rule.timestamp_body_field)
        and (not rule.extract or rule.layout)
    )
    if not plain:
        return None
    value = f"{rule.prefix}$SIGNATURE"
    if rule.timestamp_prefix is not None:
        value = f"{rule.timestamp_prefix}$NOW{rule.separator[:1]}{value}"
    if rule.layout is not None:
        value = rule.layout.format(timestamp="$NOW", signature=value)
    return f'"{name}: {value}"'


def _variable(secret: str) -> str:
    """The secret's name as a variable of the shell."""
    return "{" + secret.replace("-", "_") + "}"


def _quoted(value: Mapping[str, object]) -> str:
    """JSON as one word of the shell."""
    return shlex.quote(json.dumps(value))
