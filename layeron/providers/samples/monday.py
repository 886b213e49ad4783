"""monday's events: https://developer.monday.com/api-reference/reference/webhooks."""

from collections.abc import Mapping

from layeron.payload import Json
from layeron.provider import Sample
from layeron.providers.samples import fresh_id, iso_now


def sample(event_type: str) -> Sample:
    """An event of any type, about one item of a board."""
    event: dict[str, Json] = {
        "userId": 9603417,
        "boardId": 1771812698,
        "pulseId": 1772099344,
        "pulseName": "Write the release notes",
        "groupId": "topics",
        "app": "monday",
        "type": event_type,
        "triggerTime": iso_now(),
        "subscriptionId": 73759690,
        "triggerUuid": fresh_id(size=32),
        **_DETAILS.get(event_type, {}),
    }
    return Sample({"event": event}, {"content-type": "application/json"})


_DETAILS: Mapping[str, Mapping[str, Json]] = {
    "create_pulse": {"columnValues": {}},
    "update_column_value": {
        "columnId": "status",
        "columnType": "color",
        "value": {"label": {"index": 1, "text": "Done"}},
        "previousValue": None,
    },
}
