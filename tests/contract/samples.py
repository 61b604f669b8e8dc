"""What to ask each door for: one thing of a tenant for every parameter there is, and a valid request for every unsafe door.

A new route with a parameter that is not named here, or a new unsafe route without a sample, fails the census.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

import httpx

from storekeep.domains.accounts.public import Role
from storekeep.kit.ids import uuid7
from storekeep.sandbox.config import AWKWARD_JPY, custom_app_token
from tests.contract.doors import Door
from tests.domains.connections.sandbox import ShopifyStandIn
from tests.support.accounts import PASSWORD, Person
from tests.support.world import Furnished

Json = Any

# Parameters that name a thing, and its kind in `Furnished.ids`.
IDS = {
    "path": {
        "session_id": "session",
        "member_id": "member",
        "store_id": "store",
        "erasure_id": "erasure",
        "order_id": "order",
        "customer_id": "customer",
        "product_id": "product",
        "job_id": "job",
        "run_id": "sync_run",
    },
    "query": {"actorId": "member", "subjectId": "order", "storeId": "store", "customerId": "customer", "tenantId": "tenant"},
    "body": {"tenantId": "tenant", "storeId": "store"},
}
# Every other parameter: what a person of the tenant might give. "cursor" is taken from the tenant's own first page.
WORDS: dict[str, Callable[[Furnished], str]] = {
    "limit": lambda t: "1",
    "from": lambda t: "2026-01-01",
    "to": lambda t: "2026-01-31",
    "q": lambda t: t.mark,
    "action": lambda t: f"{t.mark}.done",
    "subjectType": lambda t: "order",
    "shop": lambda t: t.texts["shop"],
    "currency": lambda t: "GBP",
    "sort": lambda t: "",
    "financialStatus": lambda t: "PAID",
    "fulfillmentStatus": lambda t: "FULFILLED",
    "status": lambda t: "ACTIVE",
    "cancelled": lambda t: "true",
    "test": lambda t: "false",
    "interval": lambda t: "day",
    "compare": lambda t: "previous",
    "state": lambda t: "dead",
    "kind": lambda t: f"{t.mark} kind",
    "cursor": lambda t: "",
    "last-event-id": lambda t: "0-1",
    "pageOf": lambda t: "",
}
# Read from the raw query, where the schema does not see them; each is tried with hostile values, too.
UNSEEN = {"GET /api/shopify/callback": ("code", "hmac", "shop", "state", "timestamp", "host")}
# Routes that change something although their method says otherwise: a browser is sent there.
CHANGES_BY_GET = ("GET /api/shopify/callback",)


@dataclass(slots=True)
class Sample:
    """A request that succeeds once. `path` and `params` replace the usual ones.

    `before` and `after` say which of the two its audit entry must have; `public`: nobody need be signed in; `ends`: whoever
    asked is signed out afterwards.
    """

    body: Json = None
    path: dict[str, str] = field(default_factory=dict)
    params: dict[str, str] = field(default_factory=dict)
    before: bool = False
    after: bool = False
    public: bool = False
    ends: bool = False


def path_of(door: Door, tenant: Furnished, sample: Sample | None = None) -> dict[str, str]:
    """The tenant's own things for the door's path."""
    given = {param.name: str(tenant.ids[IDS["path"][param.name]]) for param in door.named("path")}
    return given | (sample.path if sample else {})


Maker = Callable[[Furnished, Person, ShopifyStandIn], Awaitable[Sample]]
SAMPLES: dict[str, Maker] = {}


def sample(key: str) -> Callable[[Maker], Maker]:
    """Register a sample for the door of that key."""

    def keep(make: Maker) -> Maker:
        SAMPLES[key] = make
        return make

    return keep


@sample("POST /api/auth/signup")
async def _sign_up(tenant: Furnished, person: Person, shopify: ShopifyStandIn) -> Sample:
    email = f"{tenant.mark}-{uuid7().hex[-8:]}@world.test"
    body = {"email": email, "password": PASSWORD, "name": "Nora New", "tenantName": "New tenant"}
    return Sample(body, after=True, public=True)


@sample("POST /api/auth/login")
async def _log_in(tenant: Furnished, person: Person, shopify: ShopifyStandIn) -> Sample:
    return Sample({"username": person.email, "password": PASSWORD}, after=True, public=True)


@sample("POST /api/auth/logout")
async def _log_out(tenant: Furnished, person: Person, shopify: ShopifyStandIn) -> Sample:
    return Sample(before=True, ends=True)


@sample("POST /api/auth/switch")
async def _switch(tenant: Furnished, person: Person, shopify: ShopifyStandIn) -> Sample:
    return Sample({"tenantId": str(tenant.ids["tenant"])}, after=True)


@sample("POST /api/auth/password")
async def _change_password(tenant: Furnished, person: Person, shopify: ShopifyStandIn) -> Sample:
    return Sample({"currentPassword": PASSWORD, "newPassword": PASSWORD}, after=True)


@sample("PATCH /api/auth/profile")
async def _change_profile(tenant: Furnished, person: Person, shopify: ShopifyStandIn) -> Sample:
    return Sample({"name": f"{tenant.mark} renamed"}, before=True, after=True)


@sample("DELETE /api/auth/sessions")
async def _end_sessions(tenant: Furnished, person: Person, shopify: ShopifyStandIn) -> Sample:
    return Sample(before=True)


@sample("DELETE /api/auth/sessions/{session_id}")
async def _end_session(tenant: Furnished, person: Person, shopify: ShopifyStandIn) -> Sample:
    return Sample(path={"session_id": str(await tenant.spare_session(person))}, before=True)


@sample("PATCH /api/tenant")
async def _rename_tenant(tenant: Furnished, person: Person, shopify: ShopifyStandIn) -> Sample:
    return Sample({"name": f"{tenant.mark} renamed"}, before=True, after=True)


@sample("DELETE /api/tenant")
async def _delete_tenant(tenant: Furnished, person: Person, shopify: ShopifyStandIn) -> Sample:
    return Sample({"confirmName": tenant.texts["tenant"]}, before=True, ends=True)


@sample("PATCH /api/members/{member_id}")
async def _change_role(tenant: Furnished, person: Person, shopify: ShopifyStandIn) -> Sample:
    return Sample({"role": str(Role.ADMIN)}, before=True, after=True)


@sample("DELETE /api/members/{member_id}")
async def _remove_member(tenant: Furnished, person: Person, shopify: ShopifyStandIn) -> Sample:
    return Sample(before=True)


@sample("POST /api/stores")
async def _connect(tenant: Furnished, person: Person, shopify: ShopifyStandIn) -> Sample:
    return Sample({"shop": AWKWARD_JPY, "accessToken": custom_app_token(AWKWARD_JPY)}, after=True)


@sample("GET /api/shopify/callback")
async def _return_from_shopify(tenant: Furnished, person: Person, shopify: ShopifyStandIn) -> Sample:
    begun = await person.http.get("/api/shopify/auth", params={"shop": AWKWARD_JPY})
    assert begun.status_code == 302, begun.text
    back = await shopify.consent(begun.headers["location"])
    return Sample(params=dict(parse_qsl(urlsplit(back).query)), after=True)


@sample("PATCH /api/stores/{store_id}")
async def _change_schedule(tenant: Furnished, person: Person, shopify: ShopifyStandIn) -> Sample:
    return Sample({"syncIntervalMinutes": 30, "syncPaused": True}, before=True, after=True)


@sample("DELETE /api/stores/{store_id}")
async def _disconnect(tenant: Furnished, person: Person, shopify: ShopifyStandIn) -> Sample:
    return Sample({"confirmName": tenant.texts["shop"]}, before=True)


@sample("POST /api/jobs/{job_id}/replay")
async def _replay(tenant: Furnished, person: Person, shopify: ShopifyStandIn) -> Sample:
    return Sample(before=True, after=True)


@sample("POST /api/jobs/{job_id}/cancel")
async def _cancel(tenant: Furnished, person: Person, shopify: ShopifyStandIn) -> Sample:
    return Sample(path={"job_id": str(tenant.ids["waiting_job"])}, before=True, after=True)


@sample("POST /api/sync")
async def _sync(tenant: Furnished, person: Person, shopify: ShopifyStandIn) -> Sample:
    return Sample({"storeId": str(tenant.ids["store"])}, after=True)


@sample("POST /api/sync/runs/{run_id}/cancel")
async def _cancel_run(tenant: Furnished, person: Person, shopify: ShopifyStandIn) -> Sample:
    asked = await tenant.owner.http.post("/api/sync", json={"storeId": str(tenant.ids["store"])})
    return Sample(path={"run_id": asked.json()["items"][0]["id"]}, before=True, after=True)


@sample("POST /api/orders/{order_id}/refresh")
async def _refresh(tenant: Furnished, person: Person, shopify: ShopifyStandIn) -> Sample:
    """An order of a shop that is there to be asked."""
    body = {"shop": AWKWARD_JPY, "accessToken": custom_app_token(AWKWARD_JPY)}
    made = await tenant.owner.http.post("/api/stores", json=body)
    if made.status_code == 409:
        return Sample(before=True, after=True)  # another tenant has the shop just now; what is asked is answered all the same
    order_id = await tenant.order_at_shopify(UUID(made.json()["id"]), await an_order(shopify))
    return Sample(path={"order_id": str(order_id)}, before=True, after=True)


async def an_order(shopify: ShopifyStandIn) -> int:
    """The number of an order that the shop has."""
    query = {"query": "{ orders(first: 1) { nodes { legacyResourceId } } }"}
    token = {"x-shopify-access-token": custom_app_token(AWKWARD_JPY)}
    async with httpx.AsyncClient(trust_env=False) as http:
        url = f"{shopify.base_url.format(shop=AWKWARD_JPY)}/admin/api/2026-07/graphql.json"
        answer = (await http.post(url, json=query, headers=token)).json()
    return int(answer["data"]["orders"]["nodes"][0]["legacyResourceId"])


def swapped(value: Json, mine: Furnished, theirs: Callable[[str], str]) -> Json:
    """`value` with every name of `mine`'s things replaced by what `theirs` answers for that name's kind."""
    known = {str(identifier): kind for kind, identifier in mine.ids.items()}
    known |= {text: kind for kind, text in mine.texts.items()} | {mine.owner.email: "email"}

    def swap(part: Json) -> Json:
        if isinstance(part, dict):
            return {key: swap(item) for key, item in part.items()}
        if isinstance(part, list):
            return [swap(item) for item in part]
        return theirs(known[part]) if isinstance(part, str) and part in known else part

    return swap(value)
