"""The application: everything a backend declares, checked as a whole."""

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias, cast

from layeron.declaration import InboundWebhook
from layeron.errors import ConfigurationError
from layeron.events import EventsGateway
from layeron.handlers import workflow_name
from layeron.outbound.declaration import OutboundWebhook
from layeron.outbound.gateway import EndpointsGateway, SendingGateway
from layeron.placement import Placement
from layeron.secrets import Secret

Declared: TypeAlias = InboundWebhook | OutboundWebhook

_ACTIVITY_DEFINITION = "__temporal_activity_definition"


class Backend:
    """The webhooks of one service, with the workflows and activities their handlers use."""

    def __init__(self) -> None:
        self._by_name: dict[tuple[str, str], InboundWebhook] = {}
        self._publishers: dict[tuple[str, str], OutboundWebhook] = {}
        self._by_placement: dict[tuple[str | None, str], InboundWebhook] = {}
        self._workflows: list[type[Any]] = []
        self._activities: list[Callable[..., Any]] = []

    def use(self, *parts: Declared | type[Any] | Callable[..., Any]) -> None:
        """Add webhooks, and ``@workflow.defn`` classes and ``@activity.defn`` functions they need.

        Workflow classes that are handlers are known already and need not be added.

        Raises:
            ConfigurationError: a part is none of these, or two webhooks share a name or a place.
        """
        for part in parts:
            if isinstance(part, InboundWebhook):
                self._add_webhook(part)
            elif isinstance(part, OutboundWebhook):
                self._add_publisher(part)
            elif isinstance(part, type) and workflow_name(part):
                self._workflows.append(cast("type[Any]", part))
            elif hasattr(part, _ACTIVITY_DEFINITION):
                self._activities.append(part)
            else:
                raise ConfigurationError(
                    f"use() got {part!r}; give it a webhook, a class decorated with @workflow.defn"
                    " or a function decorated with @activity.defn."
                )

    @property
    def webhooks(self) -> Sequence[InboundWebhook]:
        """Every webhook, in order of declaration."""
        return tuple(self._by_name.values())

    @property
    def publishers(self) -> Sequence[OutboundWebhook]:
        """Every outbound webhook, in order of declaration."""
        return tuple(self._publishers.values())

    @property
    def workflows(self) -> Sequence[type[Any]]:
        """The user's workflow classes, each once."""
        handlers = [each for webhook in self.webhooks for each in webhook.handlers.workflows]
        return tuple(dict.fromkeys([*handlers, *self._workflows]))

    @property
    def activities(self) -> Sequence[Callable[..., Any]]:
        """The user's activities."""
        return tuple(dict.fromkeys(self._activities))

    @property
    def catches_all_activities(self) -> bool:
        """Whether an activity of the user's takes every call that names no other."""
        return any(getattr(each, _ACTIVITY_DEFINITION).name is None for each in self._activities)

    @property
    def secrets(self) -> Sequence[Secret]:
        """Every secret that must have a value for the service to start."""
        declared: list[Declared] = [*self.webhooks, *self.publishers]
        return tuple(dict.fromkeys(each for webhook in declared for each in webhook.secrets))

    @property
    def hosts(self) -> frozenset[str]:
        """The host names that belong to webhooks alone."""
        return frozenset(host for host, _ in self._by_placement if host)

    def webhook(self, namespace: str, name: str) -> InboundWebhook | None:
        """The webhook of this name, if it is declared."""
        return self._by_name.get((namespace, name))

    def publisher(self, namespace: str, name: str) -> OutboundWebhook | None:
        """The outbound webhook of this name, if it is declared."""
        return self._publishers.get((namespace, name))

    def webhook_at(self, host: str, path: str) -> InboundWebhook | None:
        """The webhook reached at this address: one of its own host first, then one of any host."""
        return self._by_placement.get((host, path)) or self._by_placement.get((None, path))

    def connect(
        self, events: EventsGateway, sending: SendingGateway, endpoints: EndpointsGateway
    ) -> None:
        """Let ``webhook.events`` and ``send`` work on the service's own parts."""
        for webhook in self.webhooks:
            webhook.events.connect(events)
        for publisher in self.publishers:
            publisher.events.connect(events)
            publisher.connect(sending, endpoints)

    def _add_webhook(self, webhook: InboundWebhook) -> None:
        name = self._free_name(webhook)
        place = _place(webhook.placement)
        if other := self._by_placement.get(place):
            raise ConfigurationError(
                f"webhook {webhook.name!r}: {webhook.placement} is taken by webhook"
                f" {other.name!r}; give one of them another path='…' or host='…'."
            )
        self._by_name[name] = webhook
        self._by_placement[place] = webhook

    def _add_publisher(self, webhook: OutboundWebhook) -> None:
        self._publishers[self._free_name(webhook)] = webhook
        if webhook.operational is not None and webhook.operational not in self.publishers:
            self._add_publisher(webhook.operational)

    def _free_name(self, webhook: Declared) -> tuple[str, str]:
        name = (webhook.namespace, webhook.name)
        if name in self._by_name or name in self._publishers:
            raise ConfigurationError(
                f"webhook {webhook.name!r}: namespace {webhook.namespace!r} has one of this name"
                " already; give one of them another name='…' or namespace='…'."
            )
        return name


def _place(placement: Placement) -> tuple[str | None, str]:
    return placement.host, placement.path


def backend() -> Backend:
    """Make the application object that webhooks are added to with ``use``."""
    return Backend()
