"""Mux's events: https://www.mux.com/docs/webhook-reference."""

from collections.abc import Mapping
from uuid import uuid4

from layeron.payload import Json
from layeron.provider import Sample
from layeron.providers.samples import fresh_id, iso_now


def sample(event_type: str) -> Sample:
    """An event of any type, about an asset or another object of Mux."""
    about, kind = fresh_id(size=44), event_type.rpartition(".")[0].rpartition(".")[2]
    payload: Json = {
        "type": event_type,
        "id": str(uuid4()),
        "created_at": iso_now(),
        "object": {"type": kind, "id": about},
        "environment": {"name": "Production", "id": "j0863n"},
        "data": {"id": about, **_OBJECTS.get(event_type, {})},
        "request_id": None,
        "accessor": None,
        "accessor_source": None,
        "attempts": [],
    }
    headers = {"content-type": "application/json", "user-agent": "Mux Webhooks 1.0"}
    return Sample(payload, headers)


_OBJECTS: Mapping[str, Mapping[str, Json]] = {
    "video.asset.ready": {
        "status": "ready",
        "duration": 23.8,
        "aspect_ratio": "16:9",
        "playback_ids": [{"policy": "public", "id": "a1B2c3D4e5F6"}],
    },
    "video.asset.errored": {
        "status": "errored",
        "errors": {"type": "invalid_input", "messages": ["The file is no video."]},
    },
    "video.live_stream.active": {"status": "active", "latency_mode": "standard"},
}
