"""What is done with endpoints: make, change, delete, test, disable, rotate, move a queue on."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from urllib.parse import urlencode

from starlette.responses import Response
from starlette.routing import BaseRoute

from api.dashboard import endpoint_form as form
from api.dashboard.door import Door, Show
from api.dashboard.pages.endpoints import PATH, page_of, place_of, with_test
from api.dashboard.site import Site
from api.dashboard.visit import Visit
from layeron.errors import ConflictError, LayeronError, NotFoundError, PayloadError
from layeron.operating_records import Scope
from layeron.outbound.endpoints import DEFAULT_GRACE, read_grace
from layeron.outbound.managing import EndpointOperations
from layeron.outbound.records import EndpointRecord, NewSecret
from layeron.ports.engine import QueueCommand

_NOTED = ("name", "url", "event_types", "user_id", "rate_limit", "fifo")
_ADVICE = "Hand it to who receives there: it is what its signatures are verified with."


class EndpointWork:
    """The forms about endpoints."""

    def __init__(self, door: Door, site: Site) -> None:
        self._door = door
        self._site = site

    def routes(self) -> list[BaseRoute]:
        """The routes to mount."""
        every = "/endpoints/{namespace}/{webhook}"
        one, page = f"{every}/{{endpoint}}", self._door.page
        return [
            page(f"{every}/new", self._ask_new, "admin"),
            page(f"{one}/edit", self._ask_change, "admin"),
            self._post(f"{every}/new", self._create, "endpoint.create", detail=_NOTED),
            self._post(f"{one}/edit", self._change, "endpoint.change", detail=_NOTED),
            self._post(f"{one}/delete", self._delete, "endpoint.delete"),
            self._post(f"{one}/test", self._test, "endpoint.test", detail=("event_type",)),
            self._post(f"{one}/enable", self._enable, "endpoint.enable"),
            self._post(f"{one}/disable", self._disable, "endpoint.disable"),
            self._post(f"{one}/rotate", self._rotate, "secret.rotate", detail=("grace",)),
            self._post(f"{one}/skip", self._skip, "lane.skip", "replay", ("event",)),
            self._post(f"{one}/retry", self._retry, "lane.retry", "replay", ("event",)),
        ]

    def _post(
        self,
        path: str,
        do: Show,
        action: str,
        scope: Scope = "admin",
        detail: Sequence[str] = (),
    ) -> BaseRoute:
        return self._door.action(path, do, scope=scope, action=action, detail=detail)

    async def _ask_new(self, visit: Visit) -> Response:
        names = visit.request.path_params
        place = str(names["namespace"]), str(names["webhook"])
        if self._site.app.publisher(*place) is None:
            raise NotFoundError(f"no webhook that sends is declared as {'/'.join(place)[:90]!r}")
        return _form(visit, place, form.blank())

    async def _create(self, visit: Visit) -> Response:
        names = visit.request.path_params
        place = str(names["namespace"]), str(names["webhook"])
        texts = form.typed(visit)
        try:
            options = form.options_of(texts, form.blank())
            endpoint, new = await self._by(visit).create_endpoint(*place, {"url": "", **options})
        except (PayloadError, ConflictError) as mistake:
            return _form(visit, place, texts, mistake=mistake)
        if new is None:
            return visit.redirect(page_of(endpoint), "The endpoint was made.")
        return _once(visit, endpoint, f"Endpoint {endpoint.name} was made", new)

    async def _ask_change(self, visit: Visit) -> Response:
        endpoint = await self._find(visit)
        if endpoint.declared:
            raise ConflictError(f"endpoint {endpoint.name!r} is declared in code; change it there")
        place = endpoint.namespace, endpoint.webhook
        return _form(visit, place, form.texts_of(endpoint), endpoint)

    async def _change(self, visit: Visit) -> Response:
        endpoint = await self._find(visit)
        before = form.texts_of(endpoint)
        texts = {**form.typed(visit), "user_id": before["user_id"]}
        try:
            options = form.options_of(texts, before)
            if "retry" in options:
                options["retry"]["jitter"] = endpoint.retry_jitter
            changed = await self._by(visit).change_endpoint(*place_of(visit), options)
        except (PayloadError, ConflictError) as mistake:
            place = endpoint.namespace, endpoint.webhook
            return _form(visit, place, texts, endpoint, mistake)
        return visit.redirect(page_of(changed), "Changed; the next attempt goes by it.")

    async def _delete(self, visit: Visit) -> Response:
        endpoint = await self._find(visit)
        await self._by(visit).delete_endpoint(*place_of(visit))
        back = urlencode({"webhook": f"{endpoint.namespace}/{endpoint.webhook}"})
        notice = f"Endpoint {endpoint.name} is deleted; what was sent to it stays on record."
        return visit.redirect(f"{PATH}?{back}", notice)

    async def _test(self, visit: Visit) -> Response:
        endpoint = await self._find(visit)
        event = await self._by(visit).test_endpoint(
            *place_of(visit), event_type=visit.text("event_type")
        )
        return visit.redirect(with_test(endpoint, event.id))

    async def _enable(self, visit: Visit) -> Response:
        endpoint = await self._by(visit).set_endpoint_status(*place_of(visit), enabled=True)
        notice = "Enabled: new events are sent to it; a replay sends those that were held."
        return visit.redirect(page_of(endpoint), notice)

    async def _disable(self, visit: Visit) -> Response:
        endpoint = await self._by(visit).set_endpoint_status(*place_of(visit), enabled=False)
        return visit.redirect(page_of(endpoint), "Disabled: events for it are held from now on.")

    async def _rotate(self, visit: Visit) -> Response:
        endpoint = await self._find(visit)
        owner = endpoint.user_id
        new = await self._by(visit).rotate_secret(
            endpoint.namespace,
            endpoint.webhook,
            endpoint=endpoint.id if owner is None else None,
            user_id=owner,
            grace_seconds=read_grace(_grace(visit)),
        )
        whose = f"endpoint {endpoint.name}" if owner is None else f"customer {owner}"
        return _once(visit, endpoint, f"A new secret for {whose}", new)

    async def _skip(self, visit: Visit) -> Response:
        return await self._tell(visit, "skip", "The queue goes on without the event.")

    async def _retry(self, visit: Visit) -> Response:
        return await self._tell(visit, "retry", "The event is tried again at once.")

    async def _tell(self, visit: Visit, command: QueueCommand, notice: str) -> Response:
        endpoint = await self._find(visit)
        await self._by(visit).tell_queue(
            *place_of(visit), command=command, event_id=visit.text("event") or ""
        )
        return visit.redirect(page_of(endpoint), notice)

    async def _find(self, visit: Visit) -> EndpointRecord:
        return await self._site.services.endpoints.get_endpoint(*place_of(visit))

    def _by(self, visit: Visit) -> EndpointOperations:
        return replace(self._site.services.endpoints, by=visit.who)


def _grace(visit: Visit) -> str | int:
    text = visit.text("grace") or DEFAULT_GRACE
    return 0 if text == "0" else text


def _form(
    visit: Visit,
    place: tuple[str, str],
    texts: Mapping[str, str],
    endpoint: EndpointRecord | None = None,
    mistake: LayeronError | None = None,
) -> Response:
    """The form, with what was typed and what is wrong with it."""
    status = 200 if mistake is None else 409 if isinstance(mistake, ConflictError) else 422
    return visit.render(
        "endpoint_form.html",
        status,
        publisher="/".join(place),
        back=page_of(endpoint) if endpoint else f"{PATH}?{urlencode({'webhook': '/'.join(place)})}",
        endpoint=endpoint,
        form=texts,
        mistake=None if mistake is None else str(mistake),
    )


def _once(visit: Visit, endpoint: EndpointRecord, title: str, new: NewSecret) -> Response:
    return visit.render(
        "secret_once.html",
        title=title,
        secret=new.secret,
        what="Signing secret",
        back=page_of(endpoint),
        advice=_ADVICE,
        until=new.previous_expires_at,
    )
