"""SNS's messages: https://docs.aws.amazon.com/sns/latest/dg/http-notification-json.html."""

import json
from uuid import uuid4

from layeron.payload import Json
from layeron.provider import Sample, Sampler
from layeron.providers.samples import fresh_id, iso_now

CERTIFICATE = "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem"
"""Where the certificate of an example is, as `layeron.testing` signs it."""


def sampler(topic: str) -> Sampler:
    """Makes notifications of one topic; their message is JSON with the type of event."""

    def sample(event_type: str) -> Sample:
        if event_type == "Notification":
            text = "Hello from Amazon SNS!"
        else:
            text = json.dumps({"type": event_type, "id": fresh_id("msg_")})
        message_id = str(uuid4())
        payload: Json = {
            "Type": "Notification",
            "MessageId": message_id,
            "TopicArn": topic,
            "Message": text,
            "Timestamp": iso_now(),
            "SignatureVersion": "2",
            "SigningCertURL": CERTIFICATE,
        }
        headers = {
            "content-type": "text/plain; charset=UTF-8",
            "user-agent": "Amazon Simple Notification Service Agent",
            "x-amz-sns-message-type": "Notification",
            "x-amz-sns-message-id": message_id,
            "x-amz-sns-topic-arn": topic,
        }
        return Sample(payload, headers)

    return sample
