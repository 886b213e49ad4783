"""The typed options of a webhook; each also accepts the plain dict of the same keys."""

import difflib
from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any, Literal, Self, TypedDict, TypeVar, get_args

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    WithJsonSchema,
    field_validator,
    model_validator,
)

from layeron.durations import DURATION_SCHEMA, check_keeping, parse_duration, parse_keeping
from layeron.errors import ConfigurationError
from layeron.locator import Locator, LocatorLike, parse_locator

Duration = Annotated[
    timedelta, BeforeValidator(parse_duration), WithJsonSchema(DURATION_SCHEMA, "validation")
]
Keeping = Annotated[timedelta, BeforeValidator(parse_keeping)]


class Options(BaseModel):
    """Base of all options: immutable, and an unknown key is a mistake."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class Retry(Options):
    """When a failed handler runs again.

    Attributes:
        attempts: how many times in all the handler may run.
        backoff: ``exponential`` doubles the delay each time, ``fixed`` keeps it.
        initial_delay_seconds: the delay before the second attempt.
        max_delay_seconds: no delay is longer than this.
    """

    attempts: int = Field(default=5, ge=1, le=1000)
    backoff: Literal["exponential", "fixed"] = "exponential"
    initial_delay_seconds: float = Field(default=5, gt=0, le=86_400)
    max_delay_seconds: float = Field(default=300, gt=0, le=604_800)

    @model_validator(mode="after")
    def _delays_are_ordered(self) -> Self:
        if self.max_delay_seconds < self.initial_delay_seconds:
            raise ValueError(
                f"max_delay_seconds ({self.max_delay_seconds:g}) is below initial_delay_seconds"
                f" ({self.initial_delay_seconds:g}); raise the first or lower the second"
            )
        return self


class RetryDict(TypedDict, total=False):
    """The keys of `Retry`."""

    attempts: int
    backoff: Literal["exponential", "fixed"]
    initial_delay_seconds: float
    max_delay_seconds: float


class Delivery(Options):
    """How an accepted event reaches its handler.

    Attributes:
        queue: True answers 202 at once and handles later; False answers the handler's result.
        dead_letter: an event out of attempts waits as a dead letter; False makes it ``failed``.
        timeout_seconds: how long one attempt of a function may take; a workflow sets the limits
            of its steps itself.
        respond_within_seconds: with ``queue=False``, how long the sender waits for the handler's
            result before it is answered 202 and the handler goes on.
        retry: when a failed handler runs again.
    """

    queue: bool = True
    dead_letter: bool = True
    timeout_seconds: float = Field(default=60, gt=0, le=86_400)
    respond_within_seconds: float = Field(default=10, gt=0, le=300)
    retry: Retry = Retry()


class DeliveryDict(TypedDict, total=False):
    """The keys of `Delivery`."""

    queue: bool
    dead_letter: bool
    timeout_seconds: float
    respond_within_seconds: float
    retry: Retry | RetryDict


class Dedupe(Options):
    """Which events are the same, and for how long.

    Attributes:
        key: where the identity of an event is, such as ``body.event_id``, ``header.x-request-id``
            or ``body_hash`` (the same bytes are the same event); a list of places is joined; a
            function gets the request. Without it the provider's event id is the key, and an event
            that has none is never a duplicate.
        ttl: how long a repeat counts as a duplicate, such as ``7d``.
    """

    key: Locator | None = None
    ttl: Duration = timedelta(days=4)

    @field_validator("key", mode="before")
    @classmethod
    def _read_key(cls, value: LocatorLike | None) -> Locator | None:
        return None if value is None else parse_locator(value)


class DedupeDict(TypedDict, total=False):
    """The keys of `Dedupe`."""

    key: LocatorLike
    ttl: str | float | timedelta


class Observability(Options):
    """What is reported about a webhook beside its records, which are always kept.

    Attributes:
        logs: log each accepted, duplicate and handled event, and what handlers say by ``ctx.log``
            (which stays on the event's record either way).
        errors: log each refused request, each failed attempt and each dead letter.
        metrics: count this webhook in the metrics.
    """

    logs: bool = True
    errors: bool = True
    metrics: bool = True


class ObservabilityDict(TypedDict, total=False):
    """The keys of `Observability`."""

    logs: bool
    errors: bool
    metrics: bool


class Retention(Options):
    """How long events are kept, from reception on; those that have not ended are kept anyway.

    Attributes:
        bodies: how long the raw bytes; without them an event cannot be replayed. ``30d``, or
            ``forever``; without it, as ``LAYERON_KEEP_BODIES`` says.
        records: how long everything else; in the same forms, and by ``LAYERON_KEEP_RECORDS``.
    """

    bodies: Keeping | None = None
    records: Keeping | None = None

    @model_validator(mode="after")
    def _records_outlive_bodies(self) -> Self:
        check_keeping(self.bodies, self.records)
        return self


class RetentionDict(TypedDict, total=False):
    """The keys of `Retention`."""

    bodies: str | float | timedelta
    records: str | float | timedelta


AnyOptions = TypeVar("AnyOptions", bound=Options)


def read_options(
    model: type[AnyOptions],
    value: AnyOptions | Mapping[str, Any] | None,
    *,
    webhook: str,
    option: str,
) -> AnyOptions:
    """Turn what the user wrote for *option* into its typed value.

    Raises:
        ConfigurationError: in one sentence that names the webhook, the option and the mend.
    """
    if isinstance(value, model):
        return value
    if value is not None and not isinstance(value, Mapping):
        raise ConfigurationError(
            f"webhook {webhook!r}: option {option!r} must be a {model.__name__} or a dict with its"
            f" keys ({', '.join(_keys_of(model))}), not {type(value).__name__}."
        )
    try:
        return model.model_validate(dict(value or {}))
    except ValidationError as error:
        raise ConfigurationError(
            f"webhook {webhook!r}: {_sentence(model, option, error)}"
        ) from None


def did_you_mean(word: str, known: list[str]) -> str:
    """The mend for a misspelt word: the nearest known one, or all of them."""
    near = difflib.get_close_matches(word, known, n=1)
    return f"did you mean {near[0]!r}?" if near else f"choose from {', '.join(sorted(known))}."


def _sentence(model: type[Options], option: str, error: ValidationError) -> str:
    first = error.errors()[0]
    where = ".".join([option, *(str(part) for part in first["loc"])])
    if first["type"] == "extra_forbidden":
        owner = _model_at(model, first["loc"][:-1])
        mend = did_you_mean(str(first["loc"][-1]), _keys_of(owner))
        return f"unknown option {where!r}; {mend}"
    message = first["msg"].removeprefix("Value error, ").rstrip(".")
    if first["type"] == "missing":
        message = "this option is required"
    return f"option {where!r}: {message[0].lower()}{message[1:]}."


def _keys_of(model: type[Options]) -> list[str]:
    return [field.alias or name for name, field in model.model_fields.items()]


def _model_at(model: type[Options], path: tuple[int | str, ...]) -> type[Options]:
    for part in path:
        field = model.model_fields.get(str(part))
        said = field.annotation if field else None
        for inner in (said, *get_args(said)):  # the model itself, or one that may be left out
            if isinstance(inner, type) and issubclass(inner, Options):
                model = inner
    return model
