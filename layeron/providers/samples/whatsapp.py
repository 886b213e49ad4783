"""WhatsApp's notifications.

https://developers.facebook.com/docs/whatsapp/cloud-api/webhooks/payload-examples
"""

from layeron.payload import Json
from layeron.provider import Sample
from layeron.providers.samples import fresh_id, unix_now

_CUSTOMER = "16315551234"


def sample(event_type: str) -> Sample:
    """A message, a status of a message, or a change of any other field."""
    value: dict[str, Json] = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "15550001111", "phone_number_id": "123456123"},
    }
    about = fresh_id("wamid.", 40)
    now = str(unix_now())
    if event_type == "messages":
        value["contacts"] = [{"profile": {"name": "Octavia"}, "wa_id": _CUSTOMER}]
        value["messages"] = [
            {
                "from": _CUSTOMER,
                "id": about,
                "timestamp": now,
                "type": "text",
                "text": {"body": "Is my order on its way? 🚚"},
            }
        ]
    elif event_type == "statuses":
        value["statuses"] = [
            {"id": about, "status": "delivered", "timestamp": now, "recipient_id": _CUSTOMER}
        ]
    else:
        value = {"event": "APPROVED", "request_id": about}
    field = "messages" if event_type == "statuses" else event_type
    change: Json = {"field": field, "value": value}
    payload: Json = {
        "object": "whatsapp_business_account",
        "entry": [{"id": "102290129340398", "changes": [change]}],
    }
    return Sample(payload, {"content-type": "application/json", "user-agent": "facebookexternalua"})
