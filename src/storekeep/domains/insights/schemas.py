"""What insights answers over the wire."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal
from uuid import UUID

from pydantic import Field

from storekeep.domains.commerce.public import CurrencyUse, TopCustomer, TopProduct
from storekeep.domains.insights.changes import Sentence
from storekeep.domains.insights.definitions import Metric
from storekeep.domains.insights.overview import Overview, Tile
from storekeep.domains.insights.periods import Period, PlacedDay, Summary
from storekeep.domains.insights.question import Question
from storekeep.domains.insights.ranges import Interval, Range
from storekeep.domains.insights.series import Point
from storekeep.kit.money import Money, in_words, quantize, to_wire
from storekeep.runtime.web.schemas import Amount, Currency, Read


def money(amount: Decimal, currency: str) -> str:
    """The amount as sent: rounded half-up to the currency's minor unit."""
    return to_wire(quantize(amount, currency), currency)


class TopCustomerRead(Read):
    """A customer and everything they ordered in the answer's currency. Name and e-mail are null where the store has none."""

    customer_id: UUID
    customer_name: str | None
    customer_email: str | None
    total_revenue: Amount
    order_count: int

    @classmethod
    def of(cls, customer: TopCustomer, currency: str) -> TopCustomerRead:
        """The wire form of one customer."""
        return cls(
            customer_id=customer.customer_id,
            customer_name=customer.name,
            customer_email=customer.email,
            total_revenue=money(customer.revenue, currency),
            order_count=customer.orders,
        )


class OtherCurrencyRead(Read):
    """Orders in a currency other than the answer's; never added to it."""

    currency: Currency
    total_orders: int
    total_revenue: Amount

    @classmethod
    def of(cls, use: CurrencyUse) -> OtherCurrencyRead:
        """The wire form of one currency."""
        return cls(currency=use.currency, total_orders=use.orders, total_revenue=money(use.revenue, use.currency))


class SummaryRead(Read):
    """All stored customers and orders, test and cancelled ones too."""

    total_customers: int
    total_orders: int
    total_revenue: Amount
    currency: Currency
    top_customers: list[TopCustomerRead]
    other_currencies: list[OtherCurrencyRead]

    @classmethod
    def of(cls, summary: Summary, currency: str) -> SummaryRead:
        """The wire form of a summary."""
        return cls(
            total_customers=summary.customers,
            total_orders=summary.orders,
            total_revenue=money(summary.revenue, currency),
            currency=currency,
            top_customers=[TopCustomerRead.of(customer, currency) for customer in summary.top],
            other_currencies=[OtherCurrencyRead.of(use) for use in summary.others],
        )


class OrdersDayRead(Read):
    """A day's placed orders in the store's time zone."""

    date: date
    order_count: int
    revenue: Amount
    currency: Currency

    @classmethod
    def of(cls, day: PlacedDay, currency: str) -> OrdersDayRead:
        """The wire form of one day."""
        return cls(date=day.day, order_count=day.orders, revenue=money(day.revenue, currency), currency=currency)


class DefinitionRead(Read):
    """What a number means, and where and why it differs from the Shopify admin (null: it does not)."""

    key: str
    label: str
    unit: Literal["money", "count", "ratio"]
    definition: str
    differs_from_shopify: str | None

    @classmethod
    def of(cls, metric: Metric) -> DefinitionRead:
        """The wire form of one definition."""
        return cls(
            key=metric.key,
            label=metric.label,
            unit=metric.unit.value,
            definition=metric.definition,
            differs_from_shopify=metric.differs_from_shopify,
        )


class DefinitionsRead(Read):
    """Every metric's definition."""

    items: list[DefinitionRead]


class TileRead(DefinitionRead):
    """A number with its meaning. Values are decimal strings; null where unknown (see `errors`) or without meaning."""

    value: str | None = Field(description="Money in `currency`, a count, or a fraction between 0 and 1.")
    previous: str | None
    change: str | None = Field(description="(value − previous) ÷ |previous|, as a fraction; null without a previous value.")
    sparkline: list[str | None] = Field(
        description="The range in at most 60 equal steps, oldest first; null where it has no value."
    )

    @classmethod
    def at(cls, tile: Tile) -> TileRead:
        """The wire form of one tile."""
        meaning = DefinitionRead.of(tile.metric)
        return cls(**meaning.model_dump(), value=tile.value, previous=tile.previous, change=tile.change, sparkline=tile.sparkline)


class PartErrorRead(Read):
    """A part that could not be worked out; the rest of the answer is true."""

    part: str
    code: str


