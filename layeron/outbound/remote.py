"""`send` from outside the service: over its HTTP API."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from layeron.client import HTTPGateway, path_of
from layeron.errors import PayloadError
from layeron.outbound.outgoing import OutgoingEvent, check_outgoing
from layeron.outbound.records import SendResult
from layeron.wire import to_json


@dataclass(frozen=True, slots=True)
class SendResults:
    """What sending many events answers, in their order."""

    results: list[SendResult]


class RemotePublishing(HTTPGateway):
    """Sends through ``/api/v1``; what is wrong with an event is told before any is sent."""

    async def send(self, namespace: str, webhook: str, event: OutgoingEvent) -> SendResult:
        """See `OutboundWebhook.send`."""
        check_outgoing(event)
        return self._read(SendResult, await self._post(namespace, webhook, _fields(event)))

    async def send_many(
        self, namespace: str, webhook: str, events: Sequence[OutgoingEvent]
    ) -> list[SendResult]:
        """See `OutboundWebhook.send_many`."""
        for number, event in enumerate(events):
            try:
                check_outgoing(event)
            except PayloadError as mistake:
                raise PayloadError(f"events[{number}]: {mistake}") from None
        asked = {"events": [_fields(each) for each in events]}
        return self._read(SendResults, await self._post(namespace, webhook, asked)).results

    async def _post(self, namespace: str, webhook: str, asked: Mapping[str, object]) -> bytes:
        path = path_of("webhooks", namespace, webhook, "events")
        return await self._call("POST", path, content=to_json(asked))


def _fields(event: OutgoingEvent) -> Mapping[str, object]:
    fields: dict[str, object] = {
        "type": event.event_type,
        "idempotency_key": event.idempotency_key,
        "endpoints": event.endpoints and list(event.endpoints),
        "user_id": event.user_id,
        "headers": event.headers and dict(event.headers),
    }
    said = {name: value for name, value in fields.items() if value is not None}
    return {**said, "payload": event.payload}
