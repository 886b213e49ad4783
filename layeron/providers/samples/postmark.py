"""Postmark's events: https://postmarkapp.com/developer/webhooks/webhooks-overview."""

from collections.abc import Mapping
from uuid import uuid4

from layeron.payload import Json
from layeron.provider import Sample
from layeron.providers.samples import iso_now, unix_now


def sample(event_type: str) -> Sample:
    """An event of any type, or a received message (``Inbound``)."""
    headers = {"content-type": "application/json", "user-agent": "Postmark"}
    if event_type == "Inbound":
        return Sample(_inbound(), headers)
    payload: Json = {
        "RecordType": event_type,
        "MessageStream": "outbound",
        "ServerID": 23,
        "MessageID": str(uuid4()),
        "Recipient": "jo@example.com",
        "Tag": "welcome",
        "Metadata": {},
        **_details(event_type),
    }
    return Sample(payload, headers)


def _details(event_type: str) -> Mapping[str, Json]:
    if event_type == "Bounce":
        return {
            "ID": unix_now(),
            "Type": "HardBounce",
            "TypeCode": 1,
            "Description": "The server was unable to deliver your message",
            "Email": "jo@example.com",
            "BouncedAt": iso_now(),
        }
    if event_type == "Delivery":
        return {"DeliveredAt": iso_now(), "Details": "250 OK"}
    return {"ReceivedAt": iso_now()}


def _inbound() -> Json:
    return {
        "FromName": "Jo Brown",
        "From": "jo@example.com",
        "FromFull": {"Email": "jo@example.com", "Name": "Jo Brown", "MailboxHash": ""},
        "To": "tea@inbound.postmarkapp.com",
        "MessageID": str(uuid4()),
        "Subject": "More tea",
        "TextBody": "Please send more tea.",
        "HtmlBody": "",
        "Attachments": [],
    }