class OverviewRead(Read):
    """The dashboard's tiles over a range of days, both ends inclusive."""

    currency: Currency
    currencies: list[Currency] = Field(description="Currencies in use, the most used first.")
    time_zone: str | None = Field(description="IANA zone in which days are meant; null where stores differ: each its own.")
    from_: date = Field(alias="from")
    to: date
    previous_from: date | None = Field(description="Null where nothing is compared, or too little is known; see `historyFrom`.")
    previous_to: date | None
    history_from: date | None = Field(
        description="The first day whose orders are all known, where Shopify hides older ones: who ordered only before it "
        "counts as new, refunds of older orders are missing, and nothing is compared with what begins in the first 30 days."
    )
    tiles: list[TileRead]
    errors: list[PartErrorRead]

    @classmethod
    def of(cls, question: Question, chosen: Range, before: Range | None, found: Overview) -> OverviewRead:
        """The wire form of an overview."""
        return cls(
            currency=question.currency,
            currencies=[use.currency for use in question.in_use] or [question.currency],
            time_zone=question.zone_name,
            from_=chosen.first,
            to=chosen.last,
            previous_from=before.first if before else None,
            previous_to=before.last if before else None,
            history_from=question.history_from,
            tiles=[TileRead.at(tile) for tile in found.tiles],
            errors=[PartErrorRead(part=error.part, code=error.code) for error in found.errors],
        )


class PeriodRead(Read):
    """Orders placed and their revenue in a period up to today; `from` is null before the first order.

    Weeks and months are each store's own: of several stores in several time zones, `from` is the earliest beginning.
    """

    period: Literal["all", "week", "month"]
    from_: date | None = Field(alias="from")
    to: date
    orders: int
    revenue: Amount

    @classmethod
    def of(cls, period: Period, currency: str) -> PeriodRead:
        """The wire form of one period."""
        return cls.model_validate(
            {
                "period": period.name,
                "from": period.first,
                "to": period.last,
                "orders": period.orders,
                "revenue": money(period.revenue, currency),
            }
        )


class PeriodsRead(Read):
    """All time, this week and this month."""

    currency: Currency
    periods: list[PeriodRead]


class PointRead(Read):
    """One bucket of a chart, named by its first day."""

    date: date
    orders: int
    revenue: Amount = Field(description="Total sales; the same as `totalSales`.")
    gross_sales: Amount
    discounts: Amount
    returns: Amount
    net_sales: Amount
    total_sales: Amount
    refunded: Amount
    new_customers: int
    returning_customers: int

    @classmethod
    def of(cls, point: Point, currency: str) -> PointRead:
        """The wire form of one point."""
        figures = point.figures
        return cls(
            date=point.day,
            orders=figures.orders,
            revenue=money(figures.total_sales, currency),
            gross_sales=money(figures.gross_sales, currency),
            discounts=money(-figures.discounts, currency),
            returns=money(-figures.returns, currency),
            net_sales=money(figures.net_sales, currency),
            total_sales=money(figures.total_sales, currency),
            refunded=money(figures.refunded, currency),
            new_customers=point.people.new,
            returning_customers=point.people.returning,
        )


class TimeseriesRead(Read):
    """A chart's points, every bucket present, and the same of the range it is compared with."""

    interval: Interval
    time_zone: str | None
    currency: Currency
    points: list[PointRead]
    previous: list[PointRead]


class TopProductRead(Read):
    """What was sold of one product in the period, before returns. `productId` is null for lines without a stored product."""

    product_id: UUID | None
    title: str
    units: int
    revenue: Amount
    orders: int

    @classmethod
    def of(cls, product: TopProduct, currency: str) -> TopProductRead:
        """The wire form of one product."""
        return cls(
            product_id=product.product_id,
            title=product.title,
            units=product.units,
            revenue=money(product.revenue, currency),
            orders=product.orders,
        )


class TopProductsRead(Read):
    """The best sellers, by revenue."""

    currency: Currency
    items: list[TopProductRead]


class WordedAmountRead(Read):
    """An amount within a text: `text` as it stands there."""

    text: str = Field(examples=["£1,161.89"])
    amount: Amount
    currency: Currency

    @classmethod
    def of(cls, worded: Money) -> WordedAmountRead:
        """The wire form of an amount in words."""
        text = in_words(worded.amount, worded.currency)
        return cls(text=text, amount=money(worded.amount, worded.currency), currency=worded.currency)


class SentenceRead(Read):
    """One change in words."""

    key: str
    text: str
    direction: Literal["up", "down", "flat"]
    amounts: list[WordedAmountRead] = Field(
        description="The amounts in `text`, in their order, for who writes amounts as their reader does."
    )

    @classmethod
    def of(cls, sentence: Sentence) -> SentenceRead:
        """The wire form of one sentence."""
        amounts = [WordedAmountRead.of(amount) for amount in sentence.amounts]
        told = {"key": sentence.key, "text": sentence.text, "direction": sentence.direction, "amounts": amounts}
        return cls.model_validate(told)


class ChangesRead(Read):
    """What changed since yesterday; `asOf` is the day spoken of."""

    as_of: date
    sentences: list[SentenceRead]
