"""How values travel to and from Temporal: plain JSON, and `Event` for workflows that take it."""

import base64
from dataclasses import fields, is_dataclass, replace
from datetime import datetime
from typing import Any

from temporalio.converter import (
    AdvancedJSONEncoder,
    CompositePayloadConverter,
    DataConverter,
    DefaultFailureConverterWithEncodedAttributes,
    DefaultPayloadConverter,
    JSONPlainPayloadConverter,
    JSONTypeConverter,
)

from layeron.adapters.temporal.codec import HistoryCodec
from layeron.event import Event
from layeron.request import headers_of


class _Encoder(AdvancedJSONEncoder):
    def default(self, o: Any) -> Any:
        if not isinstance(o, Event):
            if is_dataclass(o) and not isinstance(o, type):
                # As `asdict` gives it, without the deep copy that it makes on the way.
                return {each.name: getattr(o, each.name) for each in fields(o)}
            return super().default(o)
        return {
            "id": o.id,
            "webhook": o.webhook,
            "namespace": o.namespace,
            "provider": o.provider,
            "event_type": o.event_type,
            "external_event_id": o.external_event_id,
            "body_base64": None if o.body is None else base64.b64encode(o.body).decode(),
            "headers": list(o.headers.items()),
            "signature_status": o.signature_status,
            "received_at": o.received_at.isoformat(),
            "attempt": o.attempt,
            "replay_of": o.replay_of,
        }


class _EventReader(JSONTypeConverter):
    def to_typed_value(self, hint: type, value: Any) -> Any:
        if hint is not Event:
            return JSONTypeConverter.Unhandled
        known = dict(value)
        body = known.pop("body_base64")
        known["body"] = None if body is None else base64.b64decode(body)
        known["headers"] = headers_of((name, text) for name, text in known["headers"])
        known["received_at"] = datetime.fromisoformat(known["received_at"])
        return Event(**known)


class LayeronPayloadConverter(CompositePayloadConverter):
    """Temporal's own converters; only JSON knows one type more."""

    def __init__(self) -> None:
        json_converter = JSONPlainPayloadConverter(
            encoder=_Encoder, custom_type_converters=[_EventReader()]
        )
        super().__init__(
            *(
                json_converter if isinstance(each, JSONPlainPayloadConverter) else each
                for each in DefaultPayloadConverter.default_encoding_payload_converters
            )
        )


DATA_CONVERTER = DataConverter(payload_converter_class=LayeronPayloadConverter)


def converter_with(codec: HistoryCodec) -> DataConverter:
    """The same behind a codec; where it encrypts, messages and stacks of failures are, too."""
    converter = replace(DATA_CONVERTER, payload_codec=codec)
    if not codec.encrypts:
        return converter
    return replace(converter, failure_converter_class=DefaultFailureConverterWithEncodedAttributes)
