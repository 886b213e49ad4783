"""DocuSign Connect's events: https://developers.docusign.com/platform/webhooks/connect/."""

from datetime import UTC, datetime
from uuid import uuid4

from layeron.payload import Json
from layeron.provider import Sample


def sample(event_type: str) -> Sample:
    """An event of any type, about an envelope; *event_type* is such as ``envelope-completed``."""
    subject, _, status = event_type.rpartition("-")
    account, envelope = "a1b2c3d4-0000-4000-8000-000000000001", str(uuid4())
    now = datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    data: dict[str, Json] = {
        "accountId": account,
        "userId": "a1b2c3d4-0000-4000-8000-000000000002",
        "envelopeId": envelope,
    }
    if subject == "recipient":
        data["recipientId"] = "1"
    else:
        data["envelopeSummary"] = {
            "status": status,
            "emailSubject": "Please sign",
            "envelopeId": envelope,
            "sentDateTime": now,
        }
    payload: Json = {
        "event": event_type,
        "apiVersion": "v2.1",
        "uri": f"/restapi/v2.1/accounts/{account}/envelopes/{envelope}",
        "retryCount": 0,
        "configurationId": 10000001,
        "generatedDateTime": now,
        "data": data,
    }
    return Sample(payload, {"content-type": "application/json; charset=utf-8"})
