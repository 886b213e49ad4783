"""The deployment that deploy/gke describes, as far as it can be judged without a cluster."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml
from kubernetes_validate.utils import validate  # pyright: ignore[reportMissingTypeStubs]  # it has none

from api.health import health_routes
from layeron.durations import parse_duration
from layeron.settings import Settings, unknown_variables
from tests.deploy.terraform import ROOT

GKE = ROOT / "deploy" / "gke"
KUSTOMIZATION: dict[str, Any] = yaml.safe_load((GKE / "kustomization.yaml").read_text())
COMPONENTS: dict[str, dict[str, Any]] = {
    path.parent.name: yaml.safe_load(path.read_text())
    for path in sorted(GKE.glob("*/kustomization.yaml"))
}
"""What is not there unless it is asked for."""
OBJECTS: list[dict[str, Any]] = [
    each
    for folder, known in (("", KUSTOMIZATION), *COMPONENTS.items())
    for name in known["resources"]
    for each in yaml.safe_load_all((GKE / folder / name).read_text())
]
KUBERNETES = "1.34"
FOREIGN = {"Gateway", "HTTPRoute", "HealthCheckPolicy", "PodMonitoring"}
"""Kinds of the Gateway API and of Google, which Kubernetes' own schemas do not have."""

HEALTH = {each.path for each in health_routes({})}


def named(kind: str) -> dict[str, dict[str, Any]]:
    return {each["metadata"]["name"]: each for each in OBJECTS if each["kind"] == kind}


def pod(name: str) -> dict[str, Any]:
    found: dict[str, Any] = named("Deployment")[name]["spec"]["template"]["spec"]
    return found


def containers() -> Iterator[dict[str, Any]]:
    for name in named("Deployment"):
        yield from [*pod(name).get("initContainers", []), *pod(name)["containers"]]


def added_by(component: str) -> dict[str, str]:
    """The variables that a component adds to each process."""
    (patch,) = COMPONENTS[component]["patches"]
    assert patch["target"] == {"kind": "Deployment"}
    added = yaml.safe_load(patch["patch"])
    assert {(each["op"], each["path"]) for each in added} == {
        ("add", "/spec/template/spec/containers/0/env/-")
    }
    return {each["value"]["name"]: each["value"]["value"] for each in added}


@pytest.mark.parametrize(
    "thing", OBJECTS, ids=lambda each: f"{each['kind']} {each['metadata']['name']}"
)
def test_every_object_has_the_form_that_kubernetes_asks_for(thing: dict[str, Any]) -> None:
    if thing["kind"] in FOREIGN:
        assert thing["apiVersion"].split("/")[0].endswith(("k8s.io", "gke.io", "googleapis.com"))
    else:
        validate(thing, KUBERNETES, strict=True)


def test_every_file_is_in_the_kustomization() -> None:
    files = {path.name for path in GKE.glob("*.yaml")}
    assert files == {*KUSTOMIZATION["resources"], "kustomization.yaml", "temporal-values.yaml"}
    for folder, component in COMPONENTS.items():
        files = {path.name for path in (GKE / folder).iterdir()}
        assert files == {*component["resources"], "kustomization.yaml"}


def test_components_are_named_and_not_there_unless_asked_for() -> None:
    assert KUSTOMIZATION.get("components") is None
    named_there = f"# components: [{', '.join(COMPONENTS)}]\n"
    assert named_there in (GKE / "kustomization.yaml").read_text()
    assert {each["kind"] for each in COMPONENTS.values()} == {"Component"}


def test_every_setting_is_one_that_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    (generated,) = KUSTOMIZATION["configMapGenerator"]
    given = dict(each.split("=", 1) for each in generated["literals"])
    for each in containers():
        given |= {variable["name"]: variable["value"] for variable in each.get("env", [])}
    for component in COMPONENTS:
        given |= added_by(component)
    given |= {
        "LAYERON_PRODUCTION": "true",
        "LAYERON_DATABASE_URL": "postgresql://layeron:x@10.0.0.1:5432/layeron",
    }
    assert unknown_variables(given) == []
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    assert Settings().production


@pytest.mark.parametrize("name", ["api", "worker"])
def test_a_pod_is_given_longer_to_end_than_it_takes(name: str) -> None:
    (container,) = pod(name)["containers"]
    (drain,) = [
        each["value"] for each in container["env"] if each["name"].endswith("_DRAIN_TIMEOUT")
    ]
    sleep = container.get("lifecycle", {}).get("preStop", {}).get("sleep", {}).get("seconds", 0)
    given = pod(name)["terminationGracePeriodSeconds"]
    assert given > sleep + parse_duration(drain).total_seconds()


