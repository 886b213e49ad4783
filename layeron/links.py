"""Addresses of pages about an event."""

from urllib.parse import quote


def workflow_page(temporal_ui: str, workflow_id: str, run_id: str | None) -> str:
    """The page of a workflow in the Temporal UI, whose namespace *temporal_ui* names."""
    page = f"{temporal_ui.rstrip('/')}/workflows/{quote(workflow_id, safe='')}"
    return f"{page}/{run_id}" if run_id else page
