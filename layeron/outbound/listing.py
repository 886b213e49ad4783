"""A listing of endpoints: the declared ones by name, then those created at run time."""

from dataclasses import replace

from layeron.outbound.declaration import OutboundWebhook
from layeron.outbound.records import EndpointPage
from layeron.ports.endpoints import EndpointStore

_AMONG_DECLARED = "declared:"
"""Begins the cursor of a page that ended among declared ones, with the name of the last one."""


async def list_endpoints(
    store: EndpointStore,
    publisher: OutboundWebhook,
    *,
    user_id: str | None,
    limit: int,
    cursor: str | None,
) -> EndpointPage:
    """A page of endpoints with their states.

    A declared one that comes or goes between two pages moves no other one to another page.

    Raises:
        ValueError: the cursor is not one of ours.
    """
    declared = cursor is None or cursor.startswith(_AMONG_DECLARED)
    after = (cursor or "").removeprefix(_AMONG_DECLARED) if declared else None
    left = [
        each
        for each in sorted(publisher.records.values(), key=lambda each: each.name)
        if after is not None and each.name > after and user_id in {None, each.user_id}
    ]
    page = left[:limit]
    states = await store.states([each.id for each in page]) if page else {}
    page = [replace(each, state=states.get(each.id, each.state)) for each in page]
    rest = await store.list(
        namespace=publisher.namespace,
        webhook=publisher.name,
        user_id=user_id,
        limit=max(limit - len(page), 1),
        cursor=None if declared else cursor,
    )
    if len(page) < limit:
        return EndpointPage([*page, *rest.endpoints], rest.next_cursor)
    more = len(left) > limit or rest.endpoints
    return EndpointPage(page, f"{_AMONG_DECLARED}{page[-1].name}" if more else None)
