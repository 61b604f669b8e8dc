"""The demo tenants, made the way a person makes them: over the API, with the stand-in's custom-app tokens, until imported."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx
from redis.asyncio import Redis

from storekeep.entry.demo_mark import mark_imported
from storekeep.sandbox import config as stand_in

PASSWORD = "storekeep-demo"  # noqa: S105 - public: the demo's own, refused in production
_FINISHED = ("SUCCEEDED", "PARTIAL")
_ATTEMPTS = 3
_START_SECONDS = 60.0
_POLL_SECONDS = 1.0


class DemoFailed(RuntimeError):
    """The demo could not be made; the message is fit for a person."""


@dataclass(frozen=True, slots=True)
class Tenant:
    """One demo tenant: its owner's address and name, its own name, its shops."""

    email: str
    owner: str
    name: str
    shops: tuple[str, ...]


DEMO = Tenant("owner@demo.storekeep.test", "Dana Owner", "Demo Store", (stand_in.DEMO_STORE,))
OTHER = Tenant(
    "owner@other.storekeep.test",
    "Otis Owner",
    "Other Goods",
    (stand_in.AWKWARD, stand_in.AWKWARD_JPY, stand_in.AWKWARD_KWD),
)
FULL = Tenant("owner@full.storekeep.test", "Fay Owner", "Online Retail", (stand_in.ONLINE_RETAIL,))


class Owner:
    """A signed-in owner of a demo tenant, speaking to the API at `address`; `origin` is what browsers send as such."""

    def __init__(self, tenant: Tenant, address: str, origin: str) -> None:
        self.tenant = tenant
        # The cookie is carried by hand: with an https APP_URL it is Secure, and this client speaks to loopback over http.
        self._client = httpx.Client(base_url=address, headers={"Origin": origin}, timeout=30)

    def sign_in(self) -> bool:
        """Sign in, or up where the tenant is not there yet; False when somebody has given the login another password.

        A login without tenant is what a crash leaves of signing up: that is done again.
        """
        login = {"username": self.tenant.email, "password": PASSWORD}
        if self._send("POST", "/api/auth/login", login, but=(401, 403)) is not None:
            return True
        account = {"email": self.tenant.email, "password": PASSWORD, "name": self.tenant.owner, "tenantName": self.tenant.name}
        return self._send("POST", "/api/auth/signup", account, but=(409,)) is not None

    def connect(self) -> list[str]:
        """Connect the shops that are not; the ids of all its stores among the demo's."""
        known = {store["shop"]: store["id"] for store in self._get("/api/stores")["items"]}
        for shop in self.tenant.shops:
            if shop not in known:
                store = self._send("POST", "/api/stores", {"shop": shop, "accessToken": stand_in.custom_app_token(shop)})
                assert store is not None
                known[shop] = store["id"]
        return [known[shop] for shop in self.tenant.shops]

    def not_imported(self, store_ids: list[str]) -> list[str]:
        """Those of these stores that have not been copied once. Asks for another run after one that failed, three in all.

        Raises DemoFailed when the third has failed.
        """
        runs: dict[str, list[dict[str, Any]]] = {store_id: [] for store_id in store_ids}
        for run in self._get("/api/sync/runs", limit="100")["items"]:
            runs.setdefault(run["storeId"], []).append(run)
        left = [store_id for store_id in store_ids if not any(run["status"] in _FINISHED for run in runs[store_id])]
        for store_id in left:
            newest = runs[store_id][0] if runs[store_id] else None
            if newest and newest["status"] in ("FAILED", "CANCELLED"):
                if len(runs[store_id]) >= _ATTEMPTS:
                    raise DemoFailed(f"The import of {self.tenant.name} failed: {newest.get('error')}")
                self._send("POST", "/api/sync", {"storeId": store_id})
        return left

    def close(self) -> None:
        """Sign out, so that a session does not remain from every start."""
        self._send("POST", "/api/auth/logout", None)
        self._client.close()

    def _get(self, path: str, **query: str) -> dict[str, Any]:
        answer: dict[str, Any] = self._checked(self._request("GET", path, params=query)).json()
        return answer

    def _send(self, method: str, path: str, body: Any, *, but: tuple[int, ...] = ()) -> dict[str, Any] | None:
        """The answer's body; None when its status is in `but`, the refusals the caller reckons with."""
        response = self._request(method, path, json=body)
        if response.status_code in but:
            return None
        self._checked(response)
        if cookie := response.headers.get("set-cookie"):
            self._client.headers["Cookie"] = cookie.split(";", 1)[0]
        answer: dict[str, Any] = response.json() if response.content else {}
        return answer

    def _request(self, method: str, path: str, **content: Any) -> httpx.Response:
        """The response, after waiting out a limit of requests as long as it asks for."""
        while True:
            response = self._client.request(method, path, **content)
            if response.status_code != httpx.codes.TOO_MANY_REQUESTS:
                return response
            time.sleep(float(response.headers.get("retry-after", "5")))

    def _checked(self, response: httpx.Response) -> httpx.Response:
        if response.is_error:
            raise DemoFailed(
                f"{response.request.method} {response.request.url.path} answered {response.status_code}: {response.text}"
            )
        return response


def seed(address: str, origin: str, *, full: bool, say: Callable[[str], None]) -> None:
    """Make the demo tenants as far as they are absent and wait until their shops are imported. Raises DemoFailed."""
    owners = []
    waiting: dict[Owner, list[str]] = {}
    for tenant in (DEMO, OTHER, FULL) if full else (DEMO, OTHER):
        owner = Owner(tenant, address, origin)
        if _patiently(owner.sign_in):
            owners.append(owner)
            waiting[owner] = owner.connect()
        else:
            say(f"{tenant.name}: its password has been changed; it is left as it is.")
    while True:
        for owner, stores in list(waiting.items()):
            waiting[owner] = owner.not_imported(stores)
            if not waiting[owner]:
                del waiting[owner]
                say(f"{owner.tenant.name}: imported.")
        if not waiting:
            break
        time.sleep(_POLL_SECONDS)
    for owner in owners:
        owner.close()


async def remember(redis_url: str, *, full: bool) -> None:
    """Tell /readyz that the demo is there."""
    async with Redis.from_url(redis_url) as redis:
        await mark_imported(redis, full=full)


def _patiently(call: Callable[[], bool]) -> bool:
    """Make the first call again while the API is still starting."""
    deadline = time.monotonic() + _START_SECONDS
    while True:
        try:
            return call()
        except httpx.TransportError as error:
            if time.monotonic() > deadline:
                raise DemoFailed(f"The API does not answer: {error}") from error
            time.sleep(0.2)
