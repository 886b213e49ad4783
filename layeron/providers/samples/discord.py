"""Discord's interactions and events: https://docs.discord.com/developers/interactions."""

from collections.abc import Mapping

from layeron.payload import Json
from layeron.provider import Sample
from layeron.providers.samples import fresh_id, iso_now

_APPLICATION = "775799577604522054"
_USER: Json = {"id": "53908232506183680", "username": "mason", "global_name": "Mason"}


def sample(event_type: str) -> Sample:
    """An interaction of the five kinds there are, or a webhook event of any other type."""
    headers = {"content-type": "application/json", "user-agent": "Discord-Interactions/1.0"}
    if event_type not in _INTERACTIONS:
        about: Json = {"id": _snowflake(), "user": _USER}
        event: Json = {"type": event_type, "timestamp": iso_now(), "data": about}
        return Sample(
            {"version": 1, "application_id": _APPLICATION, "type": 1, "event": event}, headers
        )
    number, data = _INTERACTIONS[event_type]
    payload: Json = {
        "id": _snowflake(),
        "application_id": _APPLICATION,
        "type": number,
        "token": fresh_id(size=40),
        "version": 1,
        "guild_id": "290926798626357999",
        "channel_id": "645027906669510667",
        "member": {"user": _USER, "roles": [], "permissions": "2147483647"},
        "data": dict(data),
    }
    return Sample(payload, headers)


def _snowflake() -> str:
    return str(int(fresh_id(size=14), 16))


_COMMAND: Mapping[str, Json] = {"id": "771825006014889984", "name": "weather", "type": 1}
_INTERACTIONS: Mapping[str, tuple[int, Mapping[str, Json]]] = {
    "APPLICATION_COMMAND": (2, _COMMAND),
    "MESSAGE_COMPONENT": (3, {"custom_id": "click_one", "component_type": 2}),
    "APPLICATION_COMMAND_AUTOCOMPLETE": (4, _COMMAND),
    "MODAL_SUBMIT": (5, {"custom_id": "cool_modal", "components": []}),
}
"""By event type: Discord's number of the kind of interaction, and what it is about."""
