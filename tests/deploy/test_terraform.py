"""The deployment that deploy/gcp describes, as far as it can be judged without Google Cloud."""

import re
from typing import Any

import pytest
from temporalio.envconfig import ClientConfig
from temporalio.service import TLSConfig

from api.health import health_routes
from layeron.settings import Settings, unknown_variables
from tests.deploy.terraform import GCP, blocks, of_kind, resources, within

RUNNING = [
    *resources("google_cloud_run_v2_service"),
    *resources("google_cloud_run_v2_worker_pool"),
    *resources("google_cloud_run_v2_job"),
]
TEMPORAL_VARIABLES = {
    "TEMPORAL_API_KEY",
    "TEMPORAL_TLS",
    "TEMPORAL_TLS_CLIENT_CERT_DATA",
    "TEMPORAL_TLS_CLIENT_KEY_DATA",
}
"""Of those that Temporal's SDK reads: temporalio/envconfig.py and its documentation."""

TEXT = "\n".join(path.read_text() for path in sorted(GCP.glob("*.tf")))
HEALTH = {each.path for each in health_routes({})}


@pytest.mark.parametrize("variable", of_kind("variable"), ids=lambda each: each.name)
def test_every_variable_is_explained_typed_and_used(variable: Any) -> None:
    assert variable.body["description"].endswith(".")
    assert variable.body["type"]
    used = [
        each for each in blocks() if each is not variable and f"var.{variable.name}" in each.text
    ]
    assert used


def test_every_output_is_explained() -> None:
    assert [each.name for each in of_kind("output") if not each.body["description"]] == []


def test_what_is_referred_to_is_there() -> None:
    there = {each.name for each in of_kind("resource")}
    there |= {f"var.{each.name}" for each in of_kind("variable")}
    there |= {f"ephemeral.{each.name}" for each in of_kind("ephemeral")}
    there |= {f"local.{name}" for each in of_kind("locals") for name in each.body}
    code = re.sub(r"(?m)#.*$", "", TEXT)
    referred = set(
        re.findall(r"\b((?:var|local)\.\w+|(?:ephemeral\.)?(?:google|random)_\w+\.\w+)", code)
    )
    assert referred - there == set()


def test_every_variable_of_a_process_is_one_that_it_reads() -> None:
    named = set(re.findall(r"\b(?:LAYERON|TEMPORAL)_[A-Z_]+\b", re.sub(r"(?m)#.*$", "", TEXT)))
    assert unknown_variables(dict.fromkeys(named, "")) == []
    assert {each for each in named if each.startswith("TEMPORAL_")} == TEMPORAL_VARIABLES


