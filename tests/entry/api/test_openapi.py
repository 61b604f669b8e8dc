"""The contract: complete, with one error schema, stable ids, examples that fit; and a documentation page that needs nobody."""

from __future__ import annotations

import json
import re
from typing import Any

import httpx
import jsonschema_rs
import pytest
from fastapi import APIRouter, FastAPI

from storekeep.entry.api.app import create_app
from storekeep.entry.api.openapi import operations, undocumented
from storekeep.runtime.web.config import WebConfig
from storekeep.runtime.web.routes import strict_router
from tests.entry.api import sample


@pytest.fixture(scope="module")
def schema(app: FastAPI) -> dict[str, Any]:
    return app.openapi()


def test_every_operation_is_documented(schema: dict[str, Any]) -> None:
    assert undocumented(schema) == []
    assert len(list(operations(schema))) >= 15


def test_a_gap_is_seen(schema: dict[str, Any]) -> None:
    bare = {"paths": {"/x": {"get": {"operationId": "x", "responses": {"200": {"content": {"application/json": {}}}}}}}}
    assert undocumented(bare) == ["x: no summary", "x: no description", "x: no tags", "x: no example for 200"]


def test_operation_ids_are_the_functions_in_camel_case(schema: dict[str, Any]) -> None:
    assert schema["paths"]["/api/things"]["get"]["operationId"] == "listThings"
    ids = [operation["operationId"] for operation in operations(schema)]
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch("[a-z][a-zA-Z]+", name) for name in ids)


def test_errors_have_one_schema(schema: dict[str, Any]) -> None:
    problem = {"$ref": "#/components/schemas/Problem"}
    for operation in operations(schema):
        for status, response in operation["responses"].items():
            if not status.startswith("2"):
                assert response["content"]["application/json"]["schema"] == problem
        assert "default" in operation["responses"]
    assert "HTTPValidationError" not in schema["components"]["schemas"]


def test_refusals_name_their_codes(schema: dict[str, Any]) -> None:
    responses = schema["paths"]["/api/things/{thing_id}"]["get"]["responses"]
    assert responses["409"]["x-codes"] == ["THING_LOCKED"]
    error = responses["409"]["content"]["application/json"]["example"]["error"]
    assert (error["code"], error["message"]) == ("THING_LOCKED", "This thing is locked.")
    assert "x-first" not in json.dumps(schema)
    assert {"401", "403", "404", "422", "429"} <= responses.keys()


def test_public_operations_say_so(schema: dict[str, Any]) -> None:
    assert schema["security"] == [{"session": []}]
    assert schema["paths"]["/api/meta"]["get"]["security"] == []
    assert "401" not in schema["paths"]["/api/meta"]["get"]["responses"]
    assert schema["components"]["securitySchemes"]["session"]["name"] == "storekeep_session"


def test_examples_fit_their_schemas(schema: dict[str, Any]) -> None:
    count = 0
    for operation in operations(schema):
        bodies = [*operation["responses"].values(), operation.get("requestBody", {})]
        for body in bodies:
            content = body.get("content", {}).get("application/json", {})
            if "example" in content:
                validator = jsonschema_rs.Draft202012Validator({**content["schema"], "components": schema["components"]})
                assert [str(error) for error in validator.iter_errors(content["example"])] == []
                count += 1
    assert count > 50


def test_names_on_the_wire_are_camel_case(schema: dict[str, Any]) -> None:
    for name, model in schema["components"]["schemas"].items():
        for field in model.get("properties", {}):
            assert re.fullmatch("[a-z][a-zA-Z0-9]*", field), f"{name}.{field}"


async def test_answers_have_the_documented_shape(http: httpx.AsyncClient, schema: dict[str, Any]) -> None:
    item = (await http.get("/api/things")).json()["items"][0]
    assert item == {
        "id": item["id"],
        "displayName": "thing",
        "totalPrice": "42.00",
        "currency": "GBP",
        "createdAt": "2026-01-31T09:30:00.000Z",
        "note": None,
    }
    assert set(schema["components"]["schemas"]["ThingRead"]["required"]) == item.keys()


async def test_the_page_asks_no_other_address(http: httpx.AsyncClient) -> None:
    page = await http.get("/docs")
    assert page.status_code == 200
    links = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert links
    for link in links:
        assert link.startswith("/docs/")
        assert (await http.get(link)).status_code == 200
    assert "<script>" not in page.text
    assert (await http.get("/openapi.json")).json()["openapi"].startswith("3.1")


@pytest.mark.parametrize(
    ("router", "complaint"),
    [
        (APIRouter(prefix="/api/bare"), "must come from strict_router"),
        (strict_router(prefix="/elsewhere", tags=["x"]), "neither under /api/"),
    ],
)
def test_routes_that_break_the_house_rules_do_not_start(app: FastAPI, router: APIRouter, complaint: str) -> None:
    @router.get("/x")
    async def read_x() -> None:
        """Nothing."""

    with pytest.raises(ValueError, match=complaint):
        create_app(app.state.services, [sample.SampleRoom("bad", (router,))], WebConfig(app_url="http://test"))


def test_two_operations_of_one_name_do_not_start(app: FastAPI) -> None:
    router = strict_router(prefix="/api/twice", tags=["x"])

    @router.get("/a", name="read_twice")
    async def read_a() -> None:
        """Nothing."""

    @router.get("/b", name="read_twice")
    async def read_b() -> None:
        """Nothing."""

    with pytest.raises(ValueError, match="readTwice names both"):
        create_app(app.state.services, [sample.SampleRoom("bad", (router,))], WebConfig(app_url="http://test"))
