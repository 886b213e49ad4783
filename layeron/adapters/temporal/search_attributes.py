"""What operators filter by in the Temporal UI, set when a workflow starts."""

import logging

from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import (
    AddSearchAttributesRequest,
    ListSearchAttributesRequest,
)
from temporalio.client import Client
from temporalio.common import SearchAttributeKey, SearchAttributePair, TypedSearchAttributes
from temporalio.service import RPCError, RPCStatusCode

from layeron import names
from layeron.outbound.records import OutboundEvent
from layeron.records import InboundEvent
from layeron.text import label

logger = logging.getLogger("layeron.engine")

_REFUSALS = {
    RPCStatusCode.PERMISSION_DENIED,
    RPCStatusCode.UNIMPLEMENTED,
    RPCStatusCode.INVALID_ARGUMENT,
    RPCStatusCode.FAILED_PRECONDITION,
    RPCStatusCode.RESOURCE_EXHAUSTED,
}


async def register_attributes(client: Client) -> frozenset[str]:
    """Which of our search attributes the namespace has, after trying to add those it lacks.

    A start that names an unknown one fails, so those that stay unknown are left out from then on.
    """
    operator = client.operator_service
    try:
        known = await operator.list_search_attributes(
            ListSearchAttributesRequest(namespace=client.namespace)
        )
        missing = [each for each in names.SEARCH_ATTRIBUTES if each not in known.custom_attributes]
        if missing:
            keyword = IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD
            await operator.add_search_attributes(
                AddSearchAttributesRequest(
                    namespace=client.namespace,
                    search_attributes=dict.fromkeys(missing, keyword),
                )
            )
    except RPCError as error:
        if error.status not in _REFUSALS:
            raise
        logger.warning(
            "workflows start without search attributes: Temporal answered %s; register %s as"
            " Keyword in namespace %s",
            error.status.name,
            ", ".join(names.SEARCH_ATTRIBUTES),
            client.namespace,
        )
        return frozenset()
    return frozenset(names.SEARCH_ATTRIBUTES)


def attributes_of(
    event: InboundEvent | OutboundEvent, known: frozenset[str]
) -> TypedSearchAttributes:
    """The search attributes of one event, of those that the namespace knows."""
    values = {
        names.ATTRIBUTE_EVENT_ID: event.event_id,
        names.ATTRIBUTE_WEBHOOK: f"{event.namespace}/{event.webhook}",
        names.ATTRIBUTE_EVENT_TYPE: label(event.event_type),
        names.ATTRIBUTE_EXTERNAL_ID: label(key_of(event) or ""),
    }
    return TypedSearchAttributes(
        [
            SearchAttributePair(SearchAttributeKey.for_keyword(name), value)
            for name, value in values.items()
            if name in known and value
        ]
    )


def key_of(event: InboundEvent | OutboundEvent) -> str | None:
    """What others call the event: the provider's id, or the idempotency key."""
    return event.external_event_id if isinstance(event, InboundEvent) else event.idempotency_key
