"""The use cases of one process over its tools, and the application's webhooks connected to them."""

from dataclasses import dataclass

from layeron.application import Backend
from layeron.bulk import BulkReplays
from layeron.draining import Drainer
from layeron.operations import Operations
from layeron.outbound.managing import EndpointOperations
from layeron.outbound.publishing import Publishing
from layeron.outbound.sealing import Seals
from layeron.outbound.vault import Vault
from layeron.ports.toolbox import Toolbox
from layeron.retaining import Retaining
from layeron.settings import Settings
from layeron.starts import Starts


@dataclass(frozen=True, slots=True)
class Services:
    """What a process can do for operators and application code."""

    starts: Starts
    drainer: Drainer
    events: Operations
    publishing: Publishing
    endpoints: EndpointOperations
    vault: Vault
    seals: Seals
    bulk: BulkReplays
    retention: Retaining


def connect_services(app: Backend, tools: Toolbox, settings: Settings) -> Services:
    """Make the use cases, and let the application's webhooks work on them."""
    seals = Seals(tools.endpoints, tools.secrets)
    starts = Starts(
        tools.engine,
        tools.inbox,
        tools.records,
        patience=settings.inbox_after,
        limit=settings.inbox_limit,
    )
    # Time for a call that fails, and to find out why.
    drainer = Drainer(starts, tools.engine, tools.inbox, lease=2 * settings.engine_timeout)
    events = Operations(
        app, tools.engine, tools.records, tools.blobs, tools.endpoints, seals, starts
    )
    publishing = Publishing.of(app, tools, starts, seals, settings)
    vault = Vault(tools.endpoints, tools.secrets)
    endpoints = EndpointOperations(
        app=app,
        endpoints=tools.endpoints,
        deliveries=tools.deliveries,
        engine=tools.engine,
        events=events,
        publishing=publishing,
        vault=vault,
        seals=seals,
        sender=tools.sender,
    )
    app.connect(events, publishing, endpoints)
    bulk = BulkReplays(
        app=app,
        engine=tools.engine,
        store=tools.bulk_replays,
        statistics=tools.statistics,
        endpoints=tools.endpoints,
        events=events,
    )
    retention = Retaining(
        app=app,
        engine=tools.engine,
        store=tools.retention,
        inbox=tools.inbox,
        statistics=tools.statistics,
        blobs=tools.blobs,
        events=events,
        settings=settings,
    )
    return Services(starts, drainer, events, publishing, endpoints, vault, seals, bulk, retention)