@pytest.mark.parametrize("auth", ["api_key", "mtls", "none"])
def test_temporal_reads_how_we_show_who_we_are(auth: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (known,) = re.findall(
        r"(?s)temporal_secrets = \{(.*?)\n  \}\[", (GCP / "secrets.tf").read_text()
    )
    by_auth = dict(re.findall(r"(\w+) += \{((?:[^{}]|\$\{[^}]*\})*)\}", known))
    given = re.findall(r"(TEMPORAL_\w+) +=", by_auth[auth])
    for name in TEMPORAL_VARIABLES:
        monkeypatch.delenv(name, raising=False)
    for name in given:
        monkeypatch.setenv(name, f"of {name}")
    monkeypatch.setenv("TEMPORAL_TLS", "false" if auth == "none" else "true")

    config = ClientConfig.load_client_connect_config(disable_file=True)

    tls = config.get("tls")
    assert config.get("api_key") == ("of TEMPORAL_API_KEY" if auth == "api_key" else None)
    if auth == "mtls":
        assert isinstance(tls, TLSConfig)
        assert tls.client_cert == b"of TEMPORAL_TLS_CLIENT_CERT_DATA"
        assert tls.client_private_key == b"of TEMPORAL_TLS_CLIENT_KEY_DATA"
    assert bool(tls) == (auth != "none")


def test_production_takes_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    given = dict(re.findall(r'(?m)^\s+(LAYERON_[A-Z_]+)\s*=\s*"([^"$]+)"', TEXT))
    given |= {
        "LAYERON_PRODUCTION": "true",
        "LAYERON_DATABASE_URL": "postgresql://layeron:x@10.0.0.1:5432/layeron?sslmode=require",
        "LAYERON_BLOBS": "gs://bodies",
        "LAYERON_DEPLOYMENT": "layeron",
        "LAYERON_BUILD_ID": "2026-11-25",
    }
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    settings = Settings()
    # Cloud Run kills ten seconds after SIGTERM.
    assert settings.drain_timeout.total_seconds() == 8
    assert settings.trust_proxy


@pytest.mark.parametrize("running", RUNNING, ids=lambda each: each.name)
def test_every_process_has_an_identity_of_its_own_kind(running: Any) -> None:
    kind = {"api": "api", "workers": "worker"}.get(running.labels[1], running.labels[1])
    (account,) = within(running.body, "service_account")
    assert account == f'${{google_service_account.of["{kind}"].email}}'


def test_the_probes_ask_for_pages_that_exist() -> None:
    (api,) = resources("google_cloud_run_v2_service")
    asked = [each["path"] for each in _flat(within(api.body, "http_get"))]
    assert len(asked) == 2
    assert set(asked) <= HEALTH
    ports = {each["container_port"] for each in _flat(within(api.body, "ports"))}
    assert ports == {each["port"] for each in _flat(within(api.body, "http_get"))} == {8000}


def test_no_process_may_do_anything_in_the_whole_project_but_write_the_log_of_a_build() -> None:
    kinds = {each.labels[0] for each in of_kind("resource") if "_iam_" in each.labels[0]}
    # One member of one thing: nothing that replaces what others were given, no role for all.
    assert kinds == {
        "google_artifact_registry_repository_iam_member",
        "google_cloud_run_v2_service_iam_member",
        "google_project_iam_member",
        "google_secret_manager_secret_iam_member",
        "google_storage_bucket_iam_member",
    }
    (whole,) = resources("google_project_iam_member")
    assert (whole.body["role"], whole.body["member"]) == (
        "roles/logging.logWriter",
        '${local.member["build"]}',
    )
    roles = set(re.findall(r'"(roles/[^"]+)"', TEXT))
    assert [each for each in roles if re.search(r"admin|owner|editor$", each, re.IGNORECASE)] == []


def test_access_to_a_secret_is_given_for_that_secret() -> None:
    members = resources("google_secret_manager_secret_iam_member")
    secrets = resources("google_secret_manager_secret")
    assert {each.labels[1] for each in members} == {each.labels[1] for each in secrets}
    for each in members:
        assert f"google_secret_manager_secret.{each.labels[1]}" in each.body["secret_id"]


def test_only_who_needs_the_database_or_temporal_reads_their_secrets() -> None:
    by_name = {
        each.labels[1]: each for each in resources("google_secret_manager_secret_iam_member")
    }
    assert re.findall(r'"(\w+)"', by_name["database_url"].body["for_each"]) == [
        "api",
        "worker",
        "migrate",
    ]
    readers = re.findall(r'\[(?:"\w+",? ?)+\]', by_name["temporal"].body["for_each"])
    assert [re.findall(r"\w+", each) for each in readers] == [["api", "worker", "promote"]]


def test_only_the_workers_delete_bodies() -> None:
    bodies = (GCP / "bucket.tf").read_text()
    given = re.findall(r'who = "(\w+)", role = "roles/storage\.(\w+)"', bodies)
    assert given == [
        ("api", "objectCreator"),
        ("api", "objectViewer"),
        ("worker", "objectUser"),
    ]


def test_nothing_secret_comes_into_the_state() -> None:
    assert re.findall(r"(?m)^\s*(password|secret_data)\s*=", TEXT) == []
    assert resources("random_password") == []
    assert resources("google_service_account_key") == []


def test_the_database_is_private_and_encrypted_and_backed_up() -> None:
    (database,) = resources("google_sql_database_instance")
    (settings,) = database.body["settings"]
    (address,) = settings["ip_configuration"]
    (backup,) = settings["backup_configuration"]
    assert address["ipv4_enabled"] is False
    assert address["ssl_mode"] == "ENCRYPTED_ONLY"
    assert (backup["enabled"], backup["point_in_time_recovery_enabled"]) == (True, True)


def test_buckets_can_be_public_by_no_mistake() -> None:
    for bucket in resources("google_storage_bucket"):
        assert bucket.body["uniform_bucket_level_access"] is True
        assert bucket.body["public_access_prevention"] == "enforced"
        assert bucket.body["lifecycle_rule"]


def test_the_commands_are_those_of_layeron() -> None:
    said = [" ".join(args) for each in RUNNING for args in within(each.body, "args")]
    assert said == ["serve", "worker", "db upgrade", "deployment promote --wait 5m"]


def test_the_examples_say_all_that_has_no_default_and_nothing_unknown() -> None:
    variables = {each.name: each for each in of_kind("variable")}
    said = {
        name
        for path in GCP.glob("*.tfvars.example")
        for name in re.findall(r"(?m)^(\w+)\s*=", path.read_text())
    }
    assert said <= set(variables)
    assert {name for name, each in variables.items() if "default" not in each.body} <= said


def _flat(values: Any) -> list[Any]:
    return [each for value in values for each in value]
