"""Endpoints: where a publisher's events are sent, how they are doing, and a test of one."""

import asyncio
from typing import get_args
from urllib.parse import quote, urlencode

from starlette.responses import Response
from starlette.routing import BaseRoute

from api.dashboard import wording
from api.dashboard.door import Door
from api.dashboard.list_query import ListQuery
from api.dashboard.site import Site
from api.dashboard.visit import Visit
from api.questions import BadRequestError
from layeron.errors import LayeronError, NotFoundError
from layeron.identity import is_event_id
from layeron.outbound.declaration import OutboundWebhook
from layeron.outbound.records import DeliveryPage, EndpointPage, EndpointRecord
from layeron.outbound.signatures import uses_generated_secret
from layeron.records import AttemptRecord, DeliveryStatus, EventRecord

_PER_PAGE = 50
_SHOWN_DELIVERIES = 25
PATH = "/dashboard/endpoints"


def page_of(endpoint: EndpointRecord) -> str:
    """The address of an endpoint's page."""
    return f"{PATH}/{endpoint.namespace}/{endpoint.webhook}/{quote(endpoint.id, safe='')}"


class EndpointsPage:
    """Look at endpoints."""

    def __init__(self, door: Door, site: Site) -> None:
        self._door = door
        self._site = site
        self._endpoints = site.services.endpoints

    def routes(self) -> list[BaseRoute]:
        """The routes to mount; the form's, which come first, leave the others to these."""
        return [
            self._door.page("/endpoints", self._list),
            self._door.page("/endpoints/{namespace}/{webhook}/{endpoint}", self._show),
        ]

    async def _list(self, visit: Visit) -> Response:
        query = ListQuery.of(visit.request.query_params, "webhook", "user_id")
        publisher = self._chosen(query)
        page = EndpointPage([], None)
        if publisher is not None:
            page = await self._endpoints.list_endpoints(
                publisher.namespace,
                publisher.name,
                user_id=query.get("user_id") or None,
                limit=_PER_PAGE,
                cursor=query.cursor,
            )
        return visit.render(
            "endpoints_list.html" if visit.live else "endpoints.html",
            query=query,
            publisher=publisher,
            publishers=[f"{each.namespace}/{each.name}" for each in self._site.app.publishers],
            endpoints=page.endpoints,
            page_of=page_of,
            older=query.link(page.next_cursor) if page.next_cursor else None,
        )

    def _chosen(self, query: ListQuery) -> OutboundWebhook | None:
        """The publisher that was asked for, or the first one."""
        namespace, name = query.place
        if name is None:
            return next(iter(self._site.app.publishers), None)
        found = self._site.app.publisher(namespace or "default", name)
        if found is None:
            raise NotFoundError(f"no webhook that sends is declared as {query.get('webhook')!r}")
        return found

    async def _show(self, visit: Visit) -> Response:
        place = place_of(visit)
        endpoint = await self._endpoints.get_endpoint(*place)
        query = ListQuery.of(visit.request.query_params, "status", "tested")
        deliveries, tested = await asyncio.gather(
            self._deliveries(endpoint, query), self._tested(endpoint, query.get("tested"))
        )
        publisher = self._site.app.publisher(endpoint.namespace, endpoint.webhook)
        rule = publisher.rule_of(endpoint.id) if publisher else None
        return visit.render(
            "endpoint_life.html" if visit.live else "endpoint.html",
            endpoint=endpoint,
            here=page_of(endpoint),
            facts=_facts(endpoint),
            rule=wording.rule_in_words(rule) if rule else "",
            secrets=[each.name for each in rule.secrets] if rule else [],
            generated=rule is not None and uses_generated_secret(rule),
            event_types=list(publisher.event_types) if publisher else [],
            query=query,
            states=get_args(DeliveryStatus),
            deliveries=deliveries.deliveries,
            older=query.link(deliveries.next_cursor) if deliveries.next_cursor else None,
            tested=tested,
        )

    async def _deliveries(self, endpoint: EndpointRecord, query: ListQuery) -> DeliveryPage:
        status = _status(query.get("status"))
        return await self._endpoints.list_deliveries(
            endpoint.namespace,
            endpoint.webhook,
            endpoint.id,
            status=status,
            limit=_SHOWN_DELIVERIES,
            cursor=query.cursor,
        )

    async def _tested(
        self, endpoint: EndpointRecord, event_id: str
    ) -> tuple[EventRecord, AttemptRecord | None] | None:
        """The outcome of a test that was made just now."""
        if not is_event_id(event_id):
            return None
        try:
            event = await self._site.services.events.get_event(event_id)
        except LayeronError:
            return None
        if not any(each.endpoint_id == endpoint.id for each in event.deliveries):
            return None
        mine = [each for each in event.attempts if each.endpoint_id == endpoint.id]
        return event, mine[-1] if mine else None


def place_of(visit: Visit) -> tuple[str, str, str]:
    """Namespace, webhook and endpoint in the address of a page."""
    names = visit.request.path_params
    return str(names["namespace"]), str(names["webhook"]), str(names["endpoint"])


def with_test(endpoint: EndpointRecord, event_id: str) -> str:
    """The address of an endpoint's page that shows how a test went."""
    return f"{page_of(endpoint)}?{urlencode({'tested': event_id})}"


def _status(text: str) -> DeliveryStatus | None:
    known: tuple[DeliveryStatus, ...] = get_args(DeliveryStatus)
    for each in known:
        if each == text:
            return each
    if text:
        raise BadRequestError(f"the status of a delivery is one of {', '.join(known)}")
    return None


def _facts(endpoint: EndpointRecord) -> list[tuple[str, str]]:
    rate = endpoint.rate_limit
    return [
        ("Types", ", ".join(endpoint.event_types) or "all"),
        ("Retry", wording.delays_in_words(endpoint.retry_delays)),
        ("Time limit", wording.lasting(endpoint.timeout_seconds)),
        ("Rate", "as many as come" if rate is None else f"at most {rate:g} a second"),
        ("Order", "one after the other" if endpoint.fifo else "as they come"),
    ]
