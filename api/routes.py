"""Every route under ``/api/v1``, and the document that describes them."""

from importlib.metadata import version

from starlette.requests import Request
from starlette.responses import Response

from api.admission import Admission
from api.audit import AuditAPI
from api.bulk_replays import BulkReplaysAPI
from api.doc import Doc
from api.door import Door, Operation
from api.endpoints import EndpointsAPI
from api.erasing import ErasingAPI
from api.events import EventsAPI
from api.export import ExportAPI
from api.keys import KeysAPI
from api.openapi import PATH_OF_DOCUMENT, document
from api.rejections import RejectionsAPI
from api.sending import SendingAPI
from api.trail import Trail
from api.webhooks import WebhooksAPI
from layeron.application import Backend
from layeron.intake import Intake
from layeron.ports.toolbox import Toolbox
from layeron.services import Services
from layeron.settings import Settings
from layeron.wire import to_json

_DOCUMENT = Doc(
    "Get this document",
    about="It needs no key.",
    media={"application/json": {"type": "object"}},
    group="reference",
)


def api_routes(
    app: Backend, tools: Toolbox, services: Services, intake: Intake, settings: Settings
) -> list[Operation]:
    """The routes of the API; what is not here is not in the reference either."""
    door = Door(
        Admission(tools.records, settings),
        Trail(tools.audit),
        settings.receive_timeout.total_seconds(),
    )
    parts = (
        WebhooksAPI(door, app, tools.statistics, tools.engine, tools.inbox),
        ExportAPI(door, services.events),  # before the events, of which 'export' could be an id
        EventsAPI(door, services.events, tools.statistics, settings.temporal_pages),
        RejectionsAPI(door, app, intake),
        SendingAPI(door, services.publishing, settings),
        EndpointsAPI(door, services.endpoints),
        BulkReplaysAPI(door, services.bulk),
        ErasingAPI(door, services.retention),
        KeysAPI(door, tools.records),
        AuditAPI(door, tools.audit),
    )
    operations = [each for part in parts for each in part.routes()]
    written = b""

    async def show(_: Request) -> Response:
        nonlocal written
        # It takes a moment to make, which a process that is never asked for it need not spend.
        written = written or to_json(document(operations, version("layeron-webhooks")))
        return Response(written, media_type="application/json")

    operations.append(
        Operation(PATH_OF_DOCUMENT, show, "GET", needs=None, action=None, doc=_DOCUMENT)
    )
    return operations
