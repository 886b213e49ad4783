"""What handlers did, by their own word: each run is on the disk before it succeeds."""

import json
import os
import time
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the handler that came to its end.

    Attributes:
        id: the provider's id of the event.
        at: when, by the machine's monotonic clock, which all processes share and none can set.
    """

    id: str
    attempt: int
    at: float


def note(path: Path, event_id: str, attempt: int) -> None:
    """Write down a run that ends now; neither a kill nor a power cut can take it back."""
    line = f"{json.dumps(asdict(Run(event_id, attempt, time.monotonic())))}\n"
    ledger = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(ledger, line.encode())
        os.fsync(ledger)
    finally:
        os.close(ledger)


def runs(path: Path, prefix: str) -> list[Run]:
    """The runs of events whose ids begin so, in order."""
    lines = path.read_text().splitlines() if path.exists() else []
    found = (Run(**json.loads(line)) for line in lines)
    return [each for each in found if each.id.startswith(prefix)]
