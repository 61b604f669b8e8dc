"""Drives a sandbox over real HTTP: starts one on a free port, speaks GraphQL, OAuth and the control door to it."""

from __future__ import annotations

import json
import socket
import threading
import time
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from storekeep.sandbox.config import ONLINE_RETAIL, App, SandboxConfig, custom_app_token
from storekeep.sandbox.server import create_app

DOCUMENTS = Path(__file__).parent / "documents"
KEY, SECRET, CONTROL = "test-key", "test-secret", "test-control"
CALLBACK = "http://127.0.0.1:9999/api/shopify/callback"
ANCHOR = date(2026, 11, 21)  # a Saturday; yesterday is a Friday

EVERYTHING = """{ orders { edges { node { __typename id name createdAt customer { id email }
  totalPriceSet { shopMoney { amount } } totalTaxSet { shopMoney { amount } } totalShippingPriceSet { shopMoney { amount } }
  lineItems { edges { node { __typename id quantity sku originalUnitPriceSet { shopMoney { amount } } } } } } } } }"""


def document(name: str) -> str:
    """The text of a document under documents/."""
    return (DOCUMENTS / f"{name}.graphql").read_text(encoding="utf-8")


def config(state_dir: Path, **more: Any) -> SandboxConfig:
    """A configuration for tests: quick bulk operations, the control door open, a fixed anchor."""
    given: dict[str, Any] = {
        "apps": (App(KEY, SECRET, redirect_uris=("http://127.0.0.1:*/api/shopify/callback",)),),
        "control_key": CONTROL,
        "anchor": ANCHOR,
        "port": 0,
        "bulk_created_seconds": 0.02,
        "bulk_running_seconds": 0.02,
        "job_seconds": 0.05,
        "bucket_size": 20_000.0,
        "restore_rate": 10_000.0,
    }
    return SandboxConfig(state_dir=state_dir, **{**given, **more})


