"""Hostile values on every field and parameter of the sample room: never a 5xx, always our format, never the value repeated."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storekeep.kit.ids import uuid7
from tests.entry.api.conftest import SAME
from tests.entry.api.test_errors import MOMENT

FUZZ = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

# Raw JSON texts, for some cannot be made by an encoder.
AWKWARD = st.sampled_from(
    [
        "null", "true", '""', "0", "-0", "-0.0", "1e400", "-1e400", "1e-400", "NaN", "Infinity", str(2**31), str(2**31 - 1),
        str(2**63), str(2**63 - 1), str(-(2**63) - 1),
        "9" * 5000, "0." + "1" * 5000, '"\\u0000"', '"\\ud800"', '"\\udfff\\ud800"', '"\x00"',
        '"0000-01-01"', '"0001-01-01"', '"9999-12-31"', '"10000-01-01"', '"2026-02-30"', '"2026-01-31T25:00:00Z"',
        '"0001-01-01T00:00:00+14:00"', '"9999-12-31T23:59:59-14:00"', '"\\u202e"',
        '"' + "x" * 9000 + '"', '"' + "😀" * 3000 + '"',
        "[]", "{}", "[[[]]]", "[" * 150 + "]" * 150, '{"a":{"a":{}}}', '{"":""}', "[null]", "tru", "'a'", "", "1 2", "/**/1",
    ]
)  # fmt: skip
JSON_TEXT = (
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats()
        | st.text(st.characters(exclude_categories=()))
        | st.dates().map(str),
        lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(max_size=8), children, max_size=3),
        max_leaves=6,
    ).map(json.dumps)
    | AWKWARD
)
FIELDS = [
    "name",
    "note",
    "count",
    "ratio",
    "price",
    "flag",
    "colour",
    "day",
    "moment",
    "otherId",
    "tags",
    "parts",
    "labels",
    "surprise",
]


@pytest.fixture
async def fuzzed(app: FastAPI) -> Any:
    # In process and with exceptions let through: one that passed the shell would fail the test by itself.
    transport = httpx.ASGITransport(app, raise_app_exceptions=True)
    async with httpx.AsyncClient(transport=transport, base_url="http://test", headers=SAME, verify=False) as client:
        yield client


def check_sane(response: httpx.Response) -> None:
    assert response.status_code < 500, response.text
    if response.status_code >= 300:
        body = response.json()
        assert body.keys() == {"error", "requestId", "timestamp"}
        assert MOMENT.fullmatch(body["timestamp"])
        assert response.text.isascii()
        assert "input" not in json.dumps(body["error"]["details"].get("fields", [{}])[0].get("type", ""))
    else:
        json.loads(response.text)


@FUZZ
@given(fields=st.dictionaries(st.sampled_from(FIELDS), JSON_TEXT, max_size=4))
async def test_bodies(fuzzed: httpx.AsyncClient, fields: dict[str, str]) -> None:
    text = "{" + ",".join(f"{json.dumps(name)}:{value}" for name, value in {"name": '"a"', **fields}.items()) + "}"
    content = text.encode("utf-8", "surrogatepass")
    for method, path in (("POST", "/api/things"), ("PATCH", f"/api/things/{uuid7()}")):
        check_sane(await fuzzed.request(method, path, content=content, headers={"content-type": "application/json"}))


@FUZZ
@given(content=st.binary(max_size=60) | JSON_TEXT.map(lambda text: text.encode("utf-8", "surrogatepass")))
async def test_whole_bodies(fuzzed: httpx.AsyncClient, content: bytes) -> None:
    check_sane(await fuzzed.post("/api/things", content=content, headers={"content-type": "application/json"}))


VALUES = st.text(st.characters(exclude_categories=("Cs",)), max_size=40) | st.sampled_from(
    [
        "\x00",
        "9" * 5000,
        str(2**63),
        "1e400",
        "-0",
        "0000-01-01",
        "10000-01-01",
        "9999-12-31",
        "x" * 9000,
        "\u202e",
        "🛒",
        "nan",
        "١",
    ]
)


@FUZZ
@given(params=st.dictionaries(st.sampled_from(["limit", "cursor", "from", "to", "q", "count", "x"]), VALUES, max_size=4))
async def test_query_parameters(fuzzed: httpx.AsyncClient, params: dict[str, str]) -> None:
    response = await fuzzed.get("/api/things", params=params)
    check_sane(response)
    assert response.status_code in (200, 400, 422)


@FUZZ
@given(raw=st.binary(max_size=40).map(lambda raw: "".join(f"%{byte:02x}" for byte in raw)))
async def test_paths(fuzzed: httpx.AsyncClient, raw: str) -> None:
    response = await fuzzed.get(httpx.URL(f"http://test/api/things/{raw}"))
    check_sane(response)
    assert response.status_code in (200, 400, 404)
