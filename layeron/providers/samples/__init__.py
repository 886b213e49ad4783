"""Realistic examples of what providers send, each with ids and times of its own."""

import secrets
import time


def fresh_id(prefix: str = "", size: int = 24) -> str:
    """An id nobody had before, such as ``evt_3f…``."""
    return f"{prefix}{secrets.token_hex(size // 2)}"


def unix_now() -> int:
    """Seconds since 1970."""
    return int(time.time())


def iso_now() -> str:
    """Now in UTC, such as ``2026-05-04T10:00:00Z``."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
