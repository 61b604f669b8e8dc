"""What changed since yesterday, in words; and ratios of change."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from storekeep.domains.commerce.public import CustomerCounts, Figures
from storekeep.domains.insights.changes import describe
from storekeep.domains.insights.definitions import BY_KEY, METRICS
from storekeep.domains.insights.overview import change_ratio
from storekeep.kit.money import in_words

NOTHING = Figures()


def day(orders: int, gross: str, **more: int | Decimal) -> Figures:
    return Figures(orders=orders, gross_sales=Decimal(gross), **more)


def texts(*figures: Figures, currency: str = "GBP") -> dict[str, tuple[str, str]]:
    now, before, today = figures
    return {s.key: (s.text, s.direction) for s in describe(now, before, today, currency)}


def test_a_better_day_says_by_how_much() -> None:
    said = texts(day(12, "1234.5"), day(10, "1000"), NOTHING)
    assert said["total_sales"] == ("Yesterday's sales were £1,234.50, up 23% on the day before (£1,000.00).", "up")
    assert said["orders"] == ("12 orders, 2 more than the day before.", "up")


def test_a_worse_day_says_so_too() -> None:
    said = texts(day(1, "10"), day(2, "40"), NOTHING)
    assert said["total_sales"] == ("Yesterday's sales were £10.00, down 75% on the day before (£40.00).", "down")
    assert said["orders"] == ("1 order, 1 fewer than the day before.", "down")


def test_nothing_is_said_of_percent_where_there_was_nothing() -> None:
    assert texts(day(1, "10"), NOTHING, NOTHING)["total_sales"] == ("Yesterday's sales were £10.00.", "up")
    assert texts(NOTHING, NOTHING, NOTHING)["total_sales"] == ("No sales yesterday.", "flat")


def test_nothing_is_said_of_percent_across_zero() -> None:
    loss = Figures(returns=Decimal("241.15"))
    assert texts(loss, day(2, "395.2"), NOTHING)["total_sales"] == (
        "Yesterday's sales were −£241.15, after £395.20 the day before.",
        "down",
    )
    assert texts(day(2, "395.2"), loss, NOTHING)["total_sales"] == (
        "Yesterday's sales were £395.20, after −£241.15 the day before.",
        "up",
    )


def test_refunds_customers_and_today_are_mentioned_only_when_there_are_any() -> None:
    assert set(texts(day(1, "1"), day(1, "1"), NOTHING)) == {"total_sales", "orders"}
    said = texts(
        day(3, "30", refunds=1, refunded=Decimal("9.5"), new_customers=1, returning_customers=2), day(3, "30"), day(2, "7")
    )
    assert said["refunds"][0] == "£9.50 paid back in 1 refund."
    assert said["customers"][0] == "1 new customer and 2 returning."
    assert said["today"][0] == "Today so far: 2 orders, £7.00 in sales."


def test_currencies_keep_their_own_decimals_and_a_loss_its_sign() -> None:
    assert "JP¥1,234," in texts(day(1, "1234"), day(1, "1"), NOTHING, currency="JPY")["total_sales"][0]
    assert "KWD 1.500" in texts(day(1, "1.5"), day(1, "1"), NOTHING, currency="KWD")["total_sales"][0]
    assert "−£5.00" in texts(Figures(returns=Decimal(5)), NOTHING, NOTHING)["total_sales"][0]


@pytest.mark.parametrize(
    ("value", "previous", "ratio"),
    [
        (110, 100, "0.1000"),
        (Decimal("50"), Decimal("100"), "-0.5000"),
        (10, -20, "1.5000"),
        (5, 0, None),
        (None, 5, None),
        (5, None, None),
    ],
)
def test_change_is_a_share_of_what_was(value: Decimal | None, previous: Decimal | None, ratio: str | None) -> None:
    assert change_ratio(value, previous) == ratio


def test_every_metric_explains_itself_and_bears_an_empty_shop() -> None:
    for metric in METRICS:
        assert len(metric.definition) > 20
        assert metric.value(NOTHING, CustomerCounts(0, 0, 0)) in (0, None)


def test_the_worked_example() -> None:
    """Gross 100.00, discounts 10.00, shipping 5.00, taxes 19.00 on one order: net 90.00, total 114.00, average 90.00."""
    sold = Figures(
        orders=1, gross_sales=Decimal(100), discounts=Decimal(10), order_value=Decimal(90), shipping=Decimal(5), taxes=Decimal(19)
    )
    people = CustomerCounts(1, 1, 0)
    assert {key: BY_KEY[key].value(sold, people) for key in ("net_sales", "total_sales", "aov")} == {
        "net_sales": 90,
        "total_sales": 114,
        "aov": 90,
    }
    refunded = Figures(returns=Decimal(27), taxes=Decimal("-5.40"))
    assert (refunded.net_sales, refunded.total_sales) == (-27, Decimal("-32.40"))


@pytest.mark.parametrize("currency", ["GBP", "USD", "JPY", "KWD"])
@pytest.mark.parametrize(("now", "then"), [("120", "100"), ("100", "100"), ("100", "0"), ("-5", "20")])
def test_every_amount_in_a_sentence_is_told_beside_it_in_its_order(currency: str, now: str, then: str) -> None:
    figures = day(3, now, refunded=Decimal(7), refunds=1)
    for sentence in describe(figures, day(3, then), day(1, "9"), currency):
        rest = sentence.text
        for amount in sentence.amounts:
            words = in_words(amount.amount, currency)
            assert amount.currency == currency
            assert words in rest
            rest = rest.split(words, 1)[1]
        assert not re.search(r"[A-Z]{3} \d|[£¥$]", rest), "an amount nobody was told of"
