"""Why a delivery is held: its endpoint is disabled or was deleted, and what lets it go again."""

from datetime import datetime

from layeron.outbound.records import DisabledReason, EndpointState

DELETED = "held: the endpoint was deleted; a replay to another endpoint sends it there"

_WHY = {
    "gone": "after it answered 410",
    "failing": "after days in which it took nothing",
    "operator": "by an operator",
}


def held_because(state: EndpointState) -> str:
    """What the record of a delivery says that is held for a disabled endpoint."""
    why = _WHY.get(state.disabled_reason or "", "")
    return f"held: the endpoint is disabled {why}".rstrip() + "; enable it and replay the event"


def disabled_at(state: EndpointState, at: datetime) -> DisabledReason | None:
    """Why an endpoint was disabled, if the attempt that ended at this time did it."""
    by_attempt = state.disabled_reason in {"gone", "failing"} and state.disabled_at == at
    return state.disabled_reason if by_attempt else None
