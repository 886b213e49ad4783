"""Names that the engine keeps: changing one strands the histories that hold it."""

INBOUND_WORKFLOW = "InboundWorkflow"
OUTBOUND_WORKFLOW = "OutboundWorkflow"
LANE_WORKFLOW = "LaneWorkflow"
"""Sends to one ``fifo`` endpoint, one event after the other."""

BULK_REPLAY_WORKFLOW = "BulkReplayWorkflow"
RETENTION_WORKFLOW = "RetentionWorkflow"
ERASING_WORKFLOW = "ErasingWorkflow"
"""Deletes what was sent for one user."""

LANE_ENQUEUE = "enqueue"
LANE_SKIP = "skip"
LANE_RETRY = "retry"
"""Signals to a lane."""

LANE_VERSION = 1
"""Of what a lane does: those that began under an earlier version go on as they began. With 1 it
counts its signals, and looks for what an earlier lane has left behind."""

BULK_CHANGED = "changed"
"""Signal to a bulk replay: its record says something else."""
ERASE = "erase"
"""Signal to the erasing of a user: what was sent before this time."""


def outbound_queue(task_queue: str) -> str:
    """The task queue of workers that send, beside the one of those that handle."""
    return f"{task_queue}-outbound"


ATTRIBUTE_EVENT_ID = "LayeronEventId"
ATTRIBUTE_WEBHOOK = "LayeronWebhook"
ATTRIBUTE_EVENT_TYPE = "LayeronEventType"
ATTRIBUTE_EXTERNAL_ID = "LayeronExternalId"
SEARCH_ATTRIBUTES = (
    ATTRIBUTE_EVENT_ID,
    ATTRIBUTE_WEBHOOK,
    ATTRIBUTE_EVENT_TYPE,
    ATTRIBUTE_EXTERNAL_ID,
)
"""Keyword search attributes set when a workflow starts."""

MEMO_EVENT_ID = "event_id"
MEMO_BODY_SHA256 = "body_sha256"

HANDLER_FAILED = "HandlerFailed"
"""A handler's attempt failed and is on record; the engine's retry policy decides what follows."""
PERMANENT = "PermanentError"
"""As HANDLER_FAILED, but no further attempt is made."""
UNAVAILABLE = "Unavailable"
"""Trouble of ours, which uses up no attempt. Details before a handler ran: attempts used so far."""
UNRECORDED = "Unrecorded"
"""The handler ran, and its outcome could not be written. Details: the attempt's report."""
NO_KEY = "SecretUnavailableError"
"""A worker could not decrypt what the engine gave it; named by the SDK after the error."""
LATER = "Later"
"""A delivery is not due yet, or its last attempt failed and the next one comes; not a fault."""
EXHAUSTED = "Exhausted"
"""The workflow's own failure: no attempt is left, the event waits for a replay."""
