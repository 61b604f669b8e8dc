"""Reading Shopify's values: ids, moments, money, and the few small answers."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storekeep.integrations.shopify.wire import (
    gid_number,
    granted_scopes,
    instant,
    ref_number,
    shop_amount,
    shop_facts,
    source_count,
)


@settings(max_examples=100)
@given(number=st.integers(0, 2**63 - 1), kind=st.sampled_from(["Order", "LineItem", "MailingAddress"]), query=st.booleans())
def test_ids_are_read_with_and_without_a_query(number: int, kind: str, query: bool) -> None:
    gid = f"gid://shopify/{kind}/{number}" + ("?model_name=CustomerAddress/x" if query else "")
    assert gid_number(gid) == number


@pytest.mark.parametrize("text", ["", "12a", "gid://shopify/Order/", "gid://shopify/Order/x1", "gid://shopify/Order/١٢", "/x?1"])
def test_other_ids_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="global id"):
        gid_number(text)


def test_references_and_moments() -> None:
    assert ref_number(None) is None
    assert ref_number({"id": "gid://shopify/Customer/5"}) == 5
    assert instant(None) is None
    assert instant("2026-07-14T10:00:00Z") == datetime(2026, 7, 14, 10, tzinfo=UTC)
    assert instant("2026-07-14T12:00:00+02:00") == datetime(2026, 7, 14, 10, tzinfo=UTC)


@pytest.mark.parametrize(("amount", "value"), [("114.00", "114.00"), ("0.0", "0.0"), ("1000", "1000"), ("0.001", "0.001")])
def test_money_is_exact(amount: str, value: str) -> None:
    assert shop_amount({"shopMoney": {"amount": amount}}) == Decimal(value)
    assert shop_amount(None) == 0


@pytest.mark.parametrize("amount", [1.5, "NaN", "", "ten"])
def test_what_is_no_decimal_is_refused(amount: Any) -> None:
    with pytest.raises(ValueError, match=r"amount|money"):
        shop_amount({"shopMoney": {"amount": amount}})


def test_small_answers() -> None:
    facts = shop_facts(
        {
            "shop": {
                "id": "gid://shopify/Shop/9",
                "name": "Demo",
                "email": "",
                "myshopifyDomain": "Demo.myshopify.com",
                "primaryDomain": {"host": "demo.example"},
                "currencyCode": "GBP",
                "ianaTimezone": "Europe/London",
                "taxesIncluded": True,
                "createdAt": "2020-01-01T00:00:00Z",
                "plan": {"publicDisplayName": "Basic"},
            }
        }
    )
    assert (facts.id, facts.domain, facts.email, facts.primary_host) == (9, "demo.myshopify.com", None, "demo.example")
    assert (facts.currency, facts.time_zone, facts.taxes_included, facts.plan) == ("GBP", "Europe/London", True, "Basic")
    scopes = {"currentAppInstallation": {"accessScopes": [{"handle": "read_orders"}, {"handle": "read_customers"}]}}
    assert granted_scopes(scopes) == ("read_customers", "read_orders")
    count = source_count({"ordersCount": {"count": 10_000, "precision": "AT_LEAST"}}, "ordersCount")
    assert (count.count, count.exact) == (10_000, False)
