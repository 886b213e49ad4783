"""Texts that nothing else holds, one for each place that a secret comes from."""

import uuid
from collections.abc import Iterable

from tests.privacy.codec import forms


class Canaries(dict[str, str]):
    """Secrets by what they are for.

    Attributes:
        marker: no secret: it shows that a place has been looked through.
    """

    def __init__(self, names: Iterable[str]) -> None:
        super().__init__({name: f"canary{uuid.uuid4().hex}" for name in names})
        self.marker = f"marker{uuid.uuid4().hex}"

    def found_in(self, text: str) -> set[str]:
        """The names of those that a text holds, written plainly or in base64."""
        return {
            name for name, canary in self.items() if any(form in text for form in forms(canary))
        }


def signing_key(canary: str) -> str:
    """A secret of Standard Webhooks in which the canary is the encoded key."""
    return f"whsec_{canary[: len(canary) // 4 * 4]}"
