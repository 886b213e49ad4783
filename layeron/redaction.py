"""Take secrets out of text that others will read: errors, tracebacks, log lines."""

import re
from collections.abc import Iterable

REDACTED = "[redacted]"

_SHORTEST = 6
_SHAPES = re.compile(
    r"(?P<scheme>\b(?:Bearer|Basic)\s+)[A-Za-z0-9._~+/=-]{8,}"
    r"|\b(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{8,}"
    r"|\bwh(?:sec|cms|sk)_[A-Za-z0-9+/=_-]{8,}"
    r"|\blyr_[a-z0-9]{26}_[A-Za-z0-9_-]{16,}"
    r"|(?P<login>://[^\s/:@]+:)[^\s/@]+(?=@)",
)


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """Replace known secret values, and what has the shape of a credential, by ``[redacted]``."""
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) >= _SHORTEST:
            text = text.replace(secret, REDACTED)
    return _SHAPES.sub(lambda m: f"{m['scheme'] or m['login'] or ''}{REDACTED}", text)
