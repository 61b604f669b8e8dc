"""The API is what its description says: requests made from it alone are answered in documented ways, whatever is in them.

Schemathesis draws them, fitting the description and departing from it, for one tenant; the other one does not change by a byte.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from storekeep.entry.api.main import openapi_app
from storekeep.entry.cli.surroundings import settings_for_description
from tests.contract.asking import faults
from tests.contract.doors import Door
from tests.contract.samples import path_of
from tests.support.world import Furnished, World


def described() -> dict[str, Any]:
    """The description, without who may ask: everything is asked by somebody signed in."""
    found: dict[str, Any] = json.loads(json.dumps(openapi_app(settings_for_description()).openapi()))
    found.pop("security", None)
    found["components"].pop("securitySchemes", None)
    for methods in found["paths"].values():
        for operation in methods.values():
            operation.pop("security", None)
    return found


DESCRIPTION = described()
SCHEMA = schemathesis.openapi.from_dict(DESCRIPTION)
# What does not end is listened to elsewhere.
STREAMS = ("/api/live",)
OPERATIONS = [
    (path, method)
    for path, methods in DESCRIPTION["paths"].items()
    for method in methods
    if path not in STREAMS and method in ("get", "post", "put", "patch", "delete")
]
# Where there is nothing to give, nothing can be given wrongly.
ASKING = [
    (path, method) for path, method in OPERATIONS if {"parameters", "requestBody"} & DESCRIPTION["paths"][path][method].keys()
]
MODES = [
    *(pytest.param(path, method, GenerationMode.POSITIVE, id=f"{method} {path} fitting") for path, method in OPERATIONS),
    *(pytest.param(path, method, GenerationMode.NEGATIVE, id=f"{method} {path} departing") for path, method in ASKING),
]
CONFORMS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
SLOW = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
# The same draws every time: an ordinary run proves what was proved before; the long one looks further.
QUICK = settings(
    max_examples=5, derandomize=True, deadline=None, suppress_health_check=SLOW, phases=[Phase.generate], database=None
)
LONG = settings(QUICK, max_examples=200, derandomize=False)


@dataclass(slots=True)
class Asker:
    """A tenant of which nobody minds what becomes, replaced when it has signed out or deleted itself."""

    world: World
    tenant: Furnished

    async def ask(self, case: Any) -> httpx.Response:
        """Send what was drawn, as the tenant's owner."""
        person = self.tenant.owner
        given = case.as_transport_kwargs(base_url=self.world.house.wired.config.app_url)
        request = {key: given[key] for key in ("method", "url", "params", "headers", "cookies", "json") if key in given}
        if "data" in given:
            request["content"] = given["data"]
        headers = {"sec-fetch-site": "same-origin"} | dict(request.pop("headers", None) or {})
        cookies = request.pop("cookies", None) or {}
        async with self.world.house.browser(token=person.http.cookies["storekeep_session"]) as http:
            http.cookies.update(cookies)
            answer = await http.request(**request, headers=headers)
        ends = case.path.startswith(("/api/auth", "/api/tenant")) and case.method != "GET"
        if answer.is_success and ends and (await person.http.get("/api/auth/session")).is_error:
            self.tenant = await self.world.guest()
        return answer


@pytest.fixture(scope="module")
async def asker(world: World) -> AsyncIterator[Asker]:
    """Who asks; tenant B is as it was when all has been asked."""
    before = await world.digest(world.b)
    yield Asker(world, await world.guest())
    assert await world.digest(world.b) == before, "something of another tenant changed"


async def answered_as_described(
    asker: Asker, every_door: list[Door], data: st.DataObject, path: str, method: str, mode: GenerationMode
) -> None:
    """One request, and the answer held against the description."""
    door = next(door for door in every_door if (door.path, door.method) == (path, method.upper()))
    named: Any = {"path_parameters": path_of(door, asker.tenant)} if door.named("path") else {}
    if mode is GenerationMode.NEGATIVE or not data.draw(st.booleans(), label="of things that are there"):
        named = {}
    case = data.draw(SCHEMA[path][method.upper()].as_strategy(generation_mode=mode, **named))
    answer = await asker.ask(case)
    assert faults(answer) == []
    checks = [*CONFORMS, *([negative_data_rejection] if mode is GenerationMode.NEGATIVE else [])]
    case.validate_response(answer, checks=checks)


@pytest.mark.parametrize(("path", "method", "mode"), MODES)
@QUICK
@given(data=st.data())
async def test_every_answer_is_a_documented_one(
    asker: Asker, every_door: list[Door], data: st.DataObject, path: str, method: str, mode: GenerationMode
) -> None:
    await answered_as_described(asker, every_door, data, path, method, mode)


@pytest.mark.long
@pytest.mark.parametrize(("path", "method", "mode"), MODES)
@LONG
@given(data=st.data())
async def test_every_answer_is_a_documented_one_asked_at_length(
    asker: Asker, every_door: list[Door], data: st.DataObject, path: str, method: str, mode: GenerationMode
) -> None:
    await answered_as_described(asker, every_door, data, path, method, mode)
