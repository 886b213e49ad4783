"""Providers' own libraries as judges of requests: each says of every request whether it is good."""

from collections.abc import Callable, Sequence
from typing import TypeAlias

from layeron.request import Request
from tests.support.node import ask_node

Judge: TypeAlias = Callable[[Sequence[Request], str], list[bool]]
"""Whether the library accepts each of several requests with a secret."""


def judge_of(verify: Callable[[Request, str], object]) -> Judge:
    """A judge by a function that raises when it refuses a request."""

    def accepts(request: Request, secret: str) -> bool:
        try:
            verify(request, secret)
        except Exception:  # noqa: BLE001  # each library has errors of its own
            return False
        return True

    return lambda requests, secret: [accepts(each, secret) for each in requests]


def judge_in_node(script: str, **headers: str) -> Judge:
    """A judge by a script for Node, which gets the values of these headers by name."""

    def judge(requests: Sequence[Request], secret: str) -> list[bool]:
        cases = [
            {name: each.headers.get(header, "") for name, header in headers.items()}
            | {"secret": secret, "body": each.body.decode()}
            for each in requests
        ]
        return ask_node(script, cases)

    return judge
