"""The endpoints of a publisher together: those declared in code, and those created at run time."""

from dataclasses import replace

from layeron.errors import NotFoundError
from layeron.identity import is_endpoint_id
from layeron.outbound.declaration import OutboundWebhook
from layeron.outbound.options import ENDPOINT_NAME
from layeron.outbound.records import EndpointPage, EndpointRecord
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
        CursorError: the cursor is not one of ours.
    """
    limit = max(limit, 1)
    declared = cursor is None or cursor.startswith(_AMONG_DECLARED)
    after = (cursor or "").removeprefix(_AMONG_DECLARED) if declared else None
    left = [
        each
        for each in sorted(publisher.records.values(), key=lambda each: each.name)
        if after is not None and each.name > after and user_id in {None, each.user_id}
    ]
    page = left[:limit]
    states = await store.states([each.id for each in page])
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


async def find_endpoint(
    store: EndpointStore, publisher: OutboundWebhook, endpoint: str
) -> EndpointRecord:
    """The endpoint of this name or id, with its state.

    Raises:
        NotFoundError: the publisher has none.
    """
    for declared in publisher.records.values():
        if endpoint in {declared.id, declared.name}:
            states = await store.states([declared.id])
            return replace(declared, state=states.get(declared.id, declared.state))
    space, webhook = publisher.namespace, publisher.name
    if ENDPOINT_NAME.fullmatch(endpoint):
        return await store.find(space, webhook, endpoint)
    if is_endpoint_id(endpoint):
        found = await store.get(endpoint)
        if (found.namespace, found.webhook) == (space, webhook):
            return found
    raise NotFoundError(f"{space}/{webhook} has no endpoint {endpoint[:80]!r}")
