"""Metrics: what API and worker of a real service tell when they are scraped."""

from pathlib import Path

import pytest

from layeron.ports.metrics import TABLE, Metric
from tests.observability.metering import Sample, Scrape, scraped_service
from tests.observability.queries import Selector, selectors_of
from tests.support import vendor
from tests.support.temporal import TemporalServer

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = (ROOT / "docs/observability.md").read_text()
QUERIES = selectors_of(ROOT / "deploy/observability")


@pytest.fixture(scope="session")
def scrape(tmp_path_factory: pytest.TempPathFactory, temporal: TemporalServer) -> Scrape:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(vendor.SECRET_NAME, vendor.SECRET)
        return scraped_service(tmp_path_factory.mktemp("metered"), temporal.address)


@pytest.mark.parametrize("metric", TABLE, ids=lambda each: each.name)
def test_every_metric_of_the_table_is_in_the_scrape_with_its_labels(
    scrape: Scrape, metric: Metric
) -> None:
    ending = "_bucket" if metric.kind == "histogram" else ""
    found = [each for each in scrape.samples if each.name == metric.name + ending]
    assert found
    expected = {*metric.labels, *(["le"] if ending else [])}
    assert {frozenset(each.labels) for each in found} == {frozenset(expected)}


@pytest.mark.parametrize("metric", TABLE, ids=lambda each: each.name)
def test_every_metric_of_the_table_has_its_row_in_the_document(metric: Metric) -> None:
    labels = ", ".join(f"`{each}`" for each in metric.labels) or "none"
    row = f"| `{metric.name}` | {metric.kind} | {labels} | {metric.help} |"
    assert row in DOCUMENT.splitlines()


def test_the_document_names_no_metric_that_does_not_exist() -> None:
    rows = [each for each in DOCUMENT.splitlines() if each.startswith("| `layeron_")]
    assert len(rows) == len(TABLE)


@pytest.mark.parametrize("selector", QUERIES, ids=str)
def test_a_query_of_dashboard_or_alert_finds_its_series_in_the_scrape(
    scrape: Scrape, selector: Selector
) -> None:
    named = [each for each in scrape.samples if each.name == selector.metric]
    assert named, selector.metric
    assert any(selector.grouped_by <= each.labels.keys() for each in named)
    assert any(selector.matches(each.labels) for each in named)


def test_what_happened_is_counted(scrape: Scrape) -> None:
    ours = {"namespace": "default", "webhook": "vendor"}
    sent = {"namespace": "default", "webhook": "billing"}
    assert scrape.value("layeron_events_received_total", **ours) == 2
    assert scrape.value("layeron_events_duplicate_total", **ours) == 2
    assert scrape.value("layeron_requests_rejected_total", **ours, cause="no_match") == 1
    assert scrape.value("layeron_requests_rejected_total", **ours, cause="body_too_large") == 1
    assert scrape.value("layeron_ack_seconds_count", **ours, outcome="accepted") == 2
    assert scrape.value("layeron_attempts_total", **ours, outcome="failed") == 1
    assert scrape.value("layeron_handler_seconds_count", **ours, outcome="succeeded") == 1
    assert scrape.value("layeron_dead_letters_total", **ours, direction="inbound") == 1
    assert scrape.value("layeron_delivery_attempts_total", **sent, outcome="succeeded") == 1
    assert scrape.value("layeron_delivery_seconds_count", **sent, outcome="status") == 2
    assert scrape.value("layeron_dead_letters_total", **sent, direction="outbound") == 1
    assert scrape.value("layeron_endpoints_disabled_total", **sent, reason="gone") == 1
    assert scrape.value("layeron_part_seconds_count", part="bucket", operation="put") == 4
    assert scrape.value("layeron_source_up") == 4


def test_a_webhook_can_be_left_out(scrape: Scrape) -> None:
    assert not [each for each in scrape.samples if each.labels.get("webhook") == "quiet"]


def test_what_senders_chose_is_in_no_label(scrape: Scrape) -> None:
    told = {text for each in scrape.samples for text in each.labels.values()}
    assert not [each for each in told if each.startswith(("order.", "invoice.", "evt_", "whev"))]


def test_a_process_tells_each_series_once(scrape: Scrape) -> None:
    for text in (scrape.api, scrape.worker):
        lines = [each.rpartition(" ")[0] for each in text.splitlines() if each[:1] != "#"]
        assert len(lines) == len(set(lines))


def test_temporals_sdk_is_in_the_same_scrape(scrape: Scrape) -> None:
    def started(each: Sample) -> bool:
        asked = each.labels.get("operation") == "StartWorkflowExecution"
        return each.name == "temporal_request_total" and asked

    assert sum(each.value for each in scrape.samples if started(each)) >= 4
    assert scrape.value("temporal_worker_task_slots_available", worker_type="ActivityWorker") > 0
