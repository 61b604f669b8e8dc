"""The worked example of the metric definitions (contracts for Shopify §7), from the records to the figures of its days."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.support.records import a_line, a_refund, a_refund_line, an_order, bag, gid
from tests.support.stores import Shop

PLACED = datetime(2026, 7, 14, 7, 12, 3, tzinfo=UTC)
RETURNED = datetime(2026, 7, 16, 9, 0, tzinfo=UTC)


def the_order(**changes: Any) -> dict[str, Any]:
    """Two shirts at 30.00 and a hat at 40.00, 10 % off, shipping 5.00, 20 % VAT on top: 114.00."""
    return an_order(
        123,
        at=PLACED,
        customer=111,
        total="114.00",
        lines=[
            a_line(1, "30.00", 2, discount="6.00", tax="10.80"),
            a_line(2, "40.00", 1, discount="4.00", tax="7.20"),
        ],
        shippingLines={"nodes": [{"title": "Standard", "originalPriceSet": bag("5.00"), "discountedPriceSet": bag("5.00")}]},
        totalTaxSet=bag("19.00"),
        **changes,
    )


async def test_the_worked_example_comes_out_exactly(shop: Shop) -> None:
    refund = a_refund(880, at=RETURNED, lines=[a_refund_line(990, 1, "27.00", "5.40")], total="32.40")
    await shop.orders(the_order(refunds=[{"id": gid("Refund", 880)}]), refunds={123: [refund]})
    sold = await shop.day(date(2026, 7, 14))
    assert (sold.gross_sales, sold.discounts, sold.shipping, sold.taxes) == (100, 10, 5, 19)
    assert sold.gross_sales - sold.discounts - sold.returns == 90
    assert sold.gross_sales - sold.discounts - sold.returns + sold.shipping + sold.taxes == 114
    assert sold.order_value / sold.orders == 90
    assert (sold.orders, sold.units, sold.customers, sold.new_customers, sold.returning_customers) == (1, 3, 1, 1, 0)
    back = await shop.day(date(2026, 7, 16))
    assert (back.gross_sales, back.discounts, back.returns, back.adjustments) == (0, 0, 27, 0)
    assert back.taxes == Decimal("-5.40")
    assert -back.returns + back.shipping + back.taxes == Decimal("-32.40")
    assert (back.orders, back.refunds, back.refunded, back.order_value) == (0, 1, Decimal("32.40"), 0)


async def test_tax_inside_prices_is_stripped_before_the_discount(shop: Shop) -> None:
    await shop.orders(
        an_order(
            1,
            at=PLACED,
            taxesIncluded=True,
            lines=[a_line(1, "100.00", discount="25.00", tax="6.82", rate=0.1)],
            totalTaxSet=bag("6.82"),
            total="75.00",
        )
    )
    day = await shop.day(date(2026, 7, 14))
    assert (day.gross_sales, day.discounts, day.taxes) == (Decimal("90.91"), Decimal("22.73"), Decimal("6.82"))


@pytest.mark.parametrize("with_refund", [True, False])
async def test_a_cancelled_order_counts_zero_over_time(shop: Shop, with_refund: bool) -> None:
    back = a_refund(
        5,
        at=RETURNED,
        lines=[a_refund_line(1, 1, "54.00", "10.80", quantity=2), a_refund_line(2, 2, "36.00", "7.20")],
        shipping=[{"id": gid("RefundShippingLine", 1), "subtotalAmountSet": bag("5.00"), "taxAmountSet": bag("1.00")}],
    )
    order = the_order(cancelledAt="2026-07-16T09:00:00Z", refunds=[{"id": gid("Refund", 5)}] if with_refund else [])
    await shop.orders(order, refunds={123: [back]} if with_refund else {})
    sold, reversed_ = await shop.day(date(2026, 7, 14)), await shop.day(date(2026, 7, 16))
    assert (sold.gross_sales, sold.orders, sold.cancelled, sold.pending) == (100, 1, 1, 0)
    assert (reversed_.returns, reversed_.shipping, reversed_.taxes) == (90, -5, -19)


async def test_gift_cards_and_tips_are_no_sales(shop: Shop) -> None:
    card = a_line(1, "50.00", isGiftCard=True)
    tip = a_line(2, "3.00", title="Tip", product=None, variant=None, requiresShipping=False)
    lines = [card, tip, a_line(3, "7.00")]
    await shop.orders(an_order(1, at=PLACED, lines=lines, totalTipReceivedSet=bag("3.00"), total="60.00"))
    day = await shop.day(date(2026, 7, 14))
    assert (day.gross_sales, day.units, day.tips, day.placed_revenue) == (7, 1, 3, 60)


async def test_money_without_goods_is_an_adjustment(shop: Shop) -> None:
    adjustment = {"id": gid("OrderAdjustment", 1), "reason": "CUSTOMER", "amountSet": bag("-10.00"), "taxAmountSet": bag("-2.00")}
    refund = a_refund(5, at=RETURNED, adjustments=[adjustment], total="12.00")
    await shop.orders(the_order(refunds=[{"id": gid("Refund", 5)}]), refunds={123: [refund]})
    day = await shop.day(date(2026, 7, 16))
    assert (day.returns, day.adjustments, day.taxes) == (10, 10, -2)


async def test_an_edit_counts_on_its_own_day_and_leaves_the_order_value(shop: Shop) -> None:
    def sale(kind: str, quantity: int | None, amount: str, discount: str, tax: str) -> dict[str, Any]:
        return {
            "lineType": kind,
            "quantity": quantity,
            "totalAmount": bag(amount),
            "totalDiscountAmountBeforeTaxes": bag(discount),
            "totalTaxAmount": bag(tax),
        }

    ledger = [
        {
            "id": gid("SalesAgreement", 1),
            "reason": "ORDER",
            "happenedAt": "2026-07-14T07:12:03Z",
            "sales": {"nodes": [sale("PRODUCT", 3, "108.00", "10.00", "18.00"), sale("SHIPPING", None, "6.00", "0", "1.00")]},
        },
        {
            "id": gid("SalesAgreement", 2),
            "reason": "ORDER_EDIT",
            "happenedAt": "2026-07-16T09:00:00Z",
            "sales": {"nodes": [sale("PRODUCT", 1, "24.00", "5.00", "4.00"), sale("PRODUCT", -1, "-43.20", "-4.00", "-7.20")]},
        },
    ]
    order = the_order(edited=True)
    order["lineItems"]["nodes"].append(a_line(3, "25.00", discount="5.00", tax="4.00"))
    await shop.orders(order, ledgers={123: ledger})
    placed, edited = await shop.day(date(2026, 7, 14)), await shop.day(date(2026, 7, 16))
    assert (placed.gross_sales, placed.discounts, placed.shipping, placed.taxes, placed.units) == (100, 10, 5, 19, 3)
    assert placed.order_value == 90
    assert (edited.gross_sales, edited.discounts, edited.returns) == (25, 5, 36)
    assert (edited.taxes, edited.order_value, edited.orders) == (Decimal("-3.20"), 0, 0)


@pytest.mark.parametrize("cancelled", [False, True])
async def test_duties_and_fees_count_as_charged_less_what_was_given_back(shop: Shop, cancelled: bool) -> None:
    charged = {"originalTotalDutiesSet": bag("8.00"), "originalTotalAdditionalFeesSet": bag("2.50")}
    duties = [{"amountSet": bag("1.00")}, {"amountSet": bag("2.00")}]
    refund = a_refund(5, at=RETURNED, duties=duties, total="3.00")
    told = {"cancelledAt": "2026-07-17T09:00:00Z"} if cancelled else {}
    await shop.orders(the_order(refunds=[{"id": gid("Refund", 5)}], **charged, **told), refunds={123: [refund]})
    sold, back = await shop.day(date(2026, 7, 14)), await shop.day(date(2026, 7, 16))
    assert (sold.duties, sold.fees, sold.gross_sales, sold.taxes) == (8, Decimal("2.50"), 100, 19)
    assert (back.duties, back.fees, back.returns, back.shipping, back.taxes) == (-3, 0, 0, 0, 0)
    if cancelled:
        rest = await shop.day(date(2026, 7, 17))
        assert (rest.duties, rest.fees) == (-5, Decimal("-2.50"))
    # Read again without the refund's duties, the day is as if they had never been given back.
    order = the_order(refunds=[{"id": gid("Refund", 5)}], updatedAt="2026-07-18T09:00:00Z", **charged, **told)
    await shop.orders(order, refunds={123: [a_refund(5, at=RETURNED, duties=None, total="3.00")]})
    assert (await shop.day(date(2026, 7, 16))).duties == 0
