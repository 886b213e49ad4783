"""Options that several commands share, written once."""

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any

_LAST = ("as_json", "url", "data_dir")
"""The options of nearly every command stand at the end of its help."""


def with_options(
    *makers: Callable[..., Any],
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Make a command take the options of *makers* besides its own.

    What each of them makes of its options is handed to the command, in this order, before the
    command's own parameters.
    """
    options = [inspect.signature(each).parameters for each in makers]

    def merged(command: Callable[..., None]) -> Callable[..., None]:
        @wraps(command)
        def run(**given: Any) -> None:
            made = [
                maker(**{name: given.pop(name) for name in its})
                for maker, its in zip(makers, options, strict=True)
            ]
            command(*made, **given)

        own = list(inspect.signature(command).parameters.values())[len(makers) :]
        shared = [each for its in options for each in its.values()]
        parameters = [
            each.replace(kind=inspect.Parameter.KEYWORD_ONLY)
            for each in sorted([*shared, *own], key=lambda each: each.name in _LAST)
        ]
        # Typer reads what a command takes from these two.
        run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # read by inspect
        run.__annotations__ = {each.name: each.annotation for each in parameters}
        return run

    return merged
