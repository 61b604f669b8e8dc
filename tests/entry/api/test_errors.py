"""One error format: every non-2xx of every layer, with nothing internal in it."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest

from storekeep.kit.errors import Kind
from storekeep.runtime.web.problems import STATUS

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def check(response: httpx.Response, status: int, code: str, **details: Any) -> dict[str, Any]:
    """The body is exactly the documented one and leaks nothing; answers the error."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/json"
    assert response.text.isascii()
    body = response.json()
    assert body.keys() == {"error", "requestId", "timestamp"}
    assert body["error"].keys() == {"code", "message", "details", "retryable"}
    assert body["error"]["code"] == code
    assert body["requestId"] == response.headers["x-request-id"]
    assert MOMENT.fullmatch(body["timestamp"])
    assert "secret-detail" not in response.text
    assert "Traceback" not in response.text
    for key, value in details.items():
        assert body["error"]["details"][key] == value
    error: dict[str, Any] = body["error"]
    return error


@pytest.mark.parametrize("kind", list(Kind))
async def test_every_kind_has_its_status(http: httpx.AsyncClient, kind: Kind) -> None:
    response = await http.get(f"/api/failures/kind/{kind.value}")
    error = check(response, STATUS[kind], "BROKEN")
    assert error["message"] == "Told on purpose."
    assert ("retry-after" in response.headers) == (STATUS[kind] in (429, 503))


async def test_details_that_json_cannot_say_are_dropped(http: httpx.AsyncClient) -> None:
    error = check(await http.get("/api/failures/kind/gone"), 410, "BROKEN")
    assert error["details"] == {}


@pytest.mark.parametrize("path", ["/api/failures/unexpected", "/api/failures/wrong-shape"])
async def test_the_unexpected_tells_whom_to_ask(http: httpx.AsyncClient, path: str) -> None:
    error = check(await http.get(path), 500, "INTERNAL_SERVER_ERROR", support="help@storekeep.test")
    assert "try again" not in error["message"] and error["retryable"] is False


async def test_a_stream_that_fails_before_its_first_chunk_is_an_error(http: httpx.AsyncClient) -> None:
    check(await http.get("/api/failures/stream-start"), 409, "THING_LOCKED")


async def test_a_stream_that_fails_later_is_cut_short(http: httpx.AsyncClient) -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        await http.get("/api/failures/stream-middle")


@pytest.mark.parametrize(
    ("state", "status", "code"),
    [
        ("08006", 503, "DATABASE_CONNECTION_FAILED"),
        ("57P01", 503, "DATABASE_CONNECTION_FAILED"),
        ("53300", 503, "DATABASE_CONNECTION_FAILED"),
        ("57014", 503, "DATABASE_TIMEOUT"),
        ("40001", 503, "DATABASE_BUSY"),
        ("40P01", 503, "DATABASE_BUSY"),
        ("22021", 400, "MALFORMED_REQUEST"),
        ("22P05", 400, "MALFORMED_REQUEST"),
        ("22003", 422, "VALIDATION_FAILED"),
        ("54000", 422, "VALIDATION_FAILED"),
        ("23505", 409, "CONFLICT"),
        ("42501", 500, "INTERNAL_SERVER_ERROR"),
        ("42P01", 500, "INTERNAL_SERVER_ERROR"),
    ],
)
async def test_database_errors(http: httpx.AsyncClient, state: str, status: int, code: str) -> None:
    response = await http.get(f"/api/failures/database/{state}")
    error = check(response, status, code)
    assert error["retryable"] == (status == 503)
    if code == "DATABASE_CONNECTION_FAILED":
        assert error["details"]["support"] == "help@storekeep.test"


@pytest.mark.parametrize("path", ["/api", "/api/", "/api/nothing", "/api/things/x/y/z", "/webhooks/nothing", "/api/things/"])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
async def test_unknown_addresses_are_never_the_page(http: httpx.AsyncClient, method: str, path: str) -> None:
    response = await http.request(method, path, headers={"accept": "text/html"})
    check(response, 404, "NOT_FOUND")


@pytest.mark.parametrize("path", ["/", "/orders"])
async def test_the_page_can_but_be_read(http: httpx.AsyncClient, path: str) -> None:
    response = await http.post(path, json={})
    check(response, 405, "METHOD_NOT_ALLOWED")
    assert response.headers["allow"] == "GET, HEAD"
    assert (await http.post("/orders.js", json={})).status_code == 404


async def test_a_refused_method_names_every_allowed_one(http: httpx.AsyncClient) -> None:
    response = await http.put("/api/things/019a7f3e-5b7c-7d1e-8f00-c0ffee000001", json={})
    check(response, 405, "METHOD_NOT_ALLOWED")
    assert response.headers["allow"] == "GET, HEAD, PATCH"


