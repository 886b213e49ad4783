"""OpenAI's events: https://platform.openai.com/docs/api-reference/webhook-events."""

from collections.abc import Mapping

from layeron.payload import Json
from layeron.provider import Sample
from layeron.providers.samples import fresh_id, unix_now


def sample(event_type: str) -> Sample:
    """An event of any type: it names what it is about, and no more."""
    kind = event_type.rpartition(".")[0]
    payload: Json = {
        "id": fresh_id("evt_", 32),
        "object": "event",
        "created_at": unix_now(),
        "type": event_type,
        "data": {"id": fresh_id(f"{_PREFIXES.get(kind, 'obj')}_", 32)},
    }
    headers = {
        "content-type": "application/json",
        "user-agent": "OpenAI/1.0 (+https://platform.openai.com/docs/webhooks)",
        "webhook-id": fresh_id("wh_", 32),
    }
    return Sample(payload, headers)


_PREFIXES: Mapping[str, str] = {
    "batch": "batch",
    "eval.run": "evalrun",
    "fine_tuning.job": "ftjob",
    "realtime.call": "rtc",
    "response": "resp",
    "video": "video",
}
