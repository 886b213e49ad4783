"""Which endpoints an event goes to."""

from collections.abc import Sequence

from layeron.errors import NotFoundError, PayloadError
from layeron.outbound.options import wants
from layeron.outbound.outgoing import OutgoingEvent
from layeron.outbound.records import EndpointRecord

_MOST = 10_000


def choose(
    candidates: Sequence[EndpointRecord], event: OutgoingEvent, webhook: str
) -> list[EndpointRecord]:
    """Those that the event names, or without names, those whose filter lets it through.

    Args:
        candidates: which it may go to, by their owners.
        event: with its type and the endpoints that it names.
        webhook: the publisher's name.

    Raises:
        NotFoundError: it names one that is none of these.
        PayloadError: they are too many.
    """
    if event.endpoints is None:
        chosen = [each for each in candidates if wants(each.event_types, event.event_type)]
    else:
        chosen = [each for each in candidates if {each.id, each.name} & set(event.endpoints)]
        known = {name for each in chosen for name in (each.id, each.name)}
        whose = f"user {event.user_id!r} or nobody owns" if event.user_id else "nobody owns"
        for name in event.endpoints:
            if name not in known:
                raise NotFoundError(
                    f"webhook {webhook!r} has no endpoint {name[:40]!r} among those that {whose}"
                )
    if len(chosen) > _MOST:
        raise PayloadError(
            f"{len(chosen)} endpoints are too many, at most {_MOST}; name them in several calls"
        )
    return chosen
