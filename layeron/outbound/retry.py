"""When a failed delivery is tried again."""

from datetime import timedelta
from typing import Literal, Self, TypedDict

from pydantic import Field, model_validator

from layeron.options import Duration, Options

# The example schedule of the Standard Webhooks specification: ten attempts over 75.6 hours.
# https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
_SCHEDULE = tuple(
    timedelta(seconds=seconds)
    for seconds in (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
)
_MOST_ATTEMPTS = 100


class OutboundRetry(Options):
    """When a failed delivery is tried again; without options, ten attempts over 75.6 hours.

    Attributes:
        schedule: the delay before the second attempt, the third, and so on, such as
            ``["5s", "5m", "2h"]``; an empty one makes a single attempt.
        attempts: instead of a schedule: how many in all.
        backoff: ``exponential`` doubles the delay each time, ``fixed`` keeps it.
        initial_delay_seconds: the delay before the second attempt.
        max_delay_seconds: no delay is longer than this.
        jitter: each delay is made longer by up to this part of it, so that what failed together
            is not tried again together.
    """

    schedule: tuple[Duration, ...] | None = Field(default=None, max_length=_MOST_ATTEMPTS - 1)
    attempts: int | None = Field(default=None, ge=1, le=_MOST_ATTEMPTS)
    backoff: Literal["exponential", "fixed"] = "exponential"
    initial_delay_seconds: float = Field(default=5, ge=0.001, le=86_400)
    max_delay_seconds: float = Field(default=86_400, gt=0, le=604_800)
    jitter: float = Field(default=0.1, ge=0, le=1)

    @model_validator(mode="after")
    def _says_it_one_way(self) -> Self:
        computed = {"attempts", "backoff", "initial_delay_seconds", "max_delay_seconds"}
        said = sorted(computed & self.model_fields_set)
        if self.schedule is not None and said:
            raise ValueError(f"schedule says every delay already; leave out {', '.join(said)}")
        if self.schedule is None and said and self.attempts is None:
            raise ValueError(f"{said[0]} needs attempts; say how many, such as attempts=10")
        if self.max_delay_seconds < self.initial_delay_seconds:
            raise ValueError(
                f"max_delay_seconds ({self.max_delay_seconds:g}) is below initial_delay_seconds"
                f" ({self.initial_delay_seconds:g}); raise the first or lower the second"
            )
        return self

    @property
    def delays(self) -> list[float]:
        """Seconds before the second attempt, the third, and so on; without jitter."""
        if self.attempts is None:
            chosen = _SCHEDULE if self.schedule is None else self.schedule
            return [each.total_seconds() for each in chosen]
        factor = 2.0 if self.backoff == "exponential" else 1.0
        grown = (self.initial_delay_seconds * factor**n for n in range(self.attempts - 1))
        return [min(each, self.max_delay_seconds) for each in grown]


class OutboundRetryDict(TypedDict, total=False):
    """The keys of `OutboundRetry`."""

    schedule: list[str | float | timedelta]
    attempts: int
    backoff: Literal["exponential", "fixed"]
    initial_delay_seconds: float
    max_delay_seconds: float
    jitter: float
