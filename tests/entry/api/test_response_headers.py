"""Security headers on every kind of response, cookies with every attribute, gzip where it pays."""

from __future__ import annotations

import gzip
from collections.abc import Callable

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import Response

from storekeep.runtime.web.config import WebConfig
from storekeep.runtime.web.cookies import SessionCookie

RESPONSES: dict[str, tuple[str, str, int]] = {
    "page": ("GET", "/", 200),
    "page of the SPA": ("GET", "/orders/1", 200),
    "hashed asset": ("GET", "/assets/index-abc123.js", 200),
    "plain file": ("GET", "/favicon.svg", 200),
    "missing asset": ("GET", "/assets/gone-000.js", 404),
    "api": ("GET", "/api/meta", 200),
    "list": ("GET", "/api/things", 200),
    "created": ("POST", "/api/session", 200),
    "empty": ("DELETE", "/api/session", 204),
    "unknown": ("GET", "/api/nothing", 404),
    "webhook": ("GET", "/webhooks/nothing", 404),
    "method": ("PUT", "/api/things", 405),
    "invalid": ("GET", "/api/things?limit=0", 422),
    "malformed": ("GET", "/api/things?q=%00", 400),
    "conflict": ("GET", "/api/things/019a7f3e-5b7c-7d1e-8f00-c0ffee000001", 409),
    "unexpected": ("GET", "/api/failures/unexpected", 500),
    "unavailable": ("GET", "/api/failures/kind/unavailable", 503),
    "health": ("GET", "/healthz", 200),
    "readiness": ("GET", "/readyz", 200),
    "metrics": ("GET", "/metrics", 200),
    "docs": ("GET", "/docs", 200),
    "docs script": ("GET", "/docs/start.js", 200),
    "docs bundle": ("GET", "/docs/swagger-ui-bundle.js", 200),
    "docs unknown": ("GET", "/docs/main.py", 404),
    "schema": ("GET", "/openapi.json", 200),
    "options": ("OPTIONS", "/api/things", 405),
}


def policy(response: httpx.Response) -> dict[str, str]:
    rules = response.headers["content-security-policy"].split("; ")
    return dict(rule.partition(" ")[::2] for rule in rules)


def check_headers(response: httpx.Response) -> None:
    headers = response.headers
    rules = policy(response)
    assert rules["script-src"] == "'self'"
    assert rules["default-src"] == "'self'"
    assert rules["object-src"] == "'none'"
    assert rules["base-uri"] == "'none'"
    assert rules["frame-ancestors"] == "'none'"
    assert "unsafe-eval" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert "camera=()" in headers["permissions-policy"]
    assert len(headers.get_list("cache-control")) == 1
    assert headers["x-request-id"]
    assert "server" not in headers


@pytest.mark.parametrize(("method", "path", "status"), RESPONSES.values(), ids=RESPONSES.keys())
async def test_headers_over_http(http: httpx.AsyncClient, method: str, path: str, status: int) -> None:
    response = await http.request(method, path)
    assert response.status_code == status
    check_headers(response)
    assert "strict-transport-security" not in response.headers
    if path.startswith(("/api", "/webhooks", "/healthz", "/readyz")) or status >= 400:
        assert response.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(("method", "path", "status"), RESPONSES.values(), ids=RESPONSES.keys())
async def test_headers_on_an_https_address(https: httpx.AsyncClient, method: str, path: str, status: int) -> None:
    response = await https.request(method, path)
    assert response.status_code == status
    check_headers(response)
    assert response.headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"


async def test_what_browsers_may_keep(http: httpx.AsyncClient) -> None:
    hashed = await http.get("/assets/index-abc123.js")
    assert hashed.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert (await http.get("/")).headers["cache-control"] == "no-cache"
    again = await http.get("/favicon.svg", headers={"if-none-match": (await http.get("/favicon.svg")).headers["etag"]})
    assert again.status_code == 304
    assert again.content == b""


async def test_each_page_has_a_nonce_of_its_own_for_styles(http: httpx.AsyncClient) -> None:
    first, second = await http.get("/"), await http.get("/orders")
    for response in (first, second):
        nonce = policy(response)["style-src"].removeprefix("'self' 'nonce-").removesuffix("'")
        assert len(nonce) >= 16
        assert f"content={nonce}>" in response.text
    assert policy(first)["style-src"] != policy(second)["style-src"]