@pytest.mark.parametrize(
    "bad", ["1", "x", "019a7f3e5b7c7d1e8f00c0ffee000001", "{019a7f3e-5b7c-7d1e-8f00-c0ffee000001}", "%F0%9F%9B%92"]
)
async def test_a_malformed_id_is_a_missing_thing(http: httpx.AsyncClient, bad: str) -> None:
    check(await http.get(f"/api/things/{bad}"), 404, "NOT_FOUND")


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b'"',
        b"nope",
        b'{"name": NaN}',
        b'{"ratio": Infinity}',
        b'{"ratio": -Infinity}',
        b'{"name": "a", "name": "b"}',
        b"[" * 100_000,
        b"[" * 500 + b"]" * 500,
        b'{"a":' * 200 + b"1" + b"}" * 200,
        '{"name": "\xe9"}'.encode("latin-1"),
        '{"name": "a"}'.encode("utf-16"),
        '{"name": "a"}'.encode("utf-32"),
        b'\xef\xbb\xbf{"name": "a"}',
        b'{"name": "a\x00"}',
        b'{"name": "\xed\xa0\x80"}',
    ],
)
async def test_what_is_not_strict_json_is_refused(http: httpx.AsyncClient, body: bytes) -> None:
    response = await http.post("/api/things", content=body, headers={"content-type": "application/json"})
    check(response, 400, "MALFORMED_JSON")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b'{"name": "a\\u0000"}', "VALIDATION_UNUSABLE_TEXT"),
        (b'{"name": "\\ud800"}', "VALIDATION_UNUSABLE_TEXT"),
        (b'{"na\\udc00me": 1}', "VALIDATION_UNUSABLE_TEXT"),
        (b'{"labels": {"a": ["\\ud800 x"]}}', "VALIDATION_UNUSABLE_TEXT"),
        (b'{"ratio": 1e400}', "VALIDATION_UNUSABLE_NUMBER"),
        (b'{"ratio": -1e400}', "VALIDATION_UNUSABLE_NUMBER"),
        (b'{"count": 9223372036854775808}', "VALIDATION_UNUSABLE_NUMBER"),
        (b'{"count": -9223372036854775809}', "VALIDATION_UNUSABLE_NUMBER"),
        (b'{"count": ' + b"9" * 5000 + b"}", "VALIDATION_UNUSABLE_NUMBER"),
        (b'{"ratio": ' + b"9" * 5000 + b".5}", "VALIDATION_UNUSABLE_NUMBER"),
        (b'{"count": 9223372036854775807, "name": "a"}', "VALIDATION_FAILED"),
        (b"", "VALIDATION_FAILED"),
        (b"null", "VALIDATION_FAILED"),
        (b"[]", "VALIDATION_FAILED"),
        (b"17", "VALIDATION_FAILED"),
        (b'{"name": "a", "unknown": 1}', "VALIDATION_FAILED"),
        (b'{"name": "a", "other_id": "019a7f3e-5b7c-7d1e-8f00-c0ffee000001"}', "VALIDATION_FAILED"),
        (b'{"name": "   "}', "VALIDATION_FAILED"),
        (b'{"name": "a", "day": "2026-02-30"}', "VALIDATION_INVALID_DATE"),
        (b'{"name": "a", "day": 1700000000}', "VALIDATION_INVALID_DATE"),
        (b'{"name": "a", "moment": "yesterday"}', "VALIDATION_INVALID_DATE"),
        (b'{"name": "a", "moment": "2026-01-31T09:30:00"}', "VALIDATION_INVALID_DATE"),
        (b'{"name": "a", "moment": "0001-01-01T00:00:00+14:00"}', "VALIDATION_INVALID_DATE"),
        (b'{"name": "a", "moment": "9999-12-31T23:59:59-14:00"}', "VALIDATION_INVALID_DATE"),
        (b'{"name": "a", "moment": 1700000000}', "VALIDATION_INVALID_DATE"),
    ],
)
async def test_values_that_cannot_be_used_are_refused(http: httpx.AsyncClient, body: bytes, code: str) -> None:
    response = await http.post("/api/things", content=body, headers={"content-type": "application/json"})
    check(response, 422, code)


async def test_refused_fields_are_named_but_never_repeated(http: httpx.AsyncClient) -> None:
    body = {"name": "a", "parts": [{"title": "x", "count": 1}, {"title": "y", "count": "my-password"}]}
    response = await http.post("/api/things", json=body)
    error = check(response, 422, "VALIDATION_FAILED")
    assert [field["path"] for field in error["details"]["fields"]] == ["parts.1.count"]
    assert error["details"]["fields"][0].keys() == {"path", "type", "message"}
    assert "my-password" not in response.text


