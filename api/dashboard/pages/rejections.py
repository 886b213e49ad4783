"""Rejections: requests that were refused, why, and letting one in after the mend."""

import asyncio
from dataclasses import dataclass, replace

from starlette.responses import Response
from starlette.routing import BaseRoute

from api.dashboard.door import Door
from api.dashboard.list_query import ListQuery
from api.dashboard.preview import preview
from api.dashboard.site import Site
from api.dashboard.visit import Visit
from api.payload import to_show
from layeron.errors import NotFoundError, UnavailableError
from layeron.identity import is_rejection_id
from layeron.records import RejectionRecord
from layeron.rejections import let_in, request_of
from layeron.signing.explanation import SIGNED_CONTENT, Explanation, explain
from layeron.signing.verdict import Cause

_PER_PAGE = 50
_LONGEST_SECONDS = 10
"""For verifying again: a document may have to be fetched, a verifier of the user's may hang."""


@dataclass(frozen=True, slots=True)
class Told:
    """What verification says now, or why it cannot be told."""

    explanation: Explanation | None
    trouble: str | None = None


class RejectionsPage:
    """Look at refused requests, and let them in."""

    def __init__(self, door: Door, site: Site) -> None:
        self._door = door
        self._site = site
        self._records = site.tools.records

    def routes(self) -> list[BaseRoute]:
        """The routes to mount."""
        one = "/rejections/{rejection_id}"
        return [
            self._door.page("/rejections", self._list),
            self._door.page(one, self._show),
            self._door.action(
                f"{one}/accept", self._accept, scope="replay", action="rejection.accept"
            ),
        ]

    async def _list(self, visit: Visit) -> Response:
        query = ListQuery.of(visit.request.query_params, "webhook", "cause")
        namespace, webhook = query.place
        page = await self._records.list_rejections(
            namespace=namespace,
            webhook=webhook,
            cause=query.get("cause") or None,
            limit=_PER_PAGE,
            cursor=query.cursor,
        )
        return visit.render(
            "rejections_list.html" if visit.live else "rejections.html",
            query=query,
            rejections=page.rejections,
            older=query.link(page.next_cursor) if page.next_cursor else None,
            webhooks=[f"{each.namespace}/{each.name}" for each in self._site.app.webhooks],
            causes=[each.value for each in Cause],
        )

    async def _show(self, visit: Visit) -> Response:
        rejection = await self._records.get_rejection(_id_of(visit))
        body, told = rejection.body, await self._told(rejection)
        return visit.render(
            "rejection.html",
            rejection=rejection,
            told=told,
            preview=None if body is None else preview(to_show(self._site.app, rejection, body)),
        )

    async def _accept(self, visit: Visit) -> Response:
        event_id = await let_in(
            _id_of(visit),
            app=self._site.app,
            records=self._records,
            intake=self._site.intake,
            by=visit.who,
        )
        notice = "It verifies now and came in; this page shows how it is handled."
        return visit.redirect(f"/dashboard/events/{event_id}", notice)

    async def _told(self, rejection: RejectionRecord) -> Told:
        """What verification says now, of the time at which it was received."""
        webhook = self._site.app.webhook(rejection.namespace, rejection.webhook)
        if webhook is None:
            return Told(None, "its webhook is not declared any more")
        if rejection.body is None:
            return Told(None, "its body was too large to be kept; let the sender send it again")
        request = request_of(rejection, webhook, rejection.body)
        try:
            async with asyncio.timeout(_LONGEST_SECONDS):
                explanation = await explain(
                    webhook.signature,
                    request,
                    await self._site.intake.keys(webhook),
                    now=rejection.received_at,
                    documents=self._site.tools.documents,
                    for_holder=False,
                )
        except TimeoutError:
            return Told(None, f"verifying it again took more than {_LONGEST_SECONDS} s")
        except UnavailableError as trouble:
            return Told(None, str(trouble))
        if webhook.redact:  # the signed content begins with the body, mostly
            steps = [each for each in explanation.steps if each.title != SIGNED_CONTENT]
            explanation = replace(explanation, steps=steps)
        return Told(explanation)


def _id_of(visit: Visit) -> str:
    text = str(visit.request.path_params["rejection_id"])
    if not is_rejection_id(text):
        raise NotFoundError("the id of a refused request looks like whrej_01J…, 32 characters long")
    return text
