"""What a user imports: complete, and light to load."""

import subprocess
import sys

import layeron
from layeron import options
from layeron.declaration import InboundOptions
from layeron.outbound.options import (
    DeclaredEndpoint,
    EndpointDict,
    EndpointOptions,
    EventType,
    EventTypeDict,
    NewEndpoint,
)
from layeron.outbound.retry import OutboundRetry, OutboundRetryDict
from layeron.signing.rule import Signature, SignatureDict


def test_every_exported_name_exists_and_is_listed_in_order() -> None:
    assert list(layeron.__all__) == sorted(layeron.__all__)
    assert [name for name in layeron.__all__ if not hasattr(layeron, name)] == []


def test_importing_the_package_loads_nothing_heavy() -> None:
    code = (
        "import sys, layeron;"
        "heavy = ('temporalio', 'sqlmodel', 'sqlalchemy', 'google.cloud', 'starlette', 'httpx2',"
        " 'uvicorn', 'typer', 'alembic');"
        "print([each for each in heavy if each in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


def test_each_option_dict_has_the_keys_of_its_model() -> None:
    pairs: list[tuple[type[options.Options], type]] = [
        (options.Retry, options.RetryDict),
        (options.Delivery, options.DeliveryDict),
        (options.Dedupe, options.DedupeDict),
        (options.Observability, options.ObservabilityDict),
        (Signature, SignatureDict),
        (OutboundRetry, OutboundRetryDict),
        (DeclaredEndpoint, EndpointDict),
        (EndpointOptions, NewEndpoint),
        (EventType, EventTypeDict),
    ]
    for model, keys in pairs:
        said = {field.alias or name for name, field in model.model_fields.items()}
        assert said == set(keys.__annotations__), model


def test_every_webhook_takes_the_options_of_the_specification() -> None:
    assert set(InboundOptions.__annotations__) >= {
        "path", "host", "url", "namespace", "name", "dedupe", "delivery", "observability",
        "handler", "on",
    }  # fmt: skip
