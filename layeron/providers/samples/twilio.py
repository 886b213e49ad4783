"""Twilio's requests: https://www.twilio.com/docs/usage/webhooks."""

from uuid import uuid4

from layeron.payload import Json
from layeron.provider import Sample
from layeron.providers.samples import fresh_id

_ACCOUNT = "AC00000000000000000000000000000001"


def sample(event_type: str) -> Sample:
    """A request about a message or call of a status, such as ``message.delivered``."""
    kind, _, status = event_type.rpartition(".")
    headers = {
        "content-type": "application/x-www-form-urlencoded; charset=UTF-8",
        "user-agent": "TwilioProxy/1.1",
        "i-twilio-idempotency-token": str(uuid4()),
    }
    return Sample(_fields(kind, status), headers)


def _fields(kind: str, status: str) -> Json:
    fields: dict[str, Json] = {"AccountSid": _ACCOUNT, "ApiVersion": "2010-04-01"}
    if kind == "message":
        number = fresh_id("SM", 32)
        return {
            **fields,
            "MessageSid": number,
            "MessageStatus": status,
            "SmsSid": number,
            "SmsStatus": status,
            "From": "+15017122661",
            "To": "+15558675310",
        }
    if kind == "call":
        return {
            **fields,
            "CallSid": fresh_id("CA", 32),
            "CallStatus": status,
            "Direction": "inbound",
            "From": "+15017122661",
            "To": "+15558675310",
        }
    if kind == "recording":
        return {**fields, "RecordingSid": fresh_id("RE", 32), "RecordingStatus": status}
    return {**fields, "EventType": f"{kind}.{status}" if kind else status}
