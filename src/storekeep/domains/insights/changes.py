"""What changed since yesterday, in words: the last whole day against the one before it. Pure, but for reading the two days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from storekeep.domains.commerce.public import NO_FIGURES, Figures, daily
from storekeep.domains.insights.question import Question
from storekeep.kit.money import Money, in_words
from storekeep.runtime.database import TenantSession


@dataclass(frozen=True, slots=True)
class Sentence:
    """One fact in words; `direction` is up, down or flat. `amounts` are those that `text` holds, in their order."""

    key: str
    text: str
    direction: str
    amounts: tuple[Money, ...] = ()


async def changes(session: TenantSession, question: Question) -> tuple[date, list[Sentence]]:
    """The day spoken of (the last whole one) and the sentences about it."""
    day = question.yesterday
    before = day - timedelta(days=1)
    days = await daily(session, store_id=question.store_id, currency=question.currency, first=before, last=question.today)
    # Where stores have several zones, more than one day may be under way.
    today = sum((figures for at, figures in days.items() if at > day), NO_FIGURES)
    return day, describe(days.get(day, NO_FIGURES), days.get(before, NO_FIGURES), today, question.currency)


def describe(day: Figures, before: Figures, today: Figures, currency: str) -> list[Sentence]:
    """The sentences for a day, the one before it, and the day under way."""
    sentences = [_sales(day, before, currency), _orders(day, before)]
    if day.new_customers or day.returning_customers:
        text = f"{_things(day.new_customers, 'new customer')} and {day.returning_customers} returning."
        sentences.append(Sentence("customers", text, _direction(day.new_customers, before.new_customers)))
    if day.refunded:
        paid_back = Money(day.refunded, currency)
        text = f"{_words(paid_back)} paid back in {_things(day.refunds, 'refund')}."
        sentences.append(Sentence("refunds", text, _direction(day.refunded, before.refunded), (paid_back,)))
    if today.orders:
        so_far = Money(today.total_sales, currency)
        text = f"Today so far: {_things(today.orders, 'order')}, {_words(so_far)} in sales."
        sentences.append(Sentence("today", text, "flat", (so_far,)))
    return sentences


def _sales(day: Figures, before: Figures, currency: str) -> Sentence:
    direction = _direction(day.total_sales, before.total_sales)
    if not day.orders and not day.total_sales:
        return Sentence("total_sales", "No sales yesterday.", direction)
    amount, then = Money(day.total_sales, currency), Money(before.total_sales, currency)
    said = f"Yesterday's sales were {_words(amount)}"
    if not then.amount:
        return Sentence("total_sales", f"{said}.", direction, (amount,))
    if min(amount.amount, then.amount) < 0:  # no share of one is the other
        return Sentence("total_sales", f"{said}, after {_words(then)} the day before.", direction, (amount, then))
    percent = round(abs(amount.amount - then.amount) / then.amount * 100)
    if percent == 0:
        return Sentence("total_sales", f"{said}, level with the day before ({_words(then)}).", "flat", (amount, then))
    word = "up" if direction == "up" else "down"
    return Sentence("total_sales", f"{said}, {word} {percent}% on the day before ({_words(then)}).", direction, (amount, then))


def _orders(day: Figures, before: Figures) -> Sentence:
    difference = day.orders - before.orders
    if difference == 0:
        return Sentence("orders", f"{_things(day.orders, 'order')}, as many as the day before.", "flat")
    word = "more" if difference > 0 else "fewer"
    text = f"{_things(day.orders, 'order')}, {abs(difference)} {word} than the day before."
    return Sentence("orders", text, _direction(day.orders, before.orders))


def _direction(value: Decimal | int, before: Decimal | int) -> str:
    return "flat" if value == before else ("up" if value > before else "down")


def _words(money: Money) -> str:
    return in_words(money.amount, money.currency)


def _things(count: int, thing: str) -> str:
    return f"{count:,} {thing}{'' if count == 1 else 's'}"
