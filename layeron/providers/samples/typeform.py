"""Typeform's responses: https://www.typeform.com/developers/webhooks/example-payload/."""

from layeron.payload import Json
from layeron.provider import Sample
from layeron.providers.samples import fresh_id, iso_now

_FIELD: Json = {"id": "DlXFaesGBpoF", "title": "How are you?", "type": "short_text", "ref": "mood"}


def sample(event_type: str) -> Sample:
    """An answer to a form of one question."""
    now, token = iso_now(), fresh_id(size=32)
    response: dict[str, Json] = {
        "form_id": "lT4Z3j",
        "token": token,
        "landed_at": now,
        "hidden": {},
        "definition": {"id": "lT4Z3j", "title": "A short survey", "fields": [_FIELD]},
        "answers": [{"type": "text", "text": "Well", "field": _FIELD}],
    }
    if event_type == "form_response":
        response["submitted_at"] = now
    payload: Json = {
        "event_id": fresh_id(size=26),
        "event_type": event_type,
        "form_response": response,
    }
    return Sample(payload, {"content-type": "application/json", "user-agent": "Typeform Webhooks"})
