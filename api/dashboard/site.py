"""What the pages of the dashboard work with."""

from dataclasses import dataclass

from layeron.application import Backend, Declared
from layeron.intake import Intake
from layeron.ports.toolbox import Toolbox
from layeron.services import Services
from layeron.settings import Settings


@dataclass(frozen=True, slots=True)
class Site:
    """One application's use cases and ports, handed to every page."""

    app: Backend
    tools: Toolbox
    services: Services
    settings: Settings

    @property
    def webhook_names(self) -> list[str]:
        """Of everything declared, in both directions, as ``namespace/name``."""
        declared: list[Declared] = [*self.app.webhooks, *self.app.publishers]
        return [f"{each.namespace}/{each.name}" for each in declared]

    @property
    def intake(self) -> Intake:
        """The way in, for requests that were refused before."""
        return Intake(
            engine=self.tools.engine,
            records=self.tools.records,
            blobs=self.tools.blobs,
            secrets=self.tools.secrets,
            documents=self.tools.documents,
            offload_above=self.settings.offload_body,
            store_timeout=self.settings.store_timeout,
        )
