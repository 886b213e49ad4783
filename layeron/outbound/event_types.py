"""A type of event that is sent, as it is declared."""

import json
from collections.abc import Mapping
from typing import Any, cast

from layeron.errors import ConfigurationError, PayloadError
from layeron.options import read_options
from layeron.outbound.options import EventType, EventTypeDict, check_event_type
from layeron.outbound.outgoing import encode_payload
from layeron.outbound.schemas import PayloadSchema


def read_event_type(webhook: str, name: str, said: EventType | EventTypeDict) -> EventType:
    """A type of event, with a schema that is one and an example that fits it.

    Raises:
        ConfigurationError: in one sentence that names the webhook, the type and the mend.
    """
    where = f"event_types[{name!r}]"
    given = said if isinstance(said, EventType) else cast("Mapping[str, Any]", said)
    event_type = read_options(EventType, given, webhook=webhook, option=where)
    try:
        check_event_type(name)
        _check_example(event_type)
    except (ValueError, PayloadError) as error:
        raise ConfigurationError(f"webhook {webhook!r}: option {where}: {error}.") from None
    return event_type


def _check_example(event_type: EventType) -> None:
    try:
        example = json.loads(encode_payload(event_type.example))
    except PayloadError as error:
        raise PayloadError(f"the example cannot be sent: {error}") from None
    if event_type.json_schema is None:
        return
    schema = PayloadSchema(event_type.json_schema)
    if example is not None and (mistake := schema.mistake_in(example)):
        raise PayloadError(f"the example does not fit the schema: {mistake}")
