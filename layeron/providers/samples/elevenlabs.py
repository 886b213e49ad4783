"""ElevenLabs' events: https://elevenlabs.io/docs/agents-platform/workflows/post-call-webhooks."""

from collections.abc import Mapping

from layeron.payload import Json
from layeron.provider import Sample
from layeron.providers.samples import fresh_id, unix_now


def sample(event_type: str) -> Sample:
    """An event of any type, about a conversation with an agent."""
    now = unix_now()
    data: dict[str, Json] = {
        "agent_id": "agent_5501k2examplefmrbgg0",
        "conversation_id": fresh_id("conv_", 26),
        **_DIFFERENCES.get(event_type, {}),
    }
    payload: Json = {"type": event_type, "event_timestamp": now, "data": data}
    return Sample(payload, {"content-type": "application/json"})


_DIFFERENCES: Mapping[str, Mapping[str, Json]] = {
    "post_call_transcription": {
        "status": "done",
        "transcript": [
            {"role": "agent", "message": "Hello, how can I help?", "time_in_call_secs": 0},
            {"role": "user", "message": "Where is my parcel?", "time_in_call_secs": 3},
        ],
        "metadata": {"call_duration_secs": 22, "cost": 296},
        "analysis": {"call_successful": "success", "transcript_summary": "A question."},
    },
    "post_call_audio": {"full_audio": "SUQzBAAAAAAA"},
    "call_initiation_failure": {"failure_reason": "busy"},
}
