"""Fields of a payload that nobody is shown: ``body.card.number``, as a webhook's ``redact`` says.

Handlers and endpoints get the whole payload. What is shown of it to people has these fields
hidden, and so has what handlers log or raise that repeats their values.
"""

import json
import re
from collections.abc import Sequence
from typing import cast
from urllib.parse import urlencode

from layeron.errors import ConfigurationError
from layeron.payload import Json, parse_payload
from layeron.redaction import REDACTED

_FIELD = re.compile(r"body(\.[^.\s]+)+")
_MOST_FIELDS = 100
_MOST_TEXTS = 1_000


def read_fields(given: object, *, webhook: str) -> tuple[str, ...]:
    """The fields as they were declared: ``body.FIELD``, where ``*`` stands for every name.

    Raises:
        ConfigurationError: in one sentence that names the webhook, the option and the mend.
    """
    several = list(cast("Sequence[object]", given)) if isinstance(given, list | tuple) else None
    if several is None or len(several) > _MOST_FIELDS:
        raise ConfigurationError(
            f"webhook {webhook!r}: option 'redact': write a list of at most {_MOST_FIELDS} fields,"
            " such as ['body.card.number']."
        )
    for each in several:
        if not isinstance(each, str) or not _FIELD.fullmatch(each):
            raise ConfigurationError(
                f"webhook {webhook!r}: option 'redact': {each!r} is no field of a payload; write"
                " one such as 'body.card.number' or 'body.items.*.token'."
            )
    return tuple(cast("list[str]", several))


def without_fields(body: bytes, content_type: str, fields: Sequence[str]) -> bytes:
    """A body as it may be shown.

    One in which fields cannot be looked for, because it is neither JSON nor a form, is hidden
    whole.
    """
    if not fields:
        return body
    payload = parse_payload(body, content_type)
    if not isinstance(payload, dict | list):
        return REDACTED.encode()
    is_json = body.lstrip()[:1] in {b"{", b"["}
    try:
        for each in fields:
            payload = _without(payload, _steps(each))
        if is_json:
            return json.dumps(payload, ensure_ascii=False).encode("utf-8", "backslashreplace")
    except RecursionError:  # lists within lists within lists
        return REDACTED.encode()
    pairs = cast("dict[str, Json]", payload)
    return urlencode(pairs, doseq=True, safe="[]", errors="backslashreplace").encode()


def texts_in(body: bytes, content_type: str, fields: Sequence[str]) -> list[str]:
    """What the fields hold, to be found again in other texts."""
    payload = parse_payload(body, content_type) if fields else None
    if not isinstance(payload, dict | list):
        return []
    todo: list[tuple[Json, Sequence[str]]] = [(payload, _steps(each)) for each in fields]
    texts: set[str] = set()
    while todo and len(texts) < _MOST_TEXTS:
        value, steps = todo.pop()
        if isinstance(value, dict):
            rest = steps[1:]
            todo += [(each, rest) for name, each in value.items() if _is_at(steps, name)]
        elif isinstance(value, list):
            todo += [(each, _past(steps)) for _, each in _on_the_way(value, steps)]
        elif not steps and isinstance(value, str | int | float) and not isinstance(value, bool):
            texts.add(str(value))
    return sorted(texts)


def _without(value: Json, steps: Sequence[str]) -> Json:
    if not steps:
        return REDACTED
    if isinstance(value, dict):
        return {
            name: _without(each, steps[1:]) if _is_at(steps, name) else each
            for name, each in value.items()
        }
    if isinstance(value, list):
        changed = list(value)
        for number, each in _on_the_way(value, steps):
            changed[number] = _without(each, _past(steps))
        return changed
    return value


def _steps(field: str) -> Sequence[str]:
    return field.split(".")[1:]


def _is_at(steps: Sequence[str], name: str) -> bool:
    """Whether the way goes on by this name; where it has ended, all within is meant."""
    return not steps or steps[0] in {"*", name}


def _on_the_way(items: Sequence[Json], steps: Sequence[str]) -> list[tuple[int, Json]]:
    """The items that a way leads to: the one of a number, or all of them."""
    if steps and steps[0].isdecimal():
        number = int(steps[0])
        return [(number, items[number])] if number < len(items) else []
    return list(enumerate(items))


def _past(steps: Sequence[str]) -> Sequence[str]:
    """The way from an item on: a name that is no list's is looked for in each item."""
    return steps[1:] if steps and (steps[0] == "*" or steps[0].isdecimal()) else steps
