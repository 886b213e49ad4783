"""Addresses of pages about an event."""

from urllib.parse import quote

from layeron.records import EventRecord


def workflow_page(temporal_ui: str, event: EventRecord) -> str:
    """The page, in the Temporal UI, of the workflow that handled an event last.

    Args:
        temporal_ui: its address, with the namespace.
        event: with its replays.
    """
    if event.replays:  # of a replay asked for just now, no run is known yet
        workflow_id, run = event.replays[-1].workflow_id, ""
    else:
        workflow_id, run = event.workflow_id, f"/{event.run_id}" if event.run_id else ""
    return f"{temporal_ui.rstrip('/')}/workflows/{quote(workflow_id, safe='')}{run}"
