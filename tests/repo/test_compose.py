"""The deployment that docker-compose.yml describes, checked without a container engine."""

import json
import os
import re
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from layeron import names
from layeron.adapters.temporal.embedded import server_command
from layeron.settings import Settings, unknown_variables

ROOT = Path(__file__).resolve().parents[2]
TOOLS = Path(sys.executable).parent  # the commands that come from packages
DOCKERFILE = (ROOT / "Dockerfile").read_text()
SECRETS = {
    "POSTGRES_PASSWORD": "one",
    "TEMPORAL_POSTGRES_PASSWORD": "two",
    "STRIPE_WEBHOOK_SECRET": "whsec_three",
}


def compose(variables: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [TOOLS / "docker-compose", "--env-file", os.devnull, "config", "--format", "json"],
        cwd=ROOT,
        env={"HOME": "/nonexistent"} | variables,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    result = compose(SECRETS)
    assert result.stderr == ""
    found: dict[str, Any] = json.loads(result.stdout)["services"]
    return found


@pytest.mark.parametrize("name", SECRETS)
def test_a_missing_secret_is_named(name: str) -> None:
    result = compose({other: value for other, value in SECRETS.items() if other != name})
    assert result.returncode != 0
    assert f"required variable {name} is missing a value: set it in .env" in result.stderr


def test_nothing_is_published_beyond_this_machine(services: dict[str, Any]) -> None:
    published = [port for service in services.values() for port in service.get("ports", [])]
    assert {port["published"] for port in published} == {"8000", "8080"}
    assert {port["host_ip"] for port in published} == {"127.0.0.1"}


def test_every_foreign_image_is_pinned_to_a_full_version(services: dict[str, Any]) -> None:
    images = {service["image"] for service in services.values()} - {"layeron-webhooks"}
    assert [name for name in images if not re.search(r":\d+\.\d+(\.\d+)?(-\w+)?$", name)] == []


def test_the_engine_is_the_one_that_the_tests_run_on(services: dict[str, Any]) -> None:
    version = subprocess.run(
        [TOOLS / "temporal", "--version"], capture_output=True, text=True, check=True
    )
    server, ui = re.findall(r"(?:Server|UI) ([\d.]+)", version.stdout)
    assert services["temporal"]["image"] == f"temporalio/server:{server}"
    assert services["temporal-schema"]["image"] == f"temporalio/admin-tools:{server}"
    assert services["temporal-namespace"]["image"] == f"temporalio/admin-tools:{server}"
    assert services["temporal-ui"]["image"] == f"temporalio/ui:{ui}"


def test_the_engine_shares_its_workers_as_the_embedded_one_does() -> None:
    file = (ROOT / "deploy" / "compose" / "temporal-dynamic.yaml").read_text()
    said = re.findall(r"(?m)^(matching\.\w+):.*\n  - value: (\w+)$", file)
    command = server_command(Path("temporal.db"), host="127.0.0.1", port=1, ui_port=2)
    embedded = [each for each in command if each.startswith("matching.")]
    assert [f"{name}={value}" for name, value in said] == embedded


def test_whatever_is_waited_for_can_get_there(services: dict[str, Any]) -> None:
    for service in services.values():
        for name, dependency in service.get("depends_on", {}).items():
            awaited = services[name]
            if dependency["condition"] == "service_healthy":
                assert awaited["healthcheck"]["test"]
            else:
                assert dependency["condition"] == "service_completed_successfully"
                assert awaited["restart"] == "on-failure:3"


def test_every_lasting_service_is_started_again_and_watched(services: dict[str, Any]) -> None:
    lasting = {n: s for n, s in services.items() if s["restart"] == "unless-stopped"}
    watched = {name for name, service in lasting.items() if "healthcheck" in service}
    assert set(lasting) - watched == {"api", "temporal-ui"}  # whose images bring their own, or none
    assert "HEALTHCHECK" in DOCKERFILE
    assert services["worker"]["healthcheck"] == {"disable": True}


@pytest.mark.parametrize("name", ["api", "worker", "migrate"])
def test_production_accepts_the_settings(
    name: str, services: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = dict(re.findall(r"(LAYERON_[A-Z_]+)=(\S+)", DOCKERFILE))
    environment |= services[name]["environment"]
    for variable in [each for each in os.environ if each.startswith("LAYERON_")]:
        monkeypatch.delenv(variable)
    for variable, value in environment.items():
        monkeypatch.setenv(variable, value)

    settings = Settings()

    assert settings.production
    assert unknown_variables(environment) == []
    grace = services[name]["stop_grace_period"]
    assert int(grace.removesuffix("s")) > settings.drain_timeout.total_seconds()


def test_the_folders_that_are_mounted_exist(services: dict[str, Any]) -> None:
    mounts = [mount for service in services.values() for mount in service.get("volumes", [])]
    sources = {Path(mount["source"]) for mount in mounts if mount["type"] == "bind"}
    assert len(sources) == 3
    assert all(source.exists() for source in sources)


def test_the_image_is_built_from_what_the_build_context_holds() -> None:
    allowed = re.findall(r"(?m)^!(\S+)$", (ROOT / ".dockerignore").read_text())
    copied = " ".join(re.findall(r"(?m)^COPY (?!--)(.+) \S+$", DOCKERFILE)).split()
    assert sorted(allowed) == sorted(copied)
    assert all((ROOT / name).exists() for name in copied)


def test_a_namespace_is_made_ready_and_may_be_made_ready_again(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {
        "HOME": str(tmp_path),
        "PATH": f"{TOOLS}:{os.environ['PATH']}",
        "TEMPORAL_ADDRESS": f"127.0.0.1:{port}",
        "TEMPORAL_NAMESPACE": "hooks",
    }

    def output(*command: str) -> str:
        result = subprocess.run(
            command, env=environment, capture_output=True, text=True, check=True
        )
        return result.stdout

    temporal = str(TOOLS / "temporal")
    server = [temporal, "server", "start-dev", "--headless", "--ip", "127.0.0.1"]
    with subprocess.Popen(
        [*server, "--port", str(port), "--log-level", "never"], stdout=subprocess.DEVNULL
    ) as process:
        try:
            for _ in range(2):
                output(str(ROOT / "deploy" / "compose" / "temporal-namespace.sh"))
            description = output(temporal, "operator", "namespace", "describe")
            attributes = output(temporal, "operator", "search-attribute", "list")
        finally:
            process.terminate()

    assert re.search(r"RetentionTtl\s+168h", description)
    registered = dict(re.findall(r"(Layeron\w+)\s+(\w+)", attributes))
    assert registered == dict.fromkeys(names.SEARCH_ATTRIBUTES, "Keyword")
