"""The stand-in for Shopify on a free port, as these tests need it: consent given by POST, tokens, faults, the request log."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import uvicorn

from storekeep.sandbox.config import AWKWARD_JPY, AWKWARD_KWD, App, SandboxConfig
from storekeep.sandbox.server import create_app
from storekeep.sandbox.shopify.oauth import sign_query

# The shops these tests connect; other rooms' tests have the rest.
SHOPS = (AWKWARD_JPY, AWKWARD_KWD)
API_KEY, API_SECRET = "connections-test-key", "connections-test-secret"
_CONTROL = "connections-tests"


class ShopifyStandIn:
    """A running sandbox. `base_url` has {shop} for the shop's domain."""

    def __init__(self, port: int) -> None:
        self._root = f"http://127.0.0.1:{port}"
        self.base_url = f"{self._root}/shopify/{{shop}}"
        self._http = httpx.AsyncClient(trust_env=False, verify=False, timeout=30)
        self._misbehaves = False

    async def control(self, method: str, path: str, body: Any = None) -> Any:
        """Use the control door."""
        headers = {"x-sandbox-control": _CONTROL}
        answer = await self._http.request(method, f"{self._root}/control/{path}", json=body, headers=headers)
        answer.raise_for_status()
        return answer.json()

    async def requests(self, kind: str, shop: str | None = None) -> list[dict[str, Any]]:
        """What was asked of the sandbox since the test began: kind consent, oauth, graphql or scopes."""
        query = urlencode({"kind": kind, **({"shop": shop} if shop else {})})
        found: list[dict[str, Any]] = await self.control("GET", f"requests?{query}")
        return found

    async def fault(self, **fault: Any) -> None:
        """Let something go wrong, once unless told otherwise."""
        self._misbehaves = True
        await self.control("POST", "faults", fault)

    async def manners(self, shop: str, **manners: Any) -> None:
        """Change how the shop treats apps: `status` (402, 423, 0 for normal), `history`."""
        self._misbehaves = True
        await self.control("POST", "manners", {"shop": shop, **manners})

    async def consent(self, authorize_url: str) -> str:
        """Open the consent page and click "install" as a person does; the address Shopify sends the browser back to."""
        page = await self._http.get(authorize_url)
        assert page.status_code == 200, page.text
        hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.text)
        form = {unescape(name): unescape(value) for name, value in hidden} | {"decision": "install"}
        answer = await self._http.post(authorize_url.partition("?")[0], data=form)
        assert answer.status_code == 302, answer.text
        return answer.headers["location"]

    async def code(self, shop: str) -> str:
        """An authorization code, as a merchant's consent gives it."""
        query = {"client_id": API_KEY, "redirect_uri": "http://127.0.0.1:8000/api/shopify/callback", "state": "-"}
        back = await self.consent(f"{self.base_url.format(shop=shop)}/admin/oauth/authorize?{urlencode(query)}")
        return parse_qs(urlsplit(back).query)["code"][0]

    async def fresh(self) -> None:
        """Forget what earlier tests asked and broke."""
        await self.control("DELETE", "requests")
        if not self._misbehaves:
            return
        await self.control("DELETE", "faults")
        for shop in SHOPS:
            await self.manners(shop, status=0, history=True)
        self._misbehaves = False

    async def close(self) -> None:
        """Close the client."""
        await self._http.aclose()


def signed(parameters: dict[str, str], secret: str = API_SECRET) -> str:
    """A query string as Shopify signs it."""
    return urlencode({**parameters, "hmac": sign_query(parameters, secret)})


@asynccontextmanager
async def running(state_dir: Path) -> AsyncIterator[ShopifyStandIn]:
    """A sandbox that serves while the block runs."""
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    apps = (App(API_KEY, API_SECRET, redirect_uris=("http://127.0.0.1:*/api/shopify/callback",)),)
    # With grace, as documented from 28 August 2026: a refresh whose answer was lost can be asked for again.
    config = SandboxConfig(state_dir=state_dir, port=port, apps=apps, control_key=_CONTROL, refresh_grace=True)
    server = uvicorn.Server(uvicorn.Config(create_app(config), log_level="warning", access_log=False))
    task = asyncio.create_task(server.serve([listener]))
    while not server.started:
        assert not task.done(), "the sandbox did not start"
        await asyncio.sleep(0.02)
    stand_in = ShopifyStandIn(port)
    try:
        yield stand_in
    finally:
        await stand_in.close()
        server.should_exit = True
        await task
