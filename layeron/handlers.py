"""The handlers of a webhook: which runs for which type of event, and how it is called."""

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from layeron.errors import ConfigurationError
from layeron.event import Context, Event, HandlerFunction

Handler: TypeAlias = HandlerFunction | type[Any]
"""A function of ``(event)`` or ``(event, ctx)``, or a class decorated with ``@workflow.defn``."""

_PATTERN = re.compile(r"\*|[^*\s]+(\.\*)?")
_WORKFLOW_DEFINITION = "__temporal_workflow_definition"


@dataclass(frozen=True, slots=True)
class BoundHandler:
    """A handler and what was found out about it when it was declared.

    Attributes:
        function: the user's function; None if the handler is a workflow.
        workflow: the user's workflow class; None if the handler is a function.
        takes_context: whether the function takes ``(event, ctx)``.
        is_async: whether calling it gives a coroutine; the others run in a thread.
    """

    function: Callable[..., Any] | None = None
    workflow: type[Any] | None = None
    takes_context: bool = False
    is_async: bool = False

    @property
    def workflow_name(self) -> str | None:
        """The registered name of the handling workflow."""
        return workflow_name(self.workflow) if self.workflow else None

    def call(self, event: Event, context: Context) -> Any:
        """Call the function the way it was declared."""
        if self.function is None:
            raise TypeError("a workflow handler runs in the engine")
        return self.function(event, context) if self.takes_context else self.function(event)


def workflow_name(candidate: object) -> str | None:
    """The name under which a class decorated with ``@workflow.defn`` is registered, else None."""
    return getattr(getattr(candidate, _WORKFLOW_DEFINITION, None), "name", None)


class Handlers:
    """Handlers by pattern: exact types win over groups, longer groups over shorter."""

    def __init__(self, webhook: str) -> None:
        self._webhook = webhook
        self._by_pattern: dict[str, BoundHandler] = {}

    def register(self, pattern: str, handler: Handler) -> None:
        """Add a handler.

        Raises:
            ConfigurationError: the pattern has no usable form or is taken, or the handler cannot
                be called with an event.
        """
        if not _PATTERN.fullmatch(pattern):
            raise ConfigurationError(
                f"webhook {self._webhook!r}: {pattern!r} is not an event type; write one such as"
                " 'invoice.paid', a group such as 'invoice.*', or '*'."
            )
        if pattern in self._by_pattern:
            raise ConfigurationError(
                f"webhook {self._webhook!r}: {pattern!r} has two handlers; keep one of them."
            )
        self._by_pattern[pattern] = self._bind(pattern, handler)

    def match(self, event_type: str) -> BoundHandler | None:
        """The handler for a type of event, if there is one."""
        if exact := self._by_pattern.get(event_type):
            return exact
        parts = event_type.split(".")
        for length in range(len(parts) - 1, 0, -1):
            if group := self._by_pattern.get(".".join([*parts[:length], "*"])):
                return group
        return self._by_pattern.get("*")

    @property
    def patterns(self) -> tuple[str, ...]:
        """What is handled, in order of declaration."""
        return tuple(self._by_pattern)

    def bound_to(self, pattern: str) -> BoundHandler:
        """The handler of one of the patterns."""
        return self._by_pattern[pattern]

    @property
    def workflows(self) -> tuple[type[Any], ...]:
        """Every workflow class among the handlers, once."""
        found = (bound.workflow for bound in self._by_pattern.values() if bound.workflow)
        return tuple(dict.fromkeys(found))

    def _bind(self, pattern: str, handler: Handler) -> BoundHandler:
        where = f"webhook {self._webhook!r}: the handler of {pattern!r}"
        if isinstance(handler, type):
            if workflow_name(handler) is None:
                raise ConfigurationError(
                    f"{where} is a class; decorate it with @workflow.defn, or give a function."
                )
            return BoundHandler(workflow=handler)
        if not callable(handler):
            raise ConfigurationError(
                f"{where} is a {type(handler).__name__}; give a function of (event) or"
                " (event, ctx)."
            )
        is_async = inspect.iscoroutinefunction(handler) or inspect.iscoroutinefunction(
            getattr(handler, "__call__", None)  # noqa: B004  # a callable object may have an async __call__
        )
        return BoundHandler(handler, None, _takes_context(where, handler), is_async)


def _takes_context(where: str, handler: Callable[..., Any]) -> bool:
    signature = inspect.signature(handler)
    for arguments in ((None, None), (None,)):
        try:
            signature.bind(*arguments)
        except TypeError:
            continue
        return len(arguments) == 2 and not _second_has_default(signature)  # noqa: PLR2004  # (event, ctx)
    raise ConfigurationError(f"{where} takes {signature}; let it take (event) or (event, ctx).")


def _second_has_default(signature: inspect.Signature) -> bool:
    """Whether the second parameter is an option of the user's own, such as ``retries=3``."""
    positional = [p for p in signature.parameters.values() if p.kind is not p.KEYWORD_ONLY]
    second = positional[1] if len(positional) > 1 else None
    return (
        second is not None
        and second.default is not second.empty
        and second.name not in {"ctx", "context"}
    )
