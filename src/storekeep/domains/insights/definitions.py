"""What each number means, in words a merchant can check, and where and why it differs from the Shopify admin."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from storekeep.domains.commerce.public import CustomerCounts, Figures


class Unit(StrEnum):
    """What a value counts: money in the answer's currency, things, or a fraction between 0 and 1."""

    MONEY = "money"
    COUNT = "count"
    RATIO = "ratio"


@dataclass(frozen=True, slots=True)
class Metric:
    """A number of the dashboard. `value` is None where it has no meaning (a share of nothing).

    `from_days` says whether the days' values can be charted one by one.
    """

    key: str
    label: str
    unit: Unit
    definition: str
    value: Callable[[Figures, CustomerCounts], Decimal | int | None]
    differs_from_shopify: str | None = None
    from_days: bool = True


def _aov(figures: Figures, _: CustomerCounts) -> Decimal | None:
    return figures.order_value / figures.orders if figures.orders else None


def _returning_rate(_: Figures, people: CustomerCounts) -> Decimal | None:
    return Decimal(people.returning) / people.customers if people.customers else None


_TIPS = (
    "Tips are left out; where your admin counts them in total sales, it shows more by that amount. Additional fees given back in"
    " a refund stay in, for Shopify's refunds do not tell them."
)
_WITHOUT_GOODS = "Money given back without goods counts here; your admin lists it as an adjustment of its own."
_BY_STATE = "Counted by the state orders are in now, not by the one they were in on their day."
_GUESTS = "Orders without a customer (guests at the till, some drafts) are nobody's, so they are not counted here."

METRICS: tuple[Metric, ...] = (
    Metric(
        "total_sales",
        "Total sales",
        Unit.MONEY,
        "Net sales plus shipping, taxes, duties and additional fees. Test orders are left out; cancelled orders count on their"
        " day and are taken back on the day they were cancelled.",
        lambda f, _: f.total_sales,
        _TIPS,
    ),
    Metric(
        "gross_sales",
        "Gross sales",
        Unit.MONEY,
        "Unit price × quantity of everything ordered, before discounts, returns, taxes and shipping. Selling a gift card is no"
        " sale yet.",
        lambda f, _: f.gross_sales,
    ),
    Metric(
        "discounts",
        "Discounts",
        Unit.MONEY,
        "Line discounts and each line's share of order discounts, before tax, on the day of the order. Shown negative.",
        lambda f, _: -f.discounts,
    ),
    Metric(
        "returns",
        "Returns",
        Unit.MONEY,
        "Value of goods returned, edited out or cancelled, dated the day that was processed, whatever the order's date."
        " Refunded shipping and tax are in their own figures. Shown negative.",
        lambda f, _: -f.returns,
        _WITHOUT_GOODS,
    ),
    Metric("net_sales", "Net sales", Unit.MONEY, "Gross sales less discounts and returns.", lambda f, _: f.net_sales),
    Metric(
        "shipping",
        "Shipping",
        Unit.MONEY,
        "Shipping charged, less shipping discounts and refunded shipping, before tax.",
        lambda f, _: f.shipping,
    ),
    Metric("taxes", "Taxes", Unit.MONEY, "Taxes charged less taxes refunded.", lambda f, _: f.taxes),
    Metric(
        "orders",
        "Orders",
        Unit.COUNT,
        "Orders placed in the period in the store's time zone, cancelled ones included, test orders left out.",
        lambda f, _: f.orders,
        "Orders are dated by when they were processed; imported orders carry the date their importer gave them.",
    ),
    Metric(
        "aov",
        "Average order value",
        Unit.MONEY,
        "(Gross sales − discounts) ÷ orders. Later edits and returns, taxes and shipping do not change it.",
        _aov,
    ),
    Metric(
        "customers",
        "Customers",
        Unit.COUNT,
        "Different people who ordered in the period. " + _GUESTS,
        lambda _, p: p.customers,
    ),
    Metric(
        "new_customers",
        "New customers",
        Unit.COUNT,
        "People whose first order ever falls in the period.",
        lambda _, p: p.new,
    ),
    Metric(
        "returning_customers",
        "Returning customers",
        Unit.COUNT,
        "People who ordered in the period and had ordered before. Someone who first ordered in the period and came back within"
        " it is both new and returning.",
        lambda _, p: p.returning,
    ),
    Metric(
        "returning_rate",
        "Returning customer rate",
        Unit.RATIO,
        "Returning customers ÷ customers who ordered in the period.",
        _returning_rate,
        _GUESTS,
        from_days=False,
    ),
    Metric(
        "refunds",
        "Refunded",
        Unit.MONEY,
        "Money paid back by successful refund transactions, on the day of the refund: goods, shipping and tax together.",
        lambda f, _: f.refunded,
        "The sales reports of your admin show returns before tax; this is the money that left.",
    ),
    Metric(
        "fulfilled",
        "Fulfilled orders",
        Unit.COUNT,
        "Orders of the period that are wholly fulfilled by now.",
        lambda f, _: f.fulfilled,
        _BY_STATE,
    ),
    Metric(
        "pending",
        "Pending orders",
        Unit.COUNT,
        "Orders of the period that still wait to be fulfilled, cancelled ones left out.",
        lambda f, _: f.pending,
        _BY_STATE,
    ),
)

BY_KEY = {metric.key: metric for metric in METRICS}
