"""What the pages of the dashboard work with."""

from dataclasses import dataclass

from layeron.application import Backend, Declared
from layeron.intake import Intake
from layeron.ports.toolbox import Toolbox
from layeron.services import Services
from layeron.settings import Settings


@dataclass(frozen=True, slots=True)
class Site:
    """One application's use cases and ports, handed to every page.

    Attributes:
        intake: the way in, for requests that were refused before.
    """

    app: Backend
    tools: Toolbox
    services: Services
    intake: Intake
    settings: Settings

    @property
    def webhook_names(self) -> list[str]:
        """Of everything declared, in both directions, as ``namespace/name``."""
        declared: list[Declared] = [*self.app.webhooks, *self.app.publishers]
        return [f"{each.namespace}/{each.name}" for each in declared]
