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
    """A signed-in owner of a demo tenant, speaking to the API at `address`; `origin` is what browsers call it (APP_URL)."""

    def __init__(self, tenant: Tenant, address: str, origin: str) -> None:
        self.tenant = tenant
        # The cookie is carried by hand: with an https APP_URL it is Secure, and this client speaks to loopback over http.
        self._client = httpx.Client(base_url=address, headers={"Origin": origin}, timeout=30)

    def sign_in(self) -> bool:
        """Sign in, or up where the tenant is not there yet; False when somebody has given the login another password."""
        if self._send("POST", "/api/auth/login", {"username": self.tenant.email, "password": PASSWORD}, but=401) is not None:
            return True
        account = {"email": self.tenant.email, "password": PASSWORD, "name": self.tenant.owner, "tenantName": self.tenant.name}
        return self._send("POST", "/api/auth/signup", account, but=409) is not None

    def connect(self) -> list[str]:
        """Connect the shops that are not; the ids of all its stores among the demo's."""
        known = {store["shop"]: store["id"] for store in self._get("/api/stores")["items"]}
        for shop in self.tenant.shops:
            if shop not in known:
                store = self._send("POST", "/api/stores", {"shop": shop, "accessToken": stand_in.custom_app_token(shop)})
                assert store is not None
                known[shop] = store["id"]
        return [known[shop] for shop in self.tenant.shops]

    def imported(self, store_id: str) -> bool:
        """Whether the store has been copied once. Asks for another run after one that failed; raises DemoFailed after three."""
        runs = self._get("/api/sync/runs", storeId=store_id)["items"]
        if any(run["status"] in _FINISHED for run in runs):
            return True
        if runs and runs[0]["status"] in ("FAILED", "CANCELLED"):
            if len(runs) >= _ATTEMPTS:
                raise DemoFailed(f"The import of {self.tenant.name} failed: {runs[0].get('error')}")
            self._send("POST", "/api/sync", {"storeId": store_id})
        return False

    def close(self) -> None:
        """Sign out, so that a session does not remain from every start."""
        self._send("POST", "/api/auth/logout", None)
        self._client.close()

    def _get(self, path: str, **query: str) -> dict[str, Any]:
        answer: dict[str, Any] = self._checked(self._client.get(path, params=query)).json()
        return answer

    def _send(self, method: str, path: str, body: Any, *, but: int | None = None) -> dict[str, Any] | None:
        """The answer's body; None when its status is `but`, the one refusal the caller reckons with."""
        response = self._client.request(method, path, json=body)
        if response.status_code == but:
            return None
        self._checked(response)
        if cookie := response.headers.get("set-cookie"):
            self._client.headers["Cookie"] = cookie.split(";", 1)[0]
        answer: dict[str, Any] = response.json() if response.content else {}
        return answer

    def _checked(self, response: httpx.Response) -> httpx.Response:
        if response.is_error:
            raise DemoFailed(
                f"{response.request.method} {response.request.url.path} answered {response.status_code}: {response.text}"
            )
        return response


def seed(address: str, origin: str, *, full: bool, say: Callable[[str], None]) -> None:
    """Make the demo tenants as far as they are absent and wait until their shops are imported. Raises DemoFailed."""
    owners = []
    waiting: dict[str, Owner] = {}
    for tenant in (DEMO, OTHER, FULL) if full else (DEMO, OTHER):
        owner = Owner(tenant, address, origin)
        if _patiently(owner.sign_in):
            owners.append(owner)
            waiting |= dict.fromkeys(owner.connect(), owner)
        else:
            say(f"{tenant.name}: its password has been changed; it is left as it is.")
    while waiting:
        for store_id, owner in list(waiting.items()):
            if owner.imported(store_id):
                del waiting[store_id]
                say(f"{owner.tenant.name}: imported.")
        if waiting:
            time.sleep(0.5)
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
