"""Settings of a deployment: every ``LAYERON_*`` variable, its meaning and its laptop default."""

from collections.abc import Mapping
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, Self

from pydantic import Field, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from layeron.durations import check_keeping
from layeron.errors import ConfigurationError
from layeron.secrets import ENCRYPTION_KEY
from layeron.settings_values import Duration, Keeping, Networks, Ports, ProxyURL, SecretName, Size

PREFIX = "LAYERON_"


class Settings(BaseSettings):
    """What differs between a laptop and production; read from the environment."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_ignore_empty=True, frozen=True, extra="ignore"
    )

    app: str | None = Field(
        default=None, description="The declared application, as `module:app` or `file.py:app`."
    )
    data_dir: Path = Field(
        default=Path(".layeron"),
        description="Folder of the embedded engine, database, bodies and local secrets.",
    )
    url: str | None = Field(
        default=None,
        description="Where the API is reached, for the CLI and for code outside the service;"
        " default: the `layeron dev` of the data folder, else `http://127.0.0.1:8000`.",
    )
    api_key: str | None = Field(
        default=None, repr=False, description="Bearer key for calls from outside the service."
    )
    production: bool = Field(
        default=False,
        description="Refuse laptop defaults (embedded database, folder of bodies) and log JSON.",
    )
    database_url: str | None = Field(
        default=None,
        repr=False,
        description="`postgresql://…` or `sqlite:///…`; default: a SQLite file in the data folder.",
    )
    blobs: str | None = Field(
        default=None,
        description="`gs://bucket/prefix`, or a folder; default: a folder in the data folder.",
    )
    secrets: str = Field(
        default="environment",
        description="`environment`, or `gcp://PROJECT` for Google Secret Manager.",
    )
    secrets_refresh: Duration = Field(
        default=timedelta(minutes=1),
        description="How long a secret from Secret Manager is kept before it is read again.",
    )
    temporal_address: str | None = Field(
        default=None,
        description="`host:port` of Temporal; default: what its `TEMPORAL_*` variables say.",
    )
    temporal_namespace: str | None = Field(default=None, description="The Temporal namespace.")
    temporal_ui: str | None = Field(
        default=None,
        description="Address of the Temporal web UI, for links to a workflow's page.",
    )
    codec: SecretName | None = Field(
        default=None,
        description="Name of the secret whose value encrypts what enters Temporal's history;"
        " default: it is not encrypted.",
    )
    codec_server: bool = Field(
        default=False,
        description="Let Temporal's UI and CLI have payloads decrypted at `/dashboard/codec`.",
    )
    task_queue: str = Field(
        default="layeron", description="The Temporal task queue of the workers."
    )
    deployment: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z0-9_-]{1,100}$",
        description="Turns on Temporal's worker versioning: the worker deployment that these"
        " workers belong to.",
    )
    build_id: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z0-9._-]{1,100}$",
        description="This release's name in `LAYERON_DEPLOYMENT`; its workers get work once"
        " `layeron deployment promote` has named it.",
    )
    max_body: Size = Field(
        default=10 * 2**20, description="Largest accepted body, such as `10MiB`."
    )
    offload_body: Size = Field(
        default=64 * 2**10,
        le=2**20,
        description="Larger bodies go to the bucket before the engine is told; at most `1MiB`.",
    )
    receive_timeout: Duration = Field(
        default=timedelta(seconds=20),
        description="How long a sender may take to send the head of a request, and its body.",
    )
    engine_timeout: Duration = Field(
        default=timedelta(seconds=5), description="How long one call to the engine may take."
    )
    inbox_after: Duration = Field(
        default=timedelta(seconds=2),
        description="How long the receiver waits for the engine to take an event before it puts it"
        " into the inbox.",
    )
    inbox_limit: Size = Field(
        default=2**30,
        description="How much may wait in the inbox, about; more is refused with 503.",
    )
    store_timeout: Duration = Field(
        default=timedelta(seconds=8),
        description="How long the receiver waits for the bucket to take a large body.",
    )
    outbound_allow: Networks = Field(
        default=(),
        description="Networks that events may be sent to although they are not public, such as"
        " `127.0.0.0/8,10.1.0.0/16`; on any port.",
    )
    outbound_ports: Ports = Field(
        default=(80, 443, 8080, 8443),
        description="Ports that events may be sent to, such as `443,8443`.",
    )
    outbound_https_only: bool | None = Field(
        default=None,
        description="Refuse endpoints without TLS; default: in production, except in the networks"
        " of `LAYERON_OUTBOUND_ALLOW`.",
    )
    outbound_proxy: ProxyURL | None = Field(
        default=None,
        repr=False,
        description="HTTP proxy that events are sent through, as `http://user:password@host:port`.",
    )
    outbound_concurrency: int = Field(
        default=500, ge=1, le=10_000, description="Deliveries one worker process makes at once."
    )
    endpoint_concurrency: int = Field(
        default=20,
        ge=1,
        le=10_000,
        description="Deliveries one worker process makes at once to one endpoint.",
    )
    keep_bodies: Keeping | None = Field(
        default=None,
        description="How long raw bodies are kept after reception, such as `30d`; default: for"
        " ever. A webhook's `retention` wins.",
    )
    keep_records: Keeping | None = Field(
        default=None,
        description="How long everything else is kept of an event, such as `90d`; default: for"
        " ever. A webhook's `retention` wins. Rejections are kept as long, by default 90 days.",
    )
    api_rate: float = Field(
        default=100,
        gt=0,
        le=1_000_000,
        description="Requests a second that one key may make at the API, and twice as many at once;"
        " as many may fail for want of a key from one address. Counted in each process.",
    )
    trust_proxy: bool = Field(
        default=False,
        description="Take scheme, host and the sender's address from `X-Forwarded-Proto`,"
        " `X-Forwarded-Host` and `X-Forwarded-For`.",
    )
    trust_traceparent: bool = Field(
        default=False,
        description="Continue the trace that a request's `traceparent` names; otherwise a trace"
        " of its own is begun, with a link to that one.",
    )
    send_traceparent: bool = Field(
        default=False,
        description="Send `traceparent` with events, so that receivers can continue the trace.",
    )
    proxies: int = Field(
        default=1,
        ge=1,
        le=10,
        description="How many proxies of yours a request passes, each of which adds to"
        " `X-Forwarded-For`; with `LAYERON_TRUST_PROXY`.",
    )
    host: str = Field(default="127.0.0.1", description="Address the API listens on.")
    port: int = Field(
        default=8000, ge=0, le=65535, description="Port the API listens on; 0 takes a free one."
    )
    metrics_port: int | None = Field(
        default=None,
        ge=0,
        le=65535,
        description="Port that `/metrics` is served on, by API and worker each; 0 takes a free one;"
        " default: no metrics.",
    )
    metrics_host: str = Field(
        default="127.0.0.1",
        description="Address that `/metrics` is served on, which asks for no key.",
    )
    concurrency: int = Field(
        default=100, ge=1, le=10_000, description="Handlers one worker process runs at once."
    )
    drain_timeout: Duration = Field(
        default=timedelta(seconds=25),
        description="How long a stopping worker or API waits for what it has begun.",
    )

    @model_validator(mode="after")
    def _records_outlive_bodies(self) -> Self:
        try:
            check_keeping(self.keep_bodies, self.keep_records)
        except ValueError as error:
            raise ValueError(f"LAYERON_KEEP_RECORDS: {error}") from None
        return self

    @model_validator(mode="after")
    def _codec_server_has_a_codec(self) -> Self:
        if self.codec_server and self.codec is None:
            raise ValueError(
                "LAYERON_CODEC_SERVER has nothing to decrypt with; set LAYERON_CODEC to the name of"
                " the secret that encrypts, or leave it out"
            )
        return self

    @model_validator(mode="after")
    def _release_is_named(self) -> Self:
        if (self.deployment is None) != (self.build_id is None):
            raise ValueError("set LAYERON_DEPLOYMENT and LAYERON_BUILD_ID both, or neither of them")
        return self

    @model_validator(mode="after")
    def _production_is_safe(self) -> Self:
        if not self.production:
            return self
        if self.database_url is None or self.database_url.startswith("sqlite"):
            raise ValueError(
                "LAYERON_PRODUCTION refuses the embedded database; set LAYERON_DATABASE_URL to a"
                " postgresql:// address"
            )
        if self.blobs is None or not self.blobs.startswith("gs://"):
            raise ValueError(
                "LAYERON_PRODUCTION refuses a folder of bodies; set LAYERON_BLOBS to gs://BUCKET"
            )
        return self

    @cached_property
    def effective_database_url(self) -> str:
        """The database address in force."""
        return self.database_url or f"sqlite:///{self.data_dir.resolve() / 'layeron.db'}"

    @cached_property
    def effective_blobs(self) -> str:
        """The place of raw bodies in force."""
        return self.blobs or str(self.data_dir.resolve() / "bodies")

    @property
    def trusted_proxies(self) -> int:
        """How many values at the end of ``X-Forwarded-For`` are our own proxies' word."""
        return self.proxies if self.trust_proxy else 0

    @cached_property
    def temporal_pages(self) -> str | None:
        """The pages of our namespace in the Temporal web UI."""
        if self.temporal_ui is None or "/namespaces/" in self.temporal_ui:
            return self.temporal_ui
        return f"{self.temporal_ui.rstrip('/')}/namespaces/{self.temporal_namespace or 'default'}"


def load_settings(**overrides: Any) -> Settings:
    """Read the settings; keyword arguments that are not None win over the environment.

    Raises:
        ConfigurationError: in one sentence that names the variable and the mend.
    """
    try:
        return Settings(**{name: value for name, value in overrides.items() if value is not None})
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        message = first["msg"].removeprefix("Value error, ").rstrip(".")
        name = f"{PREFIX}{str(first['loc'][0]).upper()}: " if first["loc"] else ""
        raise ConfigurationError(f"{name}{message}.") from None


def unknown_variables(environ: Mapping[str, str]) -> list[str]:
    """Variables that look like settings and are none: misspelt ones, most likely."""
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    for name in (ENCRYPTION_KEY.name, environ.get(f"{PREFIX}CODEC", "")):
        known |= {name, f"{name}_PREVIOUS"}
    return sorted(name for name in environ if name.startswith(PREFIX) and name not in known)