def test_the_probes_ask_for_pages_that_exist() -> None:
    (container,) = pod("api")["containers"]
    probes = ["startupProbe", "livenessProbe", "readinessProbe"]
    asked = {container[each]["httpGet"]["path"] for each in probes}
    policy = named("HealthCheckPolicy")["api"]["spec"]["default"]["config"]["httpHealthCheck"]
    assert asked | {policy["requestPath"]} <= HEALTH


def test_no_pod_has_more_rights_than_it_needs() -> None:
    for name in named("Deployment"):
        assert pod(name)["securityContext"]["runAsNonRoot"] is True
        assert pod(name)["automountServiceAccountToken"] is False
        assert pod(name)["serviceAccountName"] in named("ServiceAccount")
    for each in containers():
        assert each["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }


def test_what_scales_and_what_is_drained_is_there() -> None:
    deployments = set(named("Deployment"))
    assert set(named("PodDisruptionBudget")) == set(named("HorizontalPodAutoscaler")) == deployments
    for name, scaler in named("HorizontalPodAutoscaler").items():
        assert scaler["spec"]["scaleTargetRef"]["name"] == name
        assert "replicas" not in named("Deployment")[name]["spec"]


def test_workers_reach_public_addresses_on_the_ports_that_events_may_be_sent_to() -> None:
    policy = named("NetworkPolicy")["worker"]["spec"]
    (rule,) = policy["egress"]
    assert tuple(each["port"] for each in rule["ports"]) == Settings().outbound_ports
    (to,) = rule["to"]
    assert "169.254.0.0/16" in to["ipBlock"]["except"]
    assert named("NetworkPolicy")["nobody"]["spec"]["podSelector"] == {}


def test_metrics_are_served_where_they_are_scraped_and_to_who_scrapes_them() -> None:
    added = added_by("metrics")
    assert set(added) == {"LAYERON_METRICS_PORT", "LAYERON_METRICS_HOST"}
    monitoring, policy = named("PodMonitoring")["layeron"], named("NetworkPolicy")["metrics"]
    (endpoint,), (rule,) = monitoring["spec"]["endpoints"], policy["spec"]["ingress"]
    assert endpoint["path"] == "/metrics"
    assert endpoint["port"] == rule["ports"][0]["port"] == int(added["LAYERON_METRICS_PORT"])
    assert monitoring["spec"]["selector"] == policy["spec"]["podSelector"] == every_process()
    (admitted,) = rule["from"]
    assert set(admitted) == {"namespaceSelector"}


def test_traces_may_go_where_they_are_sent() -> None:
    ((name, url),) = added_by("traces").items()
    assert name == "OTEL_EXPORTER_OTLP_ENDPOINT"
    policy = named("NetworkPolicy")["traces"]["spec"]
    assert policy["podSelector"] == every_process()
    (rule,) = policy["egress"]
    (to,) = rule["to"]
    (namespace,) = to["namespaceSelector"]["matchLabels"].values()
    address = urlsplit(url)
    assert (address.hostname or "").split(".")[1:] == [namespace, "svc"]
    assert rule["ports"] == [{"port": address.port}]


def every_process() -> dict[str, Any]:
    """What selects the pods of all deployments."""
    apps = [each["spec"]["selector"]["matchLabels"]["app"] for each in named("Deployment").values()]
    return {"matchExpressions": [{"key": "app", "operator": "In", "values": apps}]}


def test_temporal_is_the_version_and_has_the_settings_that_the_tests_run_with() -> None:
    values = yaml.safe_load((GKE / "temporal-values.yaml").read_text())
    compose = (ROOT / "docker-compose.yml").read_text()
    assert f"temporalio/server:{values['server']['image']['tag']}\n" in compose
    assert f"temporalio/ui:{values['web']['image']['tag']}\n" in compose
    dynamic = yaml.safe_load((ROOT / "deploy" / "compose" / "temporal-dynamic.yaml").read_text())
    assert values["server"]["dynamicConfig"] == dynamic
    script = (ROOT / "deploy" / "compose" / "temporal-namespace.sh").read_text()
    (namespace,) = values["server"]["config"]["namespaces"]["namespace"]
    assert re.findall(r"--retention (\w+)", script) == [namespace["retention"]]
