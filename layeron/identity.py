"""Who an event is: its public id, its workflow id and its dedupe key."""

import hashlib
from datetime import UTC, datetime
from urllib.parse import quote

from ulid import ULID

_ULID_LENGTH = 26
_LONGEST_KEY = 96
"""With names of 40 characters, a generation, a replay and a handler, a workflow id stays below the
255 characters that Temporal's SQL stores keep."""

_LONGEST_ID = 16 * 2**10


def new_event_id(at: datetime) -> str:
    """Mint an event id whose order is the order of reception."""
    return f"whevt_{ULID.from_datetime(at)}"


def event_id_floor(at: datetime) -> str:
    """The smallest id an event received at *at* can have: a bound for queries by time."""
    stamp = ULID.from_timestamp(at.timestamp()).bytes[:6]
    return f"whevt_{ULID(stamp + bytes(10))}"


def new_bulk_id(at: datetime) -> str:
    """Mint an id for a bulk replay."""
    return f"whblk_{ULID.from_datetime(at)}"


def new_audit_id(at: datetime) -> str:
    """Mint an id for an entry of the audit log, ordered by time."""
    return f"whaud_{ULID.from_datetime(at)}"


def is_bulk_id(text: str) -> bool:
    """Whether *text* has the form of the id of a bulk replay."""
    return _is_id(text, "whblk")


def is_audit_id(text: str) -> bool:
    """Whether *text* has the form of the id of an entry of the audit log."""
    return _is_id(text, "whaud")


def new_endpoint_id(at: datetime) -> str:
    """Mint an id for an endpoint that is created at run time."""
    return f"whep_{ULID.from_datetime(at)}"


def declared_endpoint_id(namespace: str, webhook: str, name: str) -> str:
    """The id of a declared endpoint, the same in every process."""
    digest = hashlib.sha256(f"{namespace}/{webhook}/{name}".encode()).digest()
    return f"whep_{ULID(digest[:16])}"


def user_owner(namespace: str, webhook: str, user_id: str) -> str:
    """Who owns the secret that a user's endpoints of a webhook share."""
    return f"user/{namespace}/{webhook}/{user_id}"


def new_secret_id(at: datetime) -> str:
    """Mint an id for a generated signing secret."""
    return f"whkey_{ULID.from_datetime(at)}"


def new_rejection_id(at: datetime) -> str:
    """Mint an id for a refused request, ordered by reception like an event's."""
    return f"whrej_{ULID.from_datetime(at)}"


def is_event_id(text: str) -> bool:
    """Whether *text* has the form of an event id."""
    return _is_id(text, "whevt")


def is_endpoint_id(text: str) -> bool:
    """Whether *text* has the form of the id of an endpoint."""
    return _is_id(text, "whep")


def is_rejection_id(text: str) -> bool:
    """Whether *text* has the form of the id of a refused request."""
    return _is_id(text, "whrej")


def _is_id(text: str, kind: str) -> bool:
    prefix, _, ulid = text.partition("_")
    if prefix != kind or len(ulid) != _ULID_LENGTH:
        return False
    try:
        ULID.from_str(ulid)
    except ValueError:
        return False
    return True


def received_at(event_id: str) -> datetime:
    """When the event with this id was received, to the millisecond, in UTC."""
    return ULID.from_str(event_id.removeprefix("whevt_")).datetime.astimezone(UTC)


def attempt_id(event_id: str, replay: int, number: int) -> str:
    """The id of one attempt, the same each time it is asked for."""
    digest = hashlib.sha256(f"{event_id}/{replay}/{number}".encode()).digest()
    return f"whatt_{ULID(digest[:16])}"


def delivery_attempt_id(event_id: str, endpoint_id: str, replay: int, number: int) -> str:
    """The id of one attempt to deliver, the same each time it is asked for."""
    text = f"{event_id}/{endpoint_id}/{replay}/{number}"
    return f"whatt_{ULID(hashlib.sha256(text.encode()).digest()[:16])}"


def escape_key(key: str) -> str:
    """Make a provider's id safe and short enough for a workflow id; different keys stay different.

    A literal key never holds ``:``, so a hashed one cannot be imitated.
    """
    raw = key.encode("utf-8", "surrogatepass")
    escaped = quote(raw, safe="")
    if len(escaped) <= _LONGEST_KEY:
        return escaped
    return _digest(raw)


def bounded_id(text: str) -> str:
    """What a provider calls an event; one too long for the engine's history is its digest."""
    if len(text) <= _LONGEST_ID:
        return text
    return _digest(text.encode("utf-8", "surrogatepass"))


def inbound_workflow_id(namespace: str, webhook: str, key: str) -> str:
    """The workflow id of the first event with this dedupe key."""
    return f"inbound/{namespace}/{webhook}/{escape_key(key)}"


def outbound_workflow_id(namespace: str, webhook: str, key: str) -> str:
    """The workflow id of the event with this idempotency key, or with this id where it has none."""
    return f"outbound/{namespace}/{webhook}/{escape_key(key)}"


def lane_workflow_id(endpoint_id: str) -> str:
    """The workflow id of the lane of a ``fifo`` endpoint."""
    return f"lane/{endpoint_id}"


def bulk_workflow_id(bulk_id: str) -> str:
    """The workflow id of a bulk replay."""
    return f"bulk/{bulk_id}"


def erasing_workflow_id(user_id: str) -> str:
    """The workflow id of erasing what was sent for a user; who that is cannot be read from it."""
    return f"erasing/{hashlib.sha256(user_id.encode()).hexdigest()}"


def next_generation_id(base: str, expired_run_id: str) -> str:
    """The workflow id of the event after one whose dedupe window is over.

    It is derived from the run it follows, so two requests that race past the same expired
    event ask for the same id and only one of them starts.
    """
    return f"{base}/after/{expired_run_id}"


def replay_workflow_id(workflow_id: str, number: int) -> str:
    """The workflow id of an event's replay number *number*."""
    return f"{workflow_id}/replay/{number}"


def body_name(namespace: str, webhook: str, key: str, sha256: str, at: datetime) -> str:
    """Where a raw body is stored: the same event and bytes always have the same name."""
    owner = hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:32]
    return f"{namespace}/{webhook}/{at:%Y/%m/%d}/{owner}-{sha256}"


def _digest(raw: bytes) -> str:
    return f"sha256:{hashlib.sha256(raw).hexdigest()}"
