"""The reference that the API gives of itself is true, whole, and on the page of the docs."""

import asyncio
import json
import os
import re
import sys
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import pytest_asyncio
from starlette.routing import Route

from api.application import Front, build_api
from api.reference import page_of, reference
from tests.api.furnished import NAMESPACE, Furnished, furnished
from tests.support.temporal import TemporalServer

ROOT = Path(__file__).resolve().parents[2]
CONFIGURATION = Path(__file__).with_name("reference.toml")
DOCUMENT = "/api/v1/openapi.json"


@pytest_asyncio.fixture(scope="module")
async def shop(
    tmp_path_factory: pytest.TempPathFactory, temporal: TemporalServer
) -> AsyncGenerator[Furnished]:
    async with furnished(tmp_path_factory.mktemp("shop"), temporal) as running:
        yield running


@pytest_asyncio.fixture(scope="module")
async def document(shop: Furnished) -> Any:
    answer = await shop.service.http.get(DOCUMENT)  # without a key
    assert answer.status_code == 200
    return answer.json()


def front_of(shop: Furnished) -> Front:
    service = shop.service
    return build_api(service.app, service.tools, service.settings)


async def test_every_route_of_the_api_is_in_the_document(shop: Furnished, document: Any) -> None:
    routed = {
        (method, route.path_format)
        for route in front_of(shop).routes
        if isinstance(route, Route) and route.path.startswith("/api/")
        for method in (route.methods or set()) - {"HEAD"}
    }
    described = {
        (method.upper(), path) for path, methods in document["paths"].items() for method in methods
    }
    assert described == routed
    assert len(routed) > 35


async def test_the_document_is_a_valid_one(document: Any) -> None:
    assert document["openapi"] == "3.1.0"
    for name, schema in document["components"]["schemas"].items():
        jsonschema.Draft202012Validator.check_schema(schema)
        assert schema["description"], name
    ids = [each["operationId"] for each in described(document)]
    assert len(ids) == len(set(ids))
    for each in described(document):
        assert each["summary"]
        for parameter in each.get("parameters", []):
            assert parameter["description"], (each["operationId"], parameter)


def described(document: Any) -> list[Any]:
    return [each for methods in document["paths"].values() for each in methods.values()]


@pytest.mark.parametrize(
    "path",
    [
        "/webhooks",
        f"/webhooks/{NAMESPACE}/vendor",
        f"/webhooks/{NAMESPACE}/out",
        f"/webhooks/{NAMESPACE}/out/endpoints",
        f"/webhooks/{NAMESPACE}/out/endpoints/crm",
        f"/webhooks/{NAMESPACE}/out/endpoints/crm/deliveries",
        "/overview",
        "/events",
        "/events/count",
        "/events/{received}",
        "/events/{failed}",
        "/events/{sent}",
        "/events/{failed}/attempts",
        "/rejections",
        "/rejections/{rejection}",
        "/bulk-replays",
        "/keys",
        "/audit",
    ],
)
async def test_an_answer_has_the_fields_that_are_described_and_no_others(
    shop: Furnished, document: Any, path: str
) -> None:
    received, failed, sent = shop.events
    ids = {"received": received, "failed": failed, "sent": sent, "rejection": shop.rejection}
    answer = await shop.service.api("GET", path.format(**ids))
    assert answer.status_code == 200
    (schema,) = [
        methods["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        for template, methods in document["paths"].items()
        if "get" in methods and template == template_of(path)
    ]
    whole = {**schema, "components": closed(document["components"])}
    jsonschema.Draft202012Validator(whole).validate(answer.json())  # pyright: ignore[reportUnknownMemberType]  # untyped in its stubs


def template_of(path: str) -> str:
    """The path with the names of its parameters, as the document has it."""
    for name in ("received", "failed", "sent"):
        path = path.replace(f"{{{name}}}", "{event_id}")
    path = path.replace("{rejection}", "{rejection_id}").replace("/crm", "/{endpoint}")
    for name in ("vendor", "out"):
        path = path.replace(f"/{NAMESPACE}/{name}", "/{namespace}/{webhook}")
    return f"/api/v1{path}"


def closed(schema: Any) -> Any:
    """The same schemas, where an object has no field that they do not name."""
    return json.loads(json.dumps(schema), object_hook=_closed)


def _closed(schema: dict[str, Any]) -> dict[str, Any]:
    if "properties" in schema and schema.get("type") == "object":
        schema.setdefault("additionalProperties", False)
    return schema


async def test_the_page_of_the_docs_is_what_the_code_says() -> None:
    page = (ROOT / "docs" / "api.md").read_text()
    assert page == page_of(reference()), "write it anew: python -m api.reference > docs/api.md"


async def test_the_links_within_the_page_lead_somewhere() -> None:
    page = page_of(reference())
    headings = re.findall(r"^#+ (.+)$", page, re.MULTILINE)
    anchors = {re.sub(r"[^a-z0-9 _-]", "", each.lower()).replace(" ", "-") for each in headings}
    assert len(anchors) == len(headings)
    assert set(re.findall(r"\]\(#([^)]+)\)", page)) <= anchors


@pytest.mark.timeout(300)
async def test_schemathesis_finds_nothing(shop: Furnished, document: Any, tmp_path: Path) -> None:
    (tmp_path / "schemathesis.toml").write_text(CONFIGURATION.read_text())
    (tmp_path / "events.txt").write_text("\n".join(map(json.dumps, shop.events)))
    (tmp_path / "rejections.txt").write_text(json.dumps(shop.rejection))
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "schemathesis.cli", "run", f"http://{shop.address}{DOCUMENT}"),
        *("--phases", "examples,coverage,fuzzing", "--no-color"),
        cwd=tmp_path,
        env={**os.environ, "API_KEY": shop.service.key},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    report = output.decode()
    assert process.returncode == 0, report
    tested = len(described(document)) - 1  # it takes the document itself as read
    assert f"Tested: {tested}" in report, report