async def test_files_outside_the_folder_stay_outside(http: httpx.AsyncClient) -> None:
    for path in ("/../secret.txt", "/%2e%2e/secret.txt", "/assets/..%2f..%2fsecret.txt", "/..%5csecret.txt"):
        assert "secret-detail" not in (await http.get(path)).text


async def test_missing_files_are_not_the_page(http: httpx.AsyncClient) -> None:
    for path in ("/assets/x", "/robots.txt", "/sw.js", "/logo.svg"):
        assert (await http.get(path)).status_code == 404
    assert (await http.get("/orders", headers={"accept": "application/json"})).status_code == 404
    assert (await http.post("/orders")).status_code == 405


async def test_head_is_get_without_a_body(http: httpx.AsyncClient) -> None:
    for path in ("/", "/api/meta", "/healthz", "/assets/index-abc123.js"):
        response = await http.head(path)
        assert response.status_code == 200
        assert response.content == b""
        assert int(response.headers["content-length"]) > 0


@pytest.mark.parametrize("path", ["/api/things/big", "/assets/index-abc123.js", "/", "/openapi.json"])
async def test_long_text_is_compressed_when_asked(http: httpx.AsyncClient, path: str) -> None:
    async with http.stream("GET", path, headers={"accept-encoding": "br, gzip;q=0.8"}) as response:
        raw = b"".join([chunk async for chunk in response.aiter_raw()])
    plain = await http.get(path, headers={"accept-encoding": "gzip;q=0"})
    assert response.headers["content-encoding"] == "gzip"
    assert int(response.headers["content-length"]) == len(raw) < len(plain.content)
    assert "Accept-Encoding" in response.headers.get_list("vary", split_commas=True)
    assert "content-encoding" not in plain.headers
    if path != "/":  # its nonce differs
        assert gzip.decompress(raw) == plain.content


async def test_short_answers_are_not_compressed(http: httpx.AsyncClient) -> None:
    assert "content-encoding" not in (await http.get("/api/meta")).headers


def attributes(header: str) -> tuple[str, set[str]]:
    pair, *rest = header.split("; ")
    return pair, set(rest)


async def test_cookie_over_http(http: httpx.AsyncClient) -> None:
    given = attributes((await http.post("/api/session")).headers["set-cookie"])
    taken = attributes((await http.delete("/api/session")).headers["set-cookie"])
    common = {"Path=/", "HttpOnly", "SameSite=Lax"}
    assert given == ("storekeep_session=token-1", common | {"Max-Age=86400"})
    assert taken == ("storekeep_session=", common | {"Max-Age=0"})


async def test_cookie_over_https(https: httpx.AsyncClient) -> None:
    given = attributes((await https.post("/api/session")).headers["set-cookie"])
    taken = attributes((await https.delete("/api/session")).headers["set-cookie"])
    common = {"Path=/", "HttpOnly", "SameSite=Lax", "Secure"}
    assert given == ("__Host-storekeep_session=token-1", common | {"Max-Age=86400"})
    assert taken == ("__Host-storekeep_session=", common | {"Max-Age=0"})


@pytest.mark.parametrize(
    ("header", "token"),
    [
        ("storekeep_session=abc", "abc"),
        ("a=b; storekeep_session=abc;c=d", "abc"),
        ("storekeep_session=abc; storekeep_session=def", None),
        ("storekeep_session=", None),
        ("xstorekeep_session=abc", None),
        ("__Host-storekeep_session=abc", None),
        ("", None),
        ("\xff=\xfe; storekeep_session=abc", "abc"),
    ],
)
async def test_reading_the_cookie(http: httpx.AsyncClient, header: str, token: str | None) -> None:
    response = await http.get("/api/session", headers=[(b"cookie", header.encode("latin-1"))])
    assert response.json() == {"token": token}


@pytest.mark.parametrize("write", [lambda c, r: c.set(r, "t", 60), lambda c, r: c.clear(r)], ids=["set", "clear"])
def test_secure_and_prefix_come_together(write: Callable[[SessionCookie, Response], None]) -> None:
    for url in ("https://a.test", "http://a.test"):
        response = Response()
        cookie = SessionCookie(WebConfig(app_url=url))
        write(cookie, response)
        header = response.headers["set-cookie"]
        assert header.startswith("__Host-") == ("; Secure" in header) == url.startswith("https")
        scope = {
            "type": "http",
            "headers": [(b"cookie", b"__Host-storekeep_session=x" if "https" in url else b"storekeep_session=x")],
        }
        assert cookie.read(Request(scope)) == "x"