async def test_unusual_but_fine_text_is_accepted(http: httpx.AsyncClient) -> None:
    name = "👩‍👩‍👧‍👦 مرحبا \u202e e\u0301 𝔘"
    plain = await http.post("/api/things", json={"name": name})
    escaped = await http.post(
        "/api/things",
        content=b'{"name": "\\ud83d\\ude00 \\u00e9", "ratio": -0.0, "count": -0}',
        headers={"content-type": "application/vnd.api+json; charset=UTF-8"},
    )
    assert plain.status_code == 201
    assert plain.json()["displayName"] == name
    assert escaped.json()["displayName"] == "😀 é"


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json; charset=utf-16",
    ],
)
async def test_only_json_is_read(http: httpx.AsyncClient, content_type: str) -> None:
    headers = {"content-type": content_type} if content_type else {}
    check(await http.post("/api/things", content=b'{"name": "a"}', headers=headers), 415, "UNSUPPORTED_MEDIA_TYPE")


@pytest.mark.parametrize(
    "path", ["/api/things?q=%00", "/api/things/%00", "/%00", "/api/things?q=%ff", "/api/things?%C0%80=1", "/a%ED%A0%80"]
)
async def test_addresses_that_are_not_text_are_refused(http: httpx.AsyncClient, path: str) -> None:
    check(await http.get(path), 400, "MALFORMED_REQUEST")


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("limit=0", "VALIDATION_FAILED"),
        ("limit=101", "VALIDATION_FAILED"),
        ("limit=9223372036854775808", "VALIDATION_FAILED"),
        ("limit=" + "9" * 5000, "VALIDATION_FAILED"),
        ("limit=1e2", "VALIDATION_FAILED"),
        ("count=2147483648", "VALIDATION_FAILED"),
        ("cursor=", "VALIDATION_FAILED"),
        ("q=" + "x" * 201, "VALIDATION_FAILED"),
        ("from=2026-02-30", "VALIDATION_INVALID_DATE"),
        ("from=0000-01-01", "VALIDATION_INVALID_DATE"),
        ("to=10000-01-01", "VALIDATION_INVALID_DATE"),
        ("from=1700000000", "VALIDATION_INVALID_DATE"),
        ("from=2026-01-31T00:00:00Z", "VALIDATION_INVALID_DATE"),
        ("from=٢٠٢٦-01-01", "VALIDATION_INVALID_DATE"),
        ("from=2026-02-02&to=2026-02-01", "VALIDATION_INVALID_DATE"),
    ],
)
async def test_query_parameters_are_strict(http: httpx.AsyncClient, query: str, code: str) -> None:
    check(await http.get(f"/api/things?{query}"), 422, code)


async def test_a_parameter_that_is_not_declared_is_named(http: httpx.AsyncClient) -> None:
    """Left out of account, a mistyped filter would answer with everything."""
    error = check(await http.get("/api/things?limit=2&createdFrom=2026-01-01&Q=x"), 422, "VALIDATION_FAILED")
    assert [(field["path"], field["type"]) for field in error["details"]["fields"]] == [
        ("createdFrom", "extra_forbidden"),
        ("Q", "extra_forbidden"),
    ]
    one = "/api/things/019a7f3e-5b7c-7d1e-8f00-c0ffee000001"
    check(await http.get(f"{one}?x"), 422, "VALIDATION_FAILED")
    check(await http.get(f"{one}?"), 409, "THING_LOCKED")


async def test_the_first_and_last_day_there_are(http: httpx.AsyncClient) -> None:
    assert (await http.get("/api/things?from=0001-01-01&to=9999-12-31&limit=100")).status_code == 200


@pytest.mark.parametrize("host", ["evil.example.com", "evil.example.com:8000", "storekeep.test.evil.com"])
async def test_a_rebound_host_name_is_refused(http: httpx.AsyncClient, host: str) -> None:
    check(await http.get("/api/meta", headers={"host": host}), 421, "HOST_NOT_ALLOWED")
    assert (await http.get("/healthz", headers={"host": host})).status_code == 200


@pytest.mark.parametrize("host", ["a b", "x\\y", "<script>"])
async def test_an_unreadable_host_is_refused(http: httpx.AsyncClient, host: str) -> None:
    check(await http.get("/api/meta", headers={"host": host}), 400, "MALFORMED_REQUEST")


@pytest.mark.parametrize(
    "host", ["localhost:8000", "api.localhost", "127.0.0.1", "[::1]:8000", "api", "desk.example.com", "192.168.1.7"]
)
async def test_our_own_names_are_not(http: httpx.AsyncClient, host: str) -> None:
    assert (await http.get("/api/meta", headers={"host": host})).status_code == 200


async def test_the_request_id_is_ours_unless_a_sane_one_came(http: httpx.AsyncClient) -> None:
    kept = await http.get("/api/nothing", headers={"x-request-id": "trace-0123456789"})
    made = await http.get("/api/nothing", headers={"x-request-id": "x' OR 1=1"})
    assert kept.headers["x-request-id"] == kept.json()["requestId"] == "trace-0123456789"
    assert re.fullmatch("[0-9a-f]{32}", made.headers["x-request-id"])
