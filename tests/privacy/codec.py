"""What the tests of the payload codec share."""

import base64
from collections.abc import AsyncGenerator, Mapping, Sequence
from datetime import timedelta

from temporalio.api.common.v1 import Payload
from temporalio.client import Client

from layeron.adapters.environment import EnvironmentSecrets
from layeron.adapters.temporal.codec import HistoryCodec
from layeron.adapters.temporal.codec_keys import CodecKeys
from layeron.secrets import Secret

NAME = "HISTORY_KEY"
KEY, OTHER = "the first key of these tests, long enough", "another key of these tests, long enough"

HELLO = Payload(metadata={"encoding": b"json/plain"}, data=b'"hello"')


def codec_of(environ: Mapping[str, str], *, namespace: str = "default") -> HistoryCodec:
    """A codec whose key is in this environment, where a new one is used at once."""
    secrets = EnvironmentSecrets(None, environ)
    return HistoryCodec(CodecKeys(secrets, Secret(NAME), settling=timedelta(0)), namespace)


async def kept(client: Client, workflow_id: str) -> AsyncGenerator[str]:
    """What the engine keeps of a workflow and of those it started, as its operator reads it."""
    handle = client.get_workflow_handle(workflow_id)
    yield str((await handle.describe()).raw_description)
    async for each in handle.fetch_history_events():
        yield str(each)
        child = each.start_child_workflow_execution_initiated_event_attributes.workflow_id
        if child:
            async for below in kept(client, child):
                yield below


async def inputs(client: Client, workflow_id: str) -> Sequence[Payload]:
    """What a workflow was started with, as the engine keeps it."""
    async for each in client.get_workflow_handle(workflow_id).fetch_history_events():
        return each.workflow_execution_started_event_attributes.input.payloads
    raise AssertionError("a history begins with its start")


def forms(text: str) -> list[str]:
    """A text as it is, and as base64 shows it within another, wherever it begins there."""
    encoded = [base64.b64encode(b" " * shift + text.encode()).decode() for shift in range(3)]
    return [text, *(each[4:-4] for each in encoded)]
