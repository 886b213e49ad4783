"""Workflows that are replayed, as after a deployment, make no span a second time."""

from collections.abc import AsyncGenerator

from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from temporalio.client import WorkflowHistory
from temporalio.contrib.opentelemetry import TracingInterceptor
from temporalio.worker import Replayer
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner

from layeron import backend
from layeron.adapters.temporal.converter import DATA_CONVERTER
from tests.observability.flow import Fulfil
from tests.observability.story import Shop
from tests.support.temporal import TemporalServer
from tests.workflows.test_histories import OURS, RECORDED, history_in
from worker import restrictions_for


def traced_replayer(exporter: InMemorySpanExporter) -> Replayer:
    app = backend()
    app.use(Fulfil)
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    return Replayer(
        workflows=[*OURS, Fulfil],
        data_converter=DATA_CONVERTER,
        workflow_runner=SandboxedWorkflowRunner(restrictions=restrictions_for(app)),
        interceptors=[TracingInterceptor(provider.get_tracer("tests"))],
        workflow_failure_exception_types=[],
    )


async def test_a_traced_workflow_is_replayed_without_spans(
    shop: Shop, engine: TemporalServer
) -> None:
    client = await engine.connect()
    exporter = InMemorySpanExporter()
    for event_type in ("order.created", "order.packed"):
        workflow_id = shop.records[event_type]["workflow_id"]
        history = await client.get_workflow_handle(workflow_id).fetch_history()
        assert "_tracer-data" in history.to_json()
        await traced_replayer(exporter).replay_workflow(history)
    child = f"{shop.records['order.packed']['workflow_id']}/handler/1"
    history = await client.get_workflow_handle(child).fetch_history()
    await traced_replayer(exporter).replay_workflow(history)  # in the sandbox
    assert exporter.get_finished_spans() == ()


async def test_what_began_before_traces_were_exported_goes_on() -> None:
    exporter = InMemorySpanExporter()

    async def histories() -> AsyncGenerator[WorkflowHistory]:
        for path in RECORDED:
            yield history_in(path)

    results = await traced_replayer(exporter).replay_workflows(
        histories(), raise_on_replay_failure=False
    )
    assert results.replay_failures == {}
    assert exporter.get_finished_spans() == ()
