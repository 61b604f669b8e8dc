"""Records as Shopify would send them, built part by part; whatever a test does not say is the ordinary case."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

MORNING = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)


def gid(kind: str, number: int) -> str:
    return f"gid://shopify/{kind}/{number}"


def stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def bag(amount: Decimal | str | int, currency: str = "GBP") -> dict[str, Any]:
    money = {"amount": str(amount), "currencyCode": currency}
    return {"shopMoney": money, "presentmentMoney": money}


def a_line(number: int, price: str | Decimal = "10.00", quantity: int = 1, **changes: Any) -> dict[str, Any]:
    unit = Decimal(price)
    discount = changes.pop("discount", None)
    tax, rate = changes.pop("tax", None), changes.pop("rate", 0.2)
    return {
        "id": gid("LineItem", number),
        "title": f"Thing {number}",
        "variantTitle": None,
        "sku": f"SKU-{number}",
        "vendor": None,
        "quantity": quantity,
        "currentQuantity": quantity,
        "isGiftCard": False,
        "product": {"id": gid("Product", 7000 + number)},
        "variant": {"id": gid("ProductVariant", 8000 + number)},
        "originalUnitPriceSet": bag(unit),
        "originalTotalSet": bag(unit * quantity),
        "discountAllocations": [] if discount is None else [{"allocatedAmountSet": bag(discount)}],
        "taxLines": [] if tax is None else [{"title": "VAT", "rate": rate, "priceSet": bag(tax)}],
        **changes,
    }


def an_order(number: int, *, at: datetime = MORNING, version: datetime | None = None, **changes: Any) -> dict[str, Any]:
    lines = changes.pop("lines", None) or [a_line(number * 100 + 1)]
    currency = changes.pop("currency", "GBP")
    total = changes.pop("total", None)
    customer = changes.pop("customer", None)
    if total is None:
        total = sum(Decimal(line["originalTotalSet"]["shopMoney"]["amount"]) for line in lines)
    return {
        "id": gid("Order", number),
        "name": f"#{number}",
        "createdAt": stamp(at),
        "processedAt": stamp(at),
        "updatedAt": stamp(version or at),
        "cancelledAt": None,
        "cancelReason": None,
        "closedAt": None,
        "test": False,
        "edited": False,
        "sourceName": "web",
        "currencyCode": currency,
        "presentmentCurrencyCode": currency,
        "taxesIncluded": False,
        "displayFinancialStatus": "PAID",
        "displayFulfillmentStatus": "UNFULFILLED",
        "email": None,
        "phone": None,
        "note": None,
        "tags": [],
        "customer": None if customer is None else {"id": gid("Customer", customer)},
        "shippingAddress": None,
        "billingAddress": None,
        "totalPriceSet": bag(total, currency),
        "currentTotalPriceSet": bag(total, currency),
        "subtotalPriceSet": bag(total, currency),
        "totalDiscountsSet": bag(0, currency),
        "totalTaxSet": bag(0, currency),
        "totalShippingPriceSet": bag(0, currency),
        "totalRefundedSet": bag(0, currency),
        "totalTipReceivedSet": bag(0, currency),
        "fulfillments": [],
        "refunds": [],
        "shippingLines": {"nodes": []},
        "lineItems": {"nodes": lines},
        **changes,
    }


def a_refund(number: int, *, at: datetime, lines: list[dict[str, Any]] | None = None, **changes: Any) -> dict[str, Any]:
    return {
        "id": gid("Refund", number),
        "createdAt": stamp(at),
        "processedAt": stamp(at),
        "updatedAt": stamp(at),
        "note": None,
        "totalRefundedSet": bag(changes.pop("total", 0)),
        "refundLineItems": {"nodes": lines or []},
        "refundShippingLines": {"nodes": changes.pop("shipping", [])},
        "orderAdjustments": {"nodes": changes.pop("adjustments", [])},
        "transactions": {"nodes": changes.pop("transactions", [])},
        **changes,
    }


def a_refund_line(number: int, line: int, subtotal: str | Decimal, tax: str | Decimal = "0", quantity: int = 1) -> dict[str, Any]:
    return {
        "id": gid("RefundLineItem", number),
        "quantity": quantity,
        "restockType": "RETURN",
        "lineItem": {"id": gid("LineItem", line), "title": f"Thing {line}"},
        "subtotalSet": bag(subtotal),
        "totalTaxSet": bag(tax),
    }


def a_customer(number: int, *, at: datetime = MORNING, version: datetime | None = None, **changes: Any) -> dict[str, Any]:
    email = changes.pop("email", f"customer-{number}@example.com")
    return {
        "id": gid("Customer", number),
        "firstName": "Ada",
        "lastName": f"Number {number}",
        "createdAt": stamp(at),
        "updatedAt": stamp(version or at),
        "state": "ENABLED",
        "note": None,
        "tags": [],
        "locale": "en",
        "taxExempt": False,
        "verifiedEmail": True,
        "defaultEmailAddress": None if email is None else {"emailAddress": email},
        "defaultPhoneNumber": None,
        "defaultAddress": None,
        "addressesV2": {"nodes": []},
        **changes,
    }


def a_product(number: int, *, at: datetime = MORNING, version: datetime | None = None, **changes: Any) -> dict[str, Any]:
    variants = changes.pop("variants", None)
    if variants is None:
        variants = [a_variant(number * 10)]
    return {
        "id": gid("Product", number),
        "title": f"Thing {number}",
        "handle": f"thing-{number}",
        "vendor": "Maker",
        "productType": "Things",
        "status": "ACTIVE",
        "tags": [],
        "description": "",
        "createdAt": stamp(at),
        "updatedAt": stamp(version or at),
        "publishedAt": None,
        "totalInventory": 3,
        "variants": {"nodes": variants},
        **changes,
    }


def a_variant(number: int, price: str = "9.99", **changes: Any) -> dict[str, Any]:
    return {
        "id": gid("ProductVariant", number),
        "title": "Default Title",
        "sku": f"SKU-{number}",
        "barcode": None,
        "price": price,
        "compareAtPrice": None,
        "position": 1,
        "inventoryQuantity": 3,
        **changes,
    }


def later(moment: datetime, **delta: float) -> datetime:
    return moment + timedelta(**delta)
