"""Shops of awkward cases: everything that is ordinary in the world and rare in a test, in three currencies.

Dates count back from the anchor, so that the last weeks are never empty; the same anchor gives the same shops.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from fractions import Fraction

from storekeep.kit import clock
from storekeep.sandbox.shopify import changes
from storekeep.sandbox.shopify.awkward_goods import PEOPLE, goods
from storekeep.sandbox.shopify.changes import Wish
from storekeep.sandbox.shopify.making import Item, Terms, make_order
from storekeep.sandbox.shopify.model import Customer, Order, Product, Tracking, Transaction
from storekeep.sandbox.shopify.people import address, email, mix, names
from storekeep.sandbox.shopify.store import Base, Facts, R, Rows
from storekeep.sandbox.shopify.totals import settle, spent, total

TIED = 280  # orders that share one updated_at: more than the largest page


class AwkwardShop:
    """Builds one awkward shop. `terms` is how it usually charges; `others` are further currencies it charges in."""

    def __init__(self, facts: Facts, anchor: date, terms: Terms, others: list[Terms]) -> None:
        self.facts = facts
        self.anchor = anchor
        self.terms = terms
        self.others = others
        self.zone = clock.zone(facts.time_zone)
        self.ids = itertools.count(facts.id_base + 1)
        self.number = itertools.count(1001)
        self.customers: list[Customer] = []
        self.products: list[Product] = goods(self.id, terms.currency, self.at(150))
        self.orders: list[Order] = []

    def id(self) -> int:
        """The next id."""
        return next(self.ids)

    def at(self, days: int, hour: int = 11, minute: int = 0, second: int = 0) -> int:
        """Epoch seconds of a time of day `days` before the anchor, on the shop's clock."""
        day = self.anchor - timedelta(days=days)
        return int(datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=self.zone).timestamp())

    def item(self, index: int, quantity: int = 1, **more: object) -> Item:
        """So many of product `index`."""
        product = self.products[index % len(self.products)]
        variant = product.variants[0]
        title = None if len(product.variants) == 1 else variant.title
        base = Item(product.title, variant.price, quantity, variant.sku, product.id, variant.id, title)
        return replace(base, gift_card=product.gift_card, **more)  # type: ignore[arg-type]

    def place(
        self, at: int, items: list[Item], terms: Terms | None = None, buyer: Customer | None = None, **more: object
    ) -> Order:
        """Places an order and keeps it."""
        order = make_order(
            self.id,
            f"#{next(self.number)}",
            at,
            terms or self.terms,
            items,
            customer_id=buyer.id if buyer else None,
            email=buyer.email if buyer else None,
            address=buyer.addresses[0] if buyer and buyer.addresses else None,
            **more,  # type: ignore[arg-type]
        )
        self.orders.append(order)
        return order

    def base(self, tied: int = TIED) -> Base:
        """The rows of the shop."""
        self._people()
        for case in (self._sales, self._currencies, self._refunds, self._mishaps, self._shapes):
            case()
        self._crowd(tied)
        return self._rows()

    # -- who

    def _people(self) -> None:
        for index, (first, last, has_mail) in enumerate(PEOPLE):
            id = self.id()
            made = self.at(140 - index)
            mail = f"person{index + 1}@example.com" if has_mail else None
            self.customers.append(
                Customer(
                    id=id,
                    created=made,
                    updated=made,
                    first_name=first,
                    last_name=last,
                    email=mail,
                    phone=None if index % 3 else f"+4930901820{index:02d}",
                    tags=["VIP", "größe XL", "🎁"] if index % 4 == 0 else [],
                    note="“Quotes”, <b>tags</b> & ampersands" if index == 1 else None,
                    addresses=[] if index == 2 else [address(self.id(), index, first or "", last or "", "Germany", "DE")],
                )
            )

    def who(self, index: int) -> Customer:
        """Person number `index`."""
        return self.customers[index % len(self.customers)]

    # -- what

    def _sales(self) -> None:
        taxed = replace(self.terms, tax=Fraction(19, 100), taxes_included=True, shipping=self.shipping())
        on_top = replace(self.terms, tax=Fraction(7, 100), shipping=self.shipping())
        self.place(self.at(1, 0, 0, 0), [self.item(0)], buyer=self.who(0))  # the first second of a day
        self.place(self.at(1, 23, 59, 59), [self.item(1, 2)], buyer=self.who(1))  # the last one
        self.place(self.at(3), [self.item(0, 2), self.item(2)], taxed, self.who(2))
        self.place(self.at(4), [self.item(0, 3, percent=10, code="TEN"), self.item(3)], taxed, self.who(3))
        self.place(
            self.at(5), [self.item(1, 2), self.item(2, 3)], replace(on_top, order_percent=15, order_code="FIFTEEN"), self.who(4)
        )
        self.place(
            self.at(6),
            [self.item(0), self.item(1, 1, off=50)],
            replace(on_top, order_off=100, shipping_off=self.shipping()),
            self.who(5),
        )
        self.place(self.at(7), [self.item(2, 7)], replace(self.terms, order_percent=100), self.who(6))  # given away
        self.place(self.at(8), [self.item(0), Item("Tip", self.terms.shop(500), tip=True)], taxed, self.who(7))
        self.place(self.at(9), [self.gift_card()], buyer=self.who(0))
        self.place(self.at(9, 12), [self.gift_card(), self.item(1)], taxed, self.who(1))
        self.place(self.at(10), [self.item(0)])  # a guest of whom nothing is known
        guest = self.place(self.at(10, 12), [self.item(1)], taxed)
        guest.email = "guest+tag@example.com"

    def gift_card(self) -> Item:
        """A gift card."""
        return self.item(next(i for i, p in enumerate(self.products) if p.gift_card))

    def shipping(self) -> int:
        """What shipping costs here."""
        return self.terms.shop(0) + {"EUR": 495, "JPY": 600, "KWD": 1250}[self.terms.currency]

    def _currencies(self) -> None:
        for index, terms in enumerate(self.others):
            taxed = replace(terms, tax=Fraction(19, 100), taxes_included=True, shipping=self.shipping())
            self.place(self.at(12 + index), [self.item(index, 3), self.item(index + 1)], terms, self.who(index))
            bought = self.place(self.at(15 + index), [self.item(index + 2, 2, percent=25)], taxed, self.who(index + 1))
            changes.refund(bought, Wish([(bought.lines[0].id, 1, "RETURN")]), self.id, self.at(11 - index))

    def _refunds(self) -> None:
        taxed = replace(self.terms, tax=Fraction(19, 100), taxes_included=True, shipping=self.shipping(), order_percent=10)
        partly = self.place(self.at(20), [self.item(0, 3), self.item(1, 2)], taxed, self.who(0))
        changes.refund(partly, Wish([(partly.lines[0].id, 1, "RETURN")], note="Too small"), self.id, self.at(18))
        changes.refund(partly, Wish([(partly.lines[0].id, 1, "NO_RESTOCK")], shipping=100), self.id, self.at(2))
        goodwill = self.place(self.at(21), [self.item(2, 2)], taxed, self.who(1))
        changes.refund(goodwill, Wish(paid=goodwill.transactions[0].amount[1] // 7, note="Goodwill"), self.id, self.at(17))
        waiting = self.place(self.at(22), [self.item(0, 2)], taxed, self.who(2))
        changes.refund(waiting, Wish([(waiting.lines[0].id, 2, "RETURN")], status="PENDING"), self.id, self.at(3))
        failed = self.place(self.at(22, 15), [self.item(3)], taxed, self.who(3))
        changes.refund(failed, Wish([(failed.lines[0].id, 1, "RETURN")], status="FAILURE"), self.id, self.at(4))
        credit = self.place(self.at(23), [self.item(1)], taxed, self.who(4))
        changes.refund(credit, Wish([(credit.lines[0].id, 1, "RETURN")], paid=0, note="Store credit"), self.id, self.at(5))
        whole = self.place(self.at(24), [self.item(0), self.item(1, 4)], taxed, self.who(5))
        lines = [(x.id, x.current, "RETURN") for x in whole.lines]
        changes.refund(whole, Wish(lines, shipping=whole.shipping_lines[0].discounted[1]), self.id, self.at(1, 9))
        fee = self.place(self.at(25), [self.item(0, 2)], taxed, self.who(6))
        keep = fee.transactions[0].amount[1] // 3  # less is paid back than the lines say: a restocking fee
        changes.refund(fee, Wish([(fee.lines[0].id, 2, "RETURN")], paid=keep, reason="RESTOCK"), self.id, self.at(16))

    def _mishaps(self) -> None:
        taxed = replace(self.terms, tax=Fraction(19, 100), taxes_included=True, shipping=self.shipping())
        paid = self.place(self.at(30), [self.item(0, 2), self.item(1)], taxed, self.who(0))
        changes.cancel(paid, "CUSTOMER", True, True, self.id, self.at(29))
        kept = self.place(self.at(31), [self.item(2)], taxed, self.who(1))
        changes.cancel(kept, "OTHER", False, False, self.id, self.at(30))
        unpaid = self.place(self.at(32), [self.item(1)], taxed, self.who(2), paid=False)
        changes.cancel(unpaid, "DECLINED", False, False, self.id, self.at(31))
        tried = self.place(self.at(33), [self.item(0, 9)], taxed, self.who(3))
        tried.test = True
        held = self.place(self.at(6, 20), [self.item(0)], taxed, self.who(4), paid=False)
        held.transactions.append(
            Transaction(self.id(), "AUTHORIZATION", "SUCCESS", "shopify_payments", held.created, total(held))
        )
        settle(held)
        taken = self.place(self.at(34), [self.item(1, 2)], taxed, self.who(5), paid=False)
        self._capture_in_two(taken)
        self.place(self.at(2, 8), [self.item(3)], taxed, self.who(6), paid=False)  # pending
        late = self.place(self.at(120), [self.item(3)], taxed, self.who(7), paid=False)
        late.financial = "EXPIRED"
        part = self.place(self.at(7, 8), [self.item(0, 4)], taxed, self.who(0), paid=False)
        part.transactions.append(Transaction(self.id(), "SALE", "SUCCESS", "paypal", part.created, (part.lines[0].unit)))
        settle(part)

    def _capture_in_two(self, order: Order) -> None:
        whole, day = total(order), 86400
        first = (whole[0] // 2, whole[1] // 2)
        held = Transaction(self.id(), "AUTHORIZATION", "SUCCESS", "shopify_payments", order.created, whole)
        one = Transaction(self.id(), "CAPTURE", "SUCCESS", "shopify_payments", order.created + day, first, held.id)
        rest = (whole[0] - first[0], whole[1] - first[1])
        two = Transaction(self.id(), "CAPTURE", "SUCCESS", "shopify_payments", order.created + 2 * day, rest, held.id)
        order.transactions = [held, one, two]
        order.updated = two.processed
        settle(order)

    def _shapes(self) -> None:
        taxed = replace(self.terms, tax=Fraction(19, 100), taxes_included=True, shipping=self.shipping())
        self.place(self.at(40), [self.item(i % 4, 1 + i % 3) for i in range(300)], taxed, self.who(0)).tags = ["300 lines"]
        gone = self.item(0, 2)
        gone.product_id, gone.variant_id, gone.title = self.id(), self.id(), "Discontinued lamp"
        self.place(self.at(41), [gone, Item("Engraving", self.terms.shop(700), 1)], taxed, self.who(1))
        worded = Item("سجادة صلاة 🧿 <script>alert('x')</script> " + "long " * 60, self.terms.shop(1999), 1)
        worded.attributes = [("Gift note", "“For you” 💝"), ("_hidden", "")]
        self.place(self.at(42), [worded], taxed, self.who(3)).note = "First line\nSecond line\tand a tab"
        changed = self.place(self.at(43), [self.item(0, 3, percent=10), self.item(1, 2)], taxed, self.who(4))
        extra = make_order(self.id, "", changed.created, taxed, [self.item(2)], paid=False).lines
        changes.edit(changed, [(changed.lines[0].id, 1), (changed.lines[1].id, 2)], extra, self.id, self.at(35))
        backdated = self.place(self.at(2, 14), [self.item(1, 3)], taxed, self.who(5))
        backdated.processed = self.at(90)
        backdated.source = "1354745"
        sent = self.place(self.at(44), [self.item(0, 4), self.item(1)], taxed, self.who(6))
        parcel = Tracking("DHL", "JJD0003", "https://www.dhl.de/?piececode=JJD0003")
        changes.fulfil(sent, [(sent.lines[0].id, 2)], parcel, self.id, self.at(42))
        changes.fulfil(sent, [(sent.lines[0].id, 2), (sent.lines[1].id, 1)], None, self.id, self.at(41))
        half = self.place(self.at(8, 9), [self.item(0, 2), self.item(2)], taxed, self.who(7))
        changes.fulfil(half, [(half.lines[0].id, 1)], Tracking(None, None, None), self.id, self.at(6))
        for day in self._clock_changes():
            for hour in (0, 1, 3, 23):
                self.place(int(day.replace(hour=hour, minute=30).timestamp()), [self.item(hour)], buyer=self.who(hour))

    def _clock_changes(self) -> list[datetime]:
        """Midnights, on the shop's clock, of the last year's days that were not 24 hours long."""
        days = [self.anchor - timedelta(days=n) for n in range(1, 366)]
        nights = [datetime(d.year, d.month, d.day, tzinfo=self.zone) for d in days]
        return [n for n in nights if n.utcoffset() != (n + timedelta(days=1)).utcoffset()]

    def _crowd(self, count: int) -> None:
        """Many small orders brought in by one import: placed over months, all with the same updated_at."""
        tied = self.at(1, 12)
        for index in range(count):
            first, last = names(index)
            at = self.at(2 + mix(index, 40) % 117, 8 + mix(index, 41) % 12, mix(index, 42) % 60)
            order = self.place(at, [self.item(index % 4, 1 + mix(index, 43) % 5)])
            order.email = email(index, first, last) if index % 4 else None
            order.tags = ["import"]
            order.updated = max(tied, at)

    def _rows(self) -> Base:
        newest = max(o.created for o in self.orders)
        assert newest <= self.at(0, 0), "an awkward order lies in the future"
        totals: dict[int, tuple[int, int]] = {}
        owners = []
        for order in self.orders:
            owners.append(order.customer_id or 0)
            if order.customer_id and not order.test:
                count, amount = totals.get(order.customer_id, (0, 0))
                totals[order.customer_id] = (count + 1, amount + spent(order))
        base = Base(self.facts, Rows(), Rows(), Rows(), Rows().ids, totals, f"awkward-{self.anchor}")
        base.orders = _listed(self.orders, lambda o: o.processed)
        base.customers = _listed(self.customers, lambda c: c.created)
        base.products = _listed(self.products, lambda p: p.created)
        base.order_customer.extend(owners)
        return base


def _listed(things: list[R], processed: Callable[[R], int]) -> Rows[R]:
    rows: Rows[R] = Rows(build=things.__getitem__)
    for thing in things:
        rows.add(thing.id, thing.created, thing.updated, processed(thing))
    return rows
