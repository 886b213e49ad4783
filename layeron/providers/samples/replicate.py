"""Replicate's predictions: https://replicate.com/docs/topics/webhooks/receive-webhook."""

from collections.abc import Mapping

from layeron.payload import Json
from layeron.provider import Sample
from layeron.providers.samples import fresh_id, iso_now


def sample(event_type: str) -> Sample:
    """A prediction whose status is *event_type*."""
    prediction, now = fresh_id(size=26), iso_now()
    payload: dict[str, Json] = {
        "id": prediction,
        "model": "replicate/hello-world",
        "version": "5c7d5dc6dd8bf75c1acaa8565735e7986bc5b66206b55cca93cb72c9bf15ccaa",
        "input": {"text": "Alice"},
        "logs": "",
        "output": None,
        "error": None,
        "status": event_type,
        "created_at": now,
        "urls": {"get": f"https://api.replicate.com/v1/predictions/{prediction}"},
        **_DIFFERENCES.get(event_type, {}),
    }
    if event_type in _DIFFERENCES:
        payload |= {"started_at": now, "completed_at": now}
    headers = {"content-type": "application/json", "webhook-id": fresh_id("msg_", 27)}
    return Sample(payload, headers)


_DIFFERENCES: Mapping[str, Mapping[str, Json]] = {
    "succeeded": {"output": "hello Alice", "metrics": {"predict_time": 0.78}},
    "failed": {"error": "The input is too long"},
    "canceled": {},
}
