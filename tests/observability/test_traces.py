"""One trace from a provider's request to the endpoint that is sent to, as a collector gets it."""

from collections.abc import AsyncGenerator, Iterable

from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from temporalio.client import WorkflowHistory
from temporalio.contrib.opentelemetry import TracingInterceptor
from temporalio.worker import Replayer
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner

from layeron import backend
from layeron.adapters.temporal.converter import DATA_CONVERTER
from tests.observability.collector import Exported
from tests.observability.flow import Fulfil
from tests.observability.story import BAGGAGE, CARD, SENDERS_SPAN, SENDERS_TRACE, Shop
from tests.support.temporal import TemporalServer
from tests.support.vendor import SECRET
from tests.workflows.test_histories import OURS, RECORDED, history_in
from worker import restrictions_for


def only(spans: Iterable[Exported], name: str) -> Exported:
    found = [each for each in spans if each.name == name]
    assert len(found) == 1, (name, [each.name for each in found])
    return found[0]


def ancestry(spans: Iterable[Exported], span: Exported) -> list[str]:
    """The names from a span up to the first one of its trace."""
    by_id = {each.span_id: each for each in spans}
    names = [span.name]
    while span.parent in by_id:
        span = by_id[span.parent]
        names.append(span.name)
    return names


def test_one_trace_leads_from_the_receipt_to_the_endpoint_that_the_handler_sent_to(
    shop: Shop,
) -> None:
    trace = shop.trace_of("order.created")
    assert ancestry(trace, only(trace, "POST")) == [
        "POST",
        "deliver",
        "RunActivity:deliver_first",
        "StartActivity:deliver_first",
        "StartWorkflow:OutboundWorkflow",
        "charge the card",  # the handler's own
        "handler",
        "RunActivity:handle_event",
        "StartActivity:handle_event",
        "StartWorkflow:InboundWorkflow",
        "receive",
    ]
    for beside in ("intake.verify", "RunWorkflow:InboundWorkflow", "RunWorkflow:OutboundWorkflow"):
        assert ancestry(trace, only(trace, beside))[-1] == "receive"
    assert {each.service for each in trace} == {"layeron-api", "layeron-worker"}
    assert shop.collector.kinds == {"application/x-protobuf"}


def test_a_span_says_which_event_it_is_about_and_how_it_ended(shop: Shop) -> None:
    trace = shop.trace_of("order.created")
    event = {
        "layeron.event.id": shop.records["order.created"]["id"],
        "layeron.event.type": "order.created",
        "layeron.webhook": "vendor",
        "layeron.namespace": "default",
    }
    receipt = only(trace, "receive")
    assert receipt.attributes == {**event, "http.response.status_code": 202}
    assert receipt.kind == "SPAN_KIND_SERVER"
    ended = {"layeron.attempt": 1, "layeron.status": "succeeded"}
    assert only(trace, "handler").attributes == {**event, **ended}
    delivery = only(trace, "deliver").attributes
    assert delivery.items() >= ended.items()
    assert delivery["layeron.event.id"] == shop.customer.requests[0]["webhook-id"]
    assert delivery["layeron.endpoint.id"].startswith("whep_")
    request = only(trace, "POST")
    assert request.kind == "SPAN_KIND_CLIENT"
    assert request.attributes["http.response.status_code"] == 204


def test_a_failure_is_told_by_its_type_alone(shop: Shop) -> None:
    failed = only(shop.trace_of("order.refused"), "handler")
    assert (failed.status, failed.message) == ("STATUS_CODE_ERROR", "ValueError")
    assert shop.records["order.refused"]["status"] == "dead_letter"


def test_a_handler_that_is_a_workflow_is_part_of_the_trace_as_are_its_activities(
    shop: Shop,
) -> None:
    trace = shop.trace_of("order.packed")
    assert ancestry(trace, only(trace, "RunActivity:pack")) == [
        "RunActivity:pack",
        "StartActivity:pack",
        "StartChildWorkflow:Fulfil",
        "StartWorkflow:InboundWorkflow",
        "receive",
    ]
    assert shop.records["order.packed"]["status"] == "succeeded"


def test_no_span_holds_a_secret_a_body_or_a_header_value(shop: Shop) -> None:
    exported = "".join(each.words for each in shop.collector.spans)
    assert only(shop.trace_of("order.broken"), "CompleteWorkflow:Fulfil").words in exported
    for word in (SECRET, CARD, BAGGAGE, "a-stranger", "a-token-in-the-path", "a-query", "sha256="):
        assert word not in exported


def test_a_strangers_trace_is_not_continued_but_linked_to_once_the_request_is_verified(
    shop: Shop,
) -> None:
    assert SENDERS_TRACE not in {each.trace_id for each in shop.collector.spans}
    assert only(shop.trace_of("order.created"), "receive").links == (SENDERS_TRACE,)
    (refused,) = [each for each in shop.collector.spans if "error.type" in each.attributes
                  and each.name == "receive"]  # fmt: skip
    assert refused.attributes["http.response.status_code"] == 401
    assert refused.links == ()


def test_endpoints_are_told_nothing_of_our_traces(shop: Shop) -> None:
    assert [each for each in shop.customer.requests[0] if each.startswith("trace")] == []


def test_a_trusted_senders_trace_is_continued_to_the_endpoint(trusting: Shop) -> None:
    trace = trusting.trace_of("order.created")
    assert only(trace, "receive").parent == SENDERS_SPAN
    request = only(trace, "POST")
    named = trusting.customer.requests[0]["traceparent"]
    assert named == f"00-{SENDERS_TRACE}-{request.span_id}-01"
    assert "baggage" not in trusting.customer.requests[0]


def test_a_trusted_sender_decides_whether_its_trace_is_exported(trusting: Shop) -> None:
    assert trusting.records["order.packed"]["status"] == "succeeded"
    assert {each.trace_id for each in trusting.collector.spans} == {SENDERS_TRACE}


def test_log_lines_carry_the_event_and_its_trace_whoever_logs_them(shop: Shop) -> None:
    lines = shop.said.splitlines()
    for event_type, own in (("order.created", "charging for"), ("order.refused", "refusing")):
        trace_id = only(shop.trace_of(event_type), "receive").trace_id
        event_id = shop.records[event_type]["id"]
        told = [each for each in lines if each.endswith(f"trace_id={trace_id}")]
        assert all(event_id in each for each in told)
        assert [each for each in told if own in each]  # by a handler, in its thread or not
        assert [each for each in told if f"accepted {event_type}" in each]
        assert len(told) == 3
    assert CARD not in shop.said
    assert SECRET not in shop.said


def test_an_event_that_waited_for_the_engine_stays_in_its_trace(shop: Shop) -> None:
    trace = shop.trace_of("order.late")
    assert ancestry(trace, only(trace, "handler"))[-2:] == [
        "StartWorkflow:InboundWorkflow",
        "receive",
    ]


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
