"""What tracing costs and does where nobody asked for it, or asked for what there is not."""

import subprocess
import sys

import pytest

from layeron import ConfigurationError
from layeron.adapters.tracing import is_asked_for
from layeron.tracing import current_span, receiving, sender_of, traceparent
from tests.observability.story import SENDERS_TRACE, TRACEPARENT
from tests.support.command import ROOT, variables

ENDPOINT = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318"}

_START = """
import asyncio, sys
import api.main, worker
from layeron.adapters.temporal.tracing import tracing_interceptors
from layeron.adapters.tracing import exporting_traces

async def start():
    async with exporting_traces("service"):
        print(tracing_interceptors(), [each for each in sys.modules if "opentelemetry.sdk" in each])

asyncio.run(start())
"""


def test_without_a_receiver_neither_interceptors_nor_the_sdk_are_loaded() -> None:
    kept = {name: each for name, each in variables().items() if not name.startswith("OTEL_")}
    command = [sys.executable, "-c", _START]
    told = subprocess.run(
        command, cwd=ROOT, env=kept, capture_output=True, text=True, check=True, timeout=60
    )
    assert told.stdout.strip() == "[] []"


@pytest.mark.parametrize(
    ("environ", "asked"),
    [
        ({}, False),
        (ENDPOINT, True),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://127.0.0.1:4318/v1/traces"}, True),
        ({**ENDPOINT, "OTEL_SDK_DISABLED": "true"}, False),
        ({**ENDPOINT, "OTEL_TRACES_EXPORTER": "none"}, False),
        ({**ENDPOINT, "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf"}, True),
    ],
)
def test_opentelemetrys_own_variables_decide(environ: dict[str, str], asked: bool) -> None:  # noqa: FBT001  # a column of the table
    assert is_asked_for(environ) == asked


def test_a_protocol_that_is_not_spoken_is_refused_with_the_one_that_is() -> None:
    with pytest.raises(ConfigurationError, match=r"OTEL_EXPORTER_OTLP_PROTOCOL.*http/protobuf"):
        is_asked_for({**ENDPOINT, "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"})


@pytest.mark.parametrize(
    "named",
    [
        [],
        [TRACEPARENT, TRACEPARENT],
        [""],
        ["garbage"],
        [TRACEPARENT.upper()],
        [f"00-{'0' * 32}-00f067aa0ba902b7-01"],
        [f"00-{SENDERS_TRACE}-{'0' * 16}-01"],
        [f"{TRACEPARENT}-more"],
        [f"ff-{SENDERS_TRACE}-00f067aa0ba902b7-01"],
        ["\ud800\r\nx: y"],
        ["0" * 100_000],
    ],
)
def test_what_names_no_span_is_as_good_as_nothing(named: list[str]) -> None:
    assert sender_of(named) is None


def test_a_trusted_senders_trace_is_in_log_lines_even_where_none_is_exported() -> None:
    sender = sender_of([TRACEPARENT])
    with receiving("default", "vendor", sender, trusted=True):
        span = current_span()
        assert span is not None
        assert f"{span.trace_id:032x}" == SENDERS_TRACE
    with receiving("default", "vendor", sender, trusted=False):
        assert current_span() is None
        assert traceparent() is None
