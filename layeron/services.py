"""The use cases of one process over its tools, and the application's webhooks connected to them."""

from dataclasses import dataclass

from layeron.application import Backend
from layeron.operations import Operations
from layeron.outbound.managing import EndpointOperations
from layeron.outbound.publishing import Publishing
from layeron.outbound.vault import Vault
from layeron.ports.toolbox import Toolbox
from layeron.settings import Settings


@dataclass(frozen=True, slots=True)
class Services:
    """What a process can do for operators and application code."""

    events: Operations
    publishing: Publishing
    endpoints: EndpointOperations
    vault: Vault


def connect_services(app: Backend, tools: Toolbox, settings: Settings) -> Services:
    """Make the use cases, and let the application's webhooks work on them."""
    events = Operations(app, tools.engine, tools.records, tools.blobs, tools.endpoints)
    publishing = Publishing.of(app, tools, settings)
    vault = Vault(tools.endpoints, tools.secrets)
    endpoints = EndpointOperations(
        app=app,
        endpoints=tools.endpoints,
        deliveries=tools.deliveries,
        engine=tools.engine,
        events=events,
        publishing=publishing,
        vault=vault,
        sender=tools.sender,
    )
    app.connect(events, publishing, endpoints)
    return Services(events, publishing, endpoints, vault)
