"""Signing up, in and out over HTTP: who gets a session, what it says, and when it ends."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from storekeep.domains.accounts.public import Role, add_member
from storekeep.domains.accounts.signing_in import SignIn
from storekeep.domains.accounts.types import Client
from storekeep.kit.ids import uuid7
from tests.support.accounts import PASSWORD, House, Person

ALL = [
    "analytics:read", "audit:read", "customer:read", "job:read", "job:write", "member:read", "member:write", "order:read",
    "order:refresh", "product:read", "profile:own", "store:delete", "store:read", "store:write", "sync:run", "tenant:delete",
    "tenant:read", "tenant:write",
]  # fmt: skip


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def new_account(**changes: Any) -> dict[str, Any]:
    return {"email": f"{uuid7().hex}@signup.test", "password": PASSWORD, "name": "Ada", "tenantName": "Engines"} | changes


async def test_signing_up_makes_a_person_a_tenant_and_a_session(house: House) -> None:
    account = new_account(name="  Ada ", email=f"Ada.{uuid7().hex}@Example.com")
    async with house.browser() as page:
        answer = await page.post("/api/auth/signup", json=account)
        assert answer.status_code == 201, answer.text
        body = answer.json()
        assert body == (await page.get("/api/auth/session")).json()
    assert (body["user"]["email"], body["user"]["name"], body["tenant"]["name"]) == (account["email"], "Ada", "Engines")
    assert (body["role"], body["permissions"]) == ("owner", ALL)
    assert body["tenants"] == [{"id": body["tenant"]["id"], "name": "Engines", "role": "owner"}]
    assert body["expiresAt"].endswith("Z")


async def test_an_address_is_one_persons_however_it_is_written(house: House) -> None:
    account = new_account()
    async with house.browser() as page:
        assert (await page.post("/api/auth/signup", json=account)).status_code == 201
        before = house.passwords.work
        again = await page.post("/api/auth/signup", json=account | {"email": account["email"].upper()})
        assert code(again) == (409, "AUTH_EMAIL_TAKEN")
        assert house.passwords.work == before + 1  # a taken address costs the work a free one does


async def test_a_hundred_sign_ups_with_one_address_make_one_account(house: House) -> None:
    account = new_account()
    async with house.browser() as page:
        answers = await asyncio.gather(*(page.post("/api/auth/signup", json=account) for _ in range(100)))
    assert sorted(a.status_code for a in answers) == [201] + [409] * 99


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "nobody"),
        ("email", "a b@c.test"),
        ("email", "a@b"),
        ("email", "a@b@c.test"),
        ("email", "x" * 250 + "@c.test"),
        ("password", "1234567"),
        ("password", "x" * 1001),
        ("name", "   "),
        ("tenantName", ""),
        ("tenantName", "x" * 201),
    ],
)
async def test_what_cannot_be_is_refused_by_field(house: House, field: str, value: str) -> None:
    async with house.browser() as page:
        answer = await page.post("/api/auth/signup", json=new_account() | {field: value})
    assert code(answer) == (422, "VALIDATION_FAILED")
    assert [f["path"] for f in answer.json()["error"]["details"]["fields"]] == [field]
    assert value == "" or value.strip() == "" or value not in answer.text


async def test_wrong_password_and_unknown_person_look_and_cost_the_same(house: House, owner: Person) -> None:
    bodies = []
    async with house.browser(ip="192.0.2.90") as page:
        for username in (owner.email, "nobody@nowhere.test", "", "not an address"):
            before = house.passwords.work
            answer = await page.post("/api/auth/login", json={"username": username, "password": "a wrong password"})
            assert code(answer) == (401, "AUTH_INVALID_CREDENTIALS")
            assert house.passwords.work == before + 1
            assert "set-cookie" not in answer.headers
            bodies.append(answer.json()["error"])
    assert all(body == bodies[0] for body in bodies)


async def test_logging_in_by_any_spelling_of_the_address(house: House, owner: Person) -> None:
    async with house.browser() as page:
        answer = await page.post("/api/auth/login", json={"username": f" {owner.email.upper()} ", "password": PASSWORD})
        assert answer.status_code == 200
        assert answer.json()["tenant"]["id"] == str(owner.tenant_id)


async def test_emoji_and_long_passwords_work_to_the_last_character(house: House) -> None:
    account = new_account(password="🦆" * 249 + "!")
    async with house.browser() as page:
        assert (await page.post("/api/auth/signup", json=account)).status_code == 201
        login = {"username": account["email"], "password": account["password"]}
        assert (await page.post("/api/auth/login", json=login)).status_code == 200
        login["password"] = account["password"][:-1] + "?"
        assert code(await page.post("/api/auth/login", json=login)) == (401, "AUTH_INVALID_CREDENTIALS")


async def test_without_a_session_and_with_a_dead_one(house: House) -> None:
    async with house.browser() as page:
        assert code(await page.get("/api/auth/session")) == (401, "AUTH_REQUIRED")
        page.cookies.set("storekeep_session", "x" * 43)
        assert code(await page.get("/api/auth/session")) == (401, "AUTH_SESSION_EXPIRED")


async def test_the_old_token_is_dead_after_logout_login_and_password_change(house: House, owner: Person) -> None:
    async def lives(token: str) -> bool:
        async with house.browser(token=token) as page:
            return (await page.get("/api/auth/session")).status_code == 200

    page = owner.http
    first = page.cookies["storekeep_session"]
    answer = await page.post("/api/auth/login", json={"username": owner.email, "password": PASSWORD})
    second = page.cookies["storekeep_session"]
    assert answer.status_code == 200
    assert first != second
    assert (await lives(first), await lives(second)) == (False, True)
    answer = await page.post("/api/auth/password", json={"currentPassword": PASSWORD, "newPassword": "another password"})
    third = page.cookies["storekeep_session"]
    assert answer.status_code == 204
    assert (await lives(second), await lives(third)) == (False, True)
    assert (await page.post("/api/auth/signup", json=new_account())).status_code == 201
    assert not await lives(third)
    fourth = page.cookies["storekeep_session"]
    assert (await page.post("/api/auth/logout")).status_code == 204
    assert "storekeep_session" not in page.cookies
    assert not await lives(fourth)


async def test_every_cookie_over_https_is_host_bound_secure_and_out_of_scripts_reach(secure_house: House) -> None:
    account = new_account()
    async with secure_house.browser() as page:
        answers = [
            await page.post("/api/auth/signup", json=account),
            await page.post("/api/auth/login", json={"username": account["email"], "password": PASSWORD}),
        ]
        token = page.cookies["__Host-storekeep_session"]
        switch = {"tenantId": answers[1].json()["tenant"]["id"]}
        answers.append(await page.post("/api/auth/switch", json=switch))
        assert page.cookies["__Host-storekeep_session"] != token
        change = {"currentPassword": PASSWORD, "newPassword": "another password"}
        answers.append(await page.post("/api/auth/password", json=change))
        answers.append(await page.post("/api/auth/logout"))
    cookies = [cookie for answer in answers for cookie in answer.headers.get_list("set-cookie")]
    assert len(cookies) == 9
    for cookie in cookies:
        name, *attributes = [part.strip() for part in cookie.split(";")]
        assert name.startswith(("__Host-storekeep_session=", "__Host-storekeep_device="))
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(attributes)
        assert not any(attribute.lower().startswith("domain") for attribute in attributes)


async def test_a_password_change_needs_the_old_one_and_ends_all_other_sessions(house: House, owner: Person) -> None:
    other = await house.sign_in(owner.email, owner.role, owner.tenant_id, owner.member_id)
    wrong = {"currentPassword": "not this one", "newPassword": "another password"}
    answer = await owner.http.post("/api/auth/password", json=wrong)
    assert code(answer) == (422, "AUTH_WRONG_PASSWORD")
    assert (await other.http.get("/api/auth/session")).status_code == 200
    right = {"currentPassword": PASSWORD, "newPassword": "another password"}
    assert (await owner.http.post("/api/auth/password", json=right)).status_code == 204
    assert code(await other.http.get("/api/auth/session")) == (401, "AUTH_SESSION_EXPIRED")
    assert (await owner.http.get("/api/auth/session")).status_code == 200
    async with house.browser() as page:
        old = await page.post("/api/auth/login", json={"username": owner.email, "password": PASSWORD})
        new = await page.post("/api/auth/login", json={"username": owner.email, "password": "another password"})
    assert (old.status_code, new.status_code) == (401, 200)


async def test_a_login_under_way_while_the_password_changes_leaves_no_session_of_the_old_one(house: House, owner: Person) -> None:
    sign_in = house.wired.services.get(SignIn)

    async def log_in() -> str | None:
        try:
            return (await sign_in.log_in(username=owner.email, password=PASSWORD, client=Client("127.0.0.1"))).token
        except Exception:
            return None

    change = owner.http.post("/api/auth/password", json={"currentPassword": PASSWORD, "newPassword": "another password"})
    tokens, answer = await asyncio.gather(asyncio.gather(*(log_in() for _ in range(5))), change)
    assert answer.status_code == 204
    for token in filter(None, tokens):
        async with house.browser(token=token) as page:
            assert (await page.get("/api/auth/session")).status_code == 401


async def test_sessions_are_listed_and_ended_one_by_one_or_all_others(house: House, owner: Person) -> None:
    others = [await house.sign_in(owner.email, owner.role, owner.tenant_id, owner.member_id) for _ in range(3)]
    listed = (await owner.http.get("/api/auth/sessions")).json()
    assert listed["nextCursor"] is None
    assert [s["current"] for s in listed["items"]].count(True) == 1
    assert len(listed["items"]) == 4
    victim = next(s["id"] for s in (await others[0].http.get("/api/auth/sessions")).json()["items"] if s["current"])
    assert (await owner.http.delete(f"/api/auth/sessions/{victim}")).status_code == 204
    assert (await others[0].http.get("/api/auth/session")).status_code == 401
    assert (await others[1].http.get("/api/auth/session")).status_code == 200
    assert (await owner.http.delete("/api/auth/sessions")).status_code == 204
    assert (await others[1].http.get("/api/auth/session")).status_code == 401
    assert len((await owner.http.get("/api/auth/sessions")).json()["items"]) == 1
    assert code(await owner.http.delete(f"/api/auth/sessions/{victim}")) == (404, "NOT_FOUND")


async def test_nobody_ends_anothers_session(house: House, owner: Person) -> None:
    colleague = await owner.invite(owner.role)
    theirs = (await colleague.http.get("/api/auth/sessions")).json()["items"][0]["id"]
    assert code(await owner.http.delete(f"/api/auth/sessions/{theirs}")) == (404, "NOT_FOUND")
    assert (await colleague.http.get("/api/auth/session")).status_code == 200


async def test_ending_ones_own_session_signs_out(owner: Person) -> None:
    mine = (await owner.http.get("/api/auth/sessions")).json()["items"][0]["id"]
    assert (await owner.http.delete(f"/api/auth/sessions/{mine}")).status_code == 204
    assert "storekeep_session" not in owner.http.cookies


async def test_a_new_name_is_shown_everywhere(owner: Person) -> None:
    answer = await owner.http.patch("/api/auth/profile", json={"name": "Zoë 🦆"})
    assert answer.json()["user"]["name"] == "Zoë 🦆"
    assert (await owner.http.get("/api/members")).json()["items"][0]["name"] == "Zoë 🦆"


async def test_turning_to_another_tenant_of_ones_own_and_never_to_a_foreign_one(house: House, owner: Person) -> None:
    elsewhere = await house.new_owner(tenant_name="Elsewhere")
    foreign = await house.new_owner(tenant_name="Foreign")
    await add_member(house.wired.services, tenant_id=elsewhere.tenant_id, email=owner.email, role=Role.VIEWER)
    old = owner.http.cookies["storekeep_session"]
    answer = await owner.http.post("/api/auth/switch", json={"tenantId": str(elsewhere.tenant_id)})
    assert (answer.json()["tenant"]["name"], answer.json()["role"]) == ("Elsewhere", "viewer")
    assert {t["name"] for t in answer.json()["tenants"]} == {"Elsewhere", "Test tenant"}
    assert (await owner.http.get("/api/tenant")).json()["name"] == "Elsewhere"
    async with house.browser(token=old) as page:
        assert (await page.get("/api/auth/session")).status_code == 401
    assert code(await owner.http.post("/api/auth/switch", json={"tenantId": str(foreign.tenant_id)})) == (404, "TENANT_NOT_FOUND")
    again = await house.sign_in(owner.email, owner.role, owner.tenant_id, owner.member_id)
    assert (await again.http.get("/api/tenant")).json()["name"] == "Elsewhere"  # where they looked last
