"""An unsafe request needs proof that it comes from our own pages; CORS is for allowed origins alone."""

from __future__ import annotations

import httpx
import pytest

from tests.entry.api.conftest import ORIGIN
from tests.entry.api.test_errors import check

UNSAFE = [
    ("POST", "/api/things"),
    ("PATCH", "/api/things/019a7f3e-5b7c-7d1e-8f00-c0ffee000001"),
    ("POST", "/api/session"),
    ("DELETE", "/api/session"),
    ("PUT", "/api/nothing"),
    ("POST", "/anything"),
]
FOREIGN = {
    "foreign origin": {"sec-fetch-site": "cross-site", "origin": "https://evil.example.com"},
    "sibling origin": {"sec-fetch-site": "same-site", "origin": "http://other.127.0.0.1:8000"},
    "other port": {"sec-fetch-site": "same-site", "origin": "http://127.0.0.1:8001"},
    "other scheme": {"origin": "https://127.0.0.1:8000"},
    "null origin": {"sec-fetch-site": "cross-site", "origin": "null"},
    "typed address": {"sec-fetch-site": "none"},
    "no header": {},
    "old browser, foreign": {"origin": "https://evil.example.com"},
    "lookalike": {"origin": "http://127.0.0.1:8000.evil.example.com"},
}


@pytest.mark.parametrize("headers", FOREIGN.values(), ids=FOREIGN.keys())
@pytest.mark.parametrize(("method", "path"), UNSAFE)
async def test_foreign_requests_change_nothing(address: str, method: str, path: str, headers: dict[str, str]) -> None:
    async with httpx.AsyncClient(base_url=address, verify=False) as client:
        response = await client.request(method, path, headers=headers, json={"name": "a"})
    check(response, 403, "CSRF_REFUSED")
    assert "set-cookie" not in response.headers


async def test_a_form_of_another_site_changes_nothing(address: str) -> None:
    async with httpx.AsyncClient(base_url=address, verify=False) as client:
        response = await client.post("/api/session", data={"name": "a"}, headers={"origin": "https://evil.example.com"})
    check(response, 403, "CSRF_REFUSED")


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "same-origin"},
        {"origin": ORIGIN},
        {"sec-fetch-site": "cross-site", "origin": "https://desk.example.com"},
    ],
    ids=["fetch metadata", "own origin", "allowed origin"],
)
async def test_our_pages_and_allowed_origins_pass(address: str, headers: dict[str, str]) -> None:
    async with httpx.AsyncClient(base_url=address, verify=False) as client:
        response = await client.post("/api/things", headers=headers, json={"name": "a"})
    assert response.status_code == 201


async def test_webhooks_need_no_origin(address: str) -> None:
    async with httpx.AsyncClient(base_url=address, verify=False) as client:
        response = await client.post("/webhooks/sample", content=b"{}")
    assert response.status_code == 200


async def test_an_allowed_origin_may_read(http: httpx.AsyncClient) -> None:
    headers = {"origin": "https://desk.example.com", "sec-fetch-site": "cross-site"}
    for path in ("/api/meta", "/api/nothing"):
        response = await http.get(path, headers=headers)
        assert response.headers["access-control-allow-origin"] == "https://desk.example.com"
        assert response.headers["access-control-allow-credentials"] == "true"
        assert "Origin" in response.headers.get_list("vary", split_commas=True)


async def test_no_other_origin_may(http: httpx.AsyncClient) -> None:
    response = await http.get("/api/meta", headers={"origin": "https://evil.example.com"})
    assert response.status_code == 200
    assert not [name for name in response.headers if name.startswith("access-control")]


async def test_preflights(http: httpx.AsyncClient) -> None:
    asked = {"access-control-request-method": "PATCH", "access-control-request-headers": "content-type"}
    allowed = await http.options("/api/things/x", headers={"origin": "https://desk.example.com", **asked})
    refused = await http.options("/api/things/x", headers={"origin": "https://evil.example.com", **asked})
    assert allowed.status_code == 204
    assert allowed.headers.get_list("access-control-allow-origin") == ["https://desk.example.com"]
    assert "PATCH" in allowed.headers["access-control-allow-methods"]
    check(refused, 403, "CSRF_REFUSED")
    assert "access-control-allow-origin" not in refused.headers
