"""The runtime of Temporal's SDK, when what it measures is scraped.

A process has one, as every connection shares it. The SDK exports for itself, so that counting
costs no Python; it listens on loopback alone, and our own scrape asks it there.
"""

import socket
from functools import cache

from temporalio.runtime import PrometheusConfig, Runtime, TelemetryConfig

_TRIES = 5


@cache
def sdk_metrics_address() -> str:
    """Measure all connections that this process makes from now on; where that is scraped.

    Raises:
        RuntimeError: no port of loopback can be had.
    """
    for left in reversed(range(_TRIES)):
        address = f"127.0.0.1:{_free_port()}"
        config = PrometheusConfig(
            bind_address=address, counters_total_suffix=True, unit_suffix=True,
            durations_as_seconds=True,
        )  # fmt: skip
        try:
            runtime = Runtime(telemetry=TelemetryConfig(metrics=config))
        except (RuntimeError, ValueError):
            # Somebody else took the port in between.
            if not left:
                raise
        else:
            Runtime.set_default(runtime, error_if_already_set=False)
            return address
    raise AssertionError("unreachable")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
