"""Pub/Sub's push requests: https://docs.cloud.google.com/pubsub/docs/push#receive_push."""

import base64
from random import randrange

from layeron.payload import Json
from layeron.provider import Sample
from layeron.providers.samples import iso_now
from layeron.signing.writing import json_bytes

TYPE_ATTRIBUTE = "eventType"


def sample(event_type: str, attribute: str = TYPE_ATTRIBUTE) -> Sample:
    """A message whose attribute says its type; as Cloud Storage sends it, for its own types."""
    number, now = str(randrange(10**15, 10**16)), iso_now()  # noqa: S311  # an id, no secret
    about: Json = {
        "kind": "storage#object",
        "name": "greeting.txt",
        "bucket": "example",
        "size": "5",
        "timeCreated": now,
    }
    payload: Json = {
        "message": {
            "attributes": {attribute: event_type},
            "data": base64.b64encode(json_bytes(about)).decode(),
            "messageId": number,
            "message_id": number,
            "publishTime": now,
            "publish_time": now,
        },
        "subscription": "projects/example/subscriptions/push",
    }
    headers = {
        "content-type": "application/json",
        "user-agent": "CloudPubSub-Google; (+https://cloud.google.com/pubsub)",
    }
    return Sample(payload, headers)
