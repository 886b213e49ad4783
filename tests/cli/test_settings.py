"""Settings: documented, read from the environment, and refused in one sentence."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from pydantic.fields import FieldInfo

from layeron.errors import ConfigurationError
from layeron.settings import Settings, load_settings
from tests.support.command import ROOT, refusal

SIZES = {"GiB": 2**30, "MiB": 2**20, "KiB": 2**10}
DOCUMENT = (ROOT / "docs" / "settings.md").read_text()
PRODUCTION = {
    "LAYERON_PRODUCTION": "true",
    "LAYERON_DATABASE_URL": "postgresql://records@/records",
    "LAYERON_BLOBS": "gs://bodies",
}


def default_of(name: str, field: FieldInfo) -> str:
    """A default as people write it."""
    value: Any = field.default
    if value is None or value == ():
        return "none"
    if isinstance(value, tuple):
        value = ",".join(map(str, cast("tuple[int, ...]", value)))
    if isinstance(value, timedelta):
        value = f"{value.total_seconds():g}s"
    elif name.endswith(("_body", "_limit")):
        unit, size = next((unit, size) for unit, size in SIZES.items() if value >= size)
        value = f"{value // size}{unit}"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


@pytest.mark.parametrize(("name", "field"), Settings.model_fields.items())
def test_every_setting_has_its_row_in_the_document(name: str, field: FieldInfo) -> None:
    row = f"| `LAYERON_{name.upper()}` | {default_of(name, field)} | {field.description} |"
    assert row in DOCUMENT.splitlines()


def test_the_document_names_no_setting_that_does_not_exist() -> None:
    named = set(re.findall(r"LAYERON_([A-Z_]+)", DOCUMENT))
    assert named == {name.upper() for name in Settings.model_fields}


def test_a_setting_is_read_from_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAYERON_MAX_BODY", "512KiB")
    monkeypatch.setenv("LAYERON_ENGINE_TIMEOUT", "3s")
    settings = load_settings()
    assert settings.max_body == 512 * 1024
    assert settings.engine_timeout == timedelta(seconds=3)


def test_an_option_wins_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAYERON_PORT", "9000")
    assert load_settings(port=9001).port == 9001
    assert load_settings(port=None).port == 9000


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("PORT", "eighty", "valid integer"),
        ("PORT", "65536", "less than or equal to 65535"),
        ("ENGINE_TIMEOUT", "soon", "'soon' is not a duration"),
        ("DRAIN_TIMEOUT", "0s", "not a positive duration"),
        ("OFFLOAD_BODY", "2MiB", "less than or equal to 1048576"),
        ("CONCURRENCY", "0", "greater than or equal to 1"),
        ("PRODUCTION", "perhaps", "boolean"),
        ("OUTBOUND_ALLOW", "10.0.0.0/33", "write networks such as"),
        ("OUTBOUND_ALLOW", "10.1.2.3/8", "has host bits set"),
        ("OUTBOUND_PORTS", "443,0", "'0' is no port"),
        ("OUTBOUND_PROXY", "socks5://proxy:1080", "write one such as http://proxy"),
        ("OUTBOUND_PROXY", "http://proxy", "no address of a proxy"),
        ("OUTBOUND_PROXY", "http://proxy:port", "no address of a proxy"),
    ],
)
def test_a_value_that_cannot_be_is_refused_by_name(
    name: str, value: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"LAYERON_{name}", value)
    with pytest.raises(ConfigurationError) as error:
        load_settings()
    assert str(error.value).startswith(f"LAYERON_{name}: ")
    assert said in str(error.value)


def test_no_setting_that_may_hold_a_credential_is_shown() -> None:
    settings = load_settings(
        database_url="postgresql://user:pa55@/d",
        api_key="lyr_a_pa55",
        outbound_proxy="http://user:pa55@proxy:3128",
    )
    assert "pa55" not in repr(settings)


def test_a_proxy_that_cannot_be_used_is_refused_without_its_password() -> None:
    with pytest.raises(ConfigurationError) as error:
        load_settings(outbound_proxy="https://user:pa55@proxy:3128")
    assert "pa55" not in str(error.value)


def test_networks_and_ports_are_read_from_lists(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAYERON_OUTBOUND_ALLOW", "127.0.0.0/8, fd00::/8")
    monkeypatch.setenv("LAYERON_OUTBOUND_PORTS", "443, 9443")
    settings = load_settings()
    assert [str(each) for each in settings.outbound_allow] == ["127.0.0.0/8", "fd00::/8"]
    assert settings.outbound_ports == (443, 9443)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"LAYERON_DATABASE_URL": ""}, "LAYERON_PRODUCTION refuses the embedded database; set"),
        ({"LAYERON_DATABASE_URL": "sqlite:///records"}, "set LAYERON_DATABASE_URL to a"),
        ({"LAYERON_BLOBS": ""}, "LAYERON_PRODUCTION refuses a folder of bodies; set"),
        ({"LAYERON_BLOBS": "/var/bodies"}, "set LAYERON_BLOBS to gs://BUCKET"),
    ],
)
@pytest.mark.parametrize("command", ["serve", "worker"])
def test_production_refuses_the_defaults_of_a_laptop(
    command: str, change: dict[str, str], told: str, tmp_path: Path
) -> None:
    assert told in refusal(command, "hooks:app", folder=tmp_path, **{**PRODUCTION, **change})


def test_production_is_not_for_dev(tmp_path: Path) -> None:
    told = refusal("dev", "hooks.py", folder=tmp_path, **PRODUCTION)
    assert "unset LAYERON_PRODUCTION, or run `layeron serve` and `layeron worker`" in told
    assert not (tmp_path / ".layeron").exists()