class Driver:
    """A client of one running sandbox."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.root = f"http://127.0.0.1:{port}"
        self.http = httpx.Client(timeout=120, verify=False)  # plain HTTP: no certificates to load

    def base(self, shop: str = ONLINE_RETAIL) -> str:
        """The base address of a shop."""
        return f"{self.root}/shopify/{shop}"

    def post(
        self, query: str, variables: Any = None, *, shop: str = ONLINE_RETAIL, token: str | None = None, **more: Any
    ) -> httpx.Response:
        """One GraphQL call, as sent."""
        headers = {"X-Shopify-Access-Token": token or custom_app_token(shop), **more.pop("headers", {})}
        version = more.pop("version", "2026-07")
        return self.http.post(
            f"{self.base(shop)}/admin/api/{version}/graphql.json",
            json={"query": query, "variables": variables or {}},
            headers=headers,
            **more,
        )

    def gql(self, query: str, variables: Any = None, **more: Any) -> dict[str, Any]:
        """The answer of a GraphQL call."""
        response = self.post(query, variables, **more)
        assert response.status_code == 200, response.text
        return response.json()  # type: ignore[no-any-return]

    def data(self, query: str, variables: Any = None, **more: Any) -> dict[str, Any]:
        """The data of a GraphQL call that must have no errors."""
        answer = self.gql(query, variables, **more)
        assert "errors" not in answer, answer["errors"]
        return answer["data"]  # type: ignore[no-any-return]

    def pages(self, query: str, root: str, variables: dict[str, Any], **more: Any) -> list[dict[str, Any]]:
        """All rows of a paged document that takes $after."""
        rows: list[dict[str, Any]] = []
        after = None
        while True:
            page = self.data(query, {**variables, "after": after}, **more)[root]
            rows.extend(page["nodes"])
            after = page["pageInfo"]["endCursor"]
            if not page["pageInfo"]["hasNextPage"]:
                return rows

    def bulk(self, query: str, *, group: bool = False, shop: str = ONLINE_RETAIL, **more: Any) -> dict[str, Any]:
        """Runs a bulk operation to its end."""
        run = """mutation R($q: String!, $g: Boolean!) { bulkOperationRunQuery(query: $q, groupObjects: $g) {
            bulkOperation { id status } userErrors { field message code } } }"""
        started = self.data(run, {"q": query, "g": group}, shop=shop, **more)["bulkOperationRunQuery"]
        assert not started["userErrors"], started
        return self.finished(started["bulkOperation"]["id"], shop=shop, **more)

    def finished(self, id: str, **more: Any) -> dict[str, Any]:
        """A bulk operation once it has ended."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            operation: dict[str, Any] = self.data(document("bulk_status"), {"id": id}, **more)["bulkOperation"]
            if operation["status"] in ("COMPLETED", "FAILED", "CANCELED"):
                return operation
            time.sleep(0.03)
        raise AssertionError(f"bulk operation {id} never ended")

    def lines(self, operation: dict[str, Any]) -> list[dict[str, Any]]:
        """The parsed lines of a bulk result."""
        if operation["url"] is None:
            return []
        response = self.http.get(operation["url"])
        assert response.status_code == 200, response.text
        return [json.loads(line) for line in response.text.splitlines()]

    def control(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        """A call of the control door that must succeed."""
        response = self.http.request(
            method, f"{self.root}/control/{path}", json=body, headers={"X-Sandbox-Control": CONTROL}, **more
        )
        assert response.status_code == 200, response.text
        return response.json()

    def fault(self, **spec: Any) -> Any:
        """Sets a fault."""
        return self.control("POST", "faults", spec)

    def dump(self, shop: str) -> list[bytes]:
        """The raw state of a shop, a line of JSON a record."""
        return self.http.get(f"{self.root}/control/raw/{shop}", headers={"X-Sandbox-Control": CONTROL}).content.split(b"\n")

    def raw(self, shop: str) -> list[dict[str, Any]]:
        """The raw state of a shop."""
        return [json.loads(line) for line in self.dump(shop) if line]

    def row(self, shop: str, kind: str, id: str) -> Any:
        """The raw state of one row, or None."""
        return self.control("GET", f"raw/{shop}", params={"kind": kind, "id": id})

    def consent(
        self, shop: str = ONLINE_RETAIL, scope: str = "read_orders,read_customers,read_products", **more: str
    ) -> httpx.Response:
        """Presses Install on the consent page; the answer is the redirect."""
        fields = {"client_id": KEY, "scope": scope, "redirect_uri": CALLBACK, "state": "st4te", "decision": "install", **more}
        return self.http.post(f"{self.base(shop)}/admin/oauth/authorize", data=fields)

    def callback(self, response: httpx.Response) -> dict[str, str]:
        """The query of the redirect back to the app."""
        assert response.status_code == 302, response.text
        return {k: v[0] for k, v in parse_qs(urlsplit(response.headers["location"]).query, keep_blank_values=True).items()}

    def token(self, shop: str = ONLINE_RETAIL, **body: str) -> httpx.Response:
        """A call of the token endpoint with the app's key pair."""
        return self.http.post(
            f"{self.base(shop)}/admin/oauth/access_token", json={"client_id": KEY, "client_secret": SECRET, **body}
        )

    def install(
        self, shop: str = ONLINE_RETAIL, scope: str = "read_orders,read_customers,read_products", expiring: str = "1"
    ) -> dict[str, Any]:
        """The whole way to a token."""
        code = self.callback(self.consent(shop, scope))["code"]
        response = self.token(shop, code=code, expiring=expiring)
        assert response.status_code == 200, response.text
        return response.json()  # type: ignore[no-any-return]


class _Quiet(HttpToolsProtocol):
    """Writes no access log, also when a product in this process has set up logging since: the request log tells more."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.access_log = False


@contextmanager
def running(settings: SandboxConfig) -> Any:
    """A sandbox in a thread of this process, on a free port, stopped at the end; yields its Driver."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    config = uvicorn.Config(
        create_app(settings),
        http=_Quiet,
        log_config=None,
        # Longer than a client keeps an idle connection: never closed in the moment it is used again.
        timeout_keep_alive=60,
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=lambda: server.run([listener]), daemon=True)
    thread.start()
    deadline = time.monotonic() + 30
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.01)
    driver = Driver(listener.getsockname()[1])
    try:
        yield driver
    finally:
        driver.http.close()
        server.should_exit = True
        thread.join(10)
        listener.close()
