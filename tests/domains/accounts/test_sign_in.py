"""Signing up, in and out over HTTP: who gets a session, what it says, and when it ends."""

from __future__ import annotations

import httpx

from tests.support.accounts import House, Person


async def test_signing_up_makes_a_person_a_tenant_and_a_session(house: House) -> None:
    async with house.browser() as page:
        answer = await page.post(
            "/api/auth/signup",
            json={"email": "Ada@Example.com", "password": "correct horse", "name": "Ada", "tenantName": "Engines"},
        )
        assert answer.status_code == 201, answer.text
        body = answer.json()
        assert (body["user"]["email"], body["user"]["name"], body["tenant"]["name"]) == ("Ada@Example.com", "Ada", "Engines")
