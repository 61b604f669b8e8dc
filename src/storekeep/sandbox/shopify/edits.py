"""Changes made to a shop from outside the API, as its merchant and its customers make them all day: chosen or at random."""

from __future__ import annotations

import random
from collections.abc import Callable
from copy import deepcopy
from fractions import Fraction
from typing import Any

from storekeep.sandbox.shopify import changes
from storekeep.sandbox.shopify.changes import Wish
from storekeep.sandbox.shopify.making import Item, Terms, make_order
from storekeep.sandbox.shopify.model import Customer, Order, Product, Tracking, Variant
from storekeep.sandbox.shopify.people import address, email, names
from storekeep.sandbox.shopify.shop import Shop
from storekeep.sandbox.shopify.store import R, Table
from storekeep.sandbox.shopify.totals import received

_TRIES = 40


class Nothing(Exception):
    """The shop has nothing to which this could be done."""


class Editor:
    """Edits one shop; the same seed on the same shop makes the same edits. Times are epoch seconds.

    `now` is when things change (updatedAt); `at` is what orders are placed at and refunds, edits and cancellations dated.
    """

    def __init__(self, shop: Shop, seed: int, now: int, at: int | None = None) -> None:
        self.shop = shop
        self.store = shop.store
        self.rng = random.Random(seed)  # noqa: S311 - repeatable on purpose
        self.now = now
        self.at = now if at is None else at
        self.thorough = True  # look at every row before giving up

    def do(self, action: str, id: int | None = None) -> dict[str, str]:
        """Does `action` (a name in ACTIONS) to the row `id` or to a random fit one. Raises Nothing or KeyError."""
        kind, made = ACTIONS[action](self, id)
        return {"action": action, "kind": kind, "id": str(made)}

    def anything(self) -> dict[str, str]:
        """Does one thing that can be done, chosen at random."""
        self.thorough = False
        names = list(_WEIGHTS)
        for _ in range(_TRIES):
            try:
                return self.do(self.rng.choices(names, [_WEIGHTS[n] for n in names])[0])
            except Nothing:
                continue
        raise Nothing("nothing in this shop can be changed")

    # -- choosing

    def pick(self, table: Table[R], id: int | None, fit: Callable[[R], bool]) -> R:
        """A copy of row `id`, or of a random row that is fit."""
        if id is not None:
            row = table.get(id)
            if row is None or not fit(row):
                raise Nothing(f"{id} is not there or not fit for this")
            return deepcopy(row)
        positions = table.ordered("ids")
        for position in self.rng.sample(positions, len(positions) if self.thorough else min(_TRIES, len(positions))):
            row = table.at(position)
            if fit(row):
                return deepcopy(row)
        raise Nothing("no fit row found")

    def order(self, id: int | None, fit: Callable[[Order], bool]) -> Order:
        """A copy of an order."""
        return self.pick(self.store.orders, id, fit)

    def keep(self, order: Order) -> tuple[str, int]:
        """Commits an order; its customer changes with it."""
        order.updated = max(order.updated, self.now)
        rows: list[Order | Customer] = [order]
        buyer = self.store.customers.get(order.customer_id) if order.customer_id else None
        if buyer is not None:
            buyer = deepcopy(buyer)
            buyer.updated = max(buyer.updated, self.now)
            rows.append(buyer)
        self.store.commit(*rows)
        return "order", order.id

    # -- orders

    def create_order(self, id: int | None) -> tuple[str, int]:
        """A customer (or a guest, one in ten) buys one to six things."""
        buyer: Customer | None = None
        if self.rng.random() > 0.1:
            buyer = self.pick(self.store.customers, None, lambda c: True)
        count = self.rng.randint(1, 6)
        items = [self.item(self.pick(self.store.products, None, lambda p: p.status == "ACTIVE")) for _ in range(count)]
        facts = self.store.facts
        terms = Terms(facts.currency, facts.currency, taxes_included=facts.taxes_included)
        if self.rng.random() < 0.3:
            terms.order_percent = self.rng.choice((5, 10, 20))
        if facts.taxes_included:
            terms.tax = Fraction(19, 100)
        number = 900_000 + self.store.version
        order = make_order(
            self.store.next_id,
            f"#{number}",
            self.at,
            terms,
            items,
            customer_id=buyer.id if buyer else None,
            email=buyer.email if buyer else None,
            address=buyer.addresses[0] if buyer and buyer.addresses else None,
            paid=self.rng.random() < 0.9,
        )
        return self.keep(order)

    def item(self, product: Product) -> Item:
        """One to twelve of a product."""
        variant = self.rng.choice(product.variants)
        quantity = self.rng.choice((1, 1, 2, 3, 6, 12))
        return Item(product.title, variant.price, quantity, variant.sku, product.id, variant.id, gift_card=product.gift_card)

    def update_order(self, id: int | None) -> tuple[str, int]:
        """A note and a tag."""
        order = self.order(id, lambda o: True)
        order.note = f"Checked {self.rng.randint(1, 999)}"
        order.tags = sorted({*order.tags, self.rng.choice(("checked", "phone", "priority"))})
        return self.keep(order)

    def cancel_order(self, id: int | None) -> tuple[str, int]:
        """Cancels an order that was not shipped, mostly with the money going back."""
        order = self.order(id, lambda o: o.cancelled is None and not o.fulfillments and not o.refunds)
        changes.cancel(order, "CUSTOMER", True, self.rng.random() < 0.8, self.store.next_id, self.at)
        return self.keep(order)

    def refund_order(self, id: int | None) -> tuple[str, int]:
        """Gives back part of some lines; now and then only money, or money that is still under way."""
        order = self.order(id, lambda o: o.cancelled is None and received(o)[1] > 0 and changes.refundable(o) > 0)
        pending = "PENDING" if self.rng.random() < 0.1 else "SUCCESS"
        left = [x for x in order.lines if x.current and not x.tip]
        if not left or self.rng.random() < 0.15:
            wish = Wish(paid=max(1, changes.refundable(order) // self.rng.randint(2, 20)), note="Goodwill", status=pending)
        else:
            chosen = self.rng.sample(left, min(len(left), self.rng.randint(1, 3)))
            wish = Wish([(x.id, self.rng.randint(1, x.current), "RETURN") for x in chosen], status=pending)
        made = changes.refund(order, wish, self.store.next_id, self.at)
        if any(t.amount[1] > received(order)[1] for t in made.transactions):
            raise Nothing("more would go back than was paid")
        return self.keep(order)

    def edit_order(self, id: int | None) -> tuple[str, int]:
        """Takes a unit out of an order and puts another product in."""
        order = self.order(id, lambda o: o.cancelled is None and any(x.current and not x.tip for x in o.lines))
        line = self.rng.choice([x for x in order.lines if x.current and not x.tip])
        facts = self.store.facts
        terms = Terms(facts.currency, facts.currency, taxes_included=order.taxes_included)
        added: list[Any] = []
        if order.currency == order.presentment:
            item = self.item(self.pick(self.store.products, None, lambda p: not p.gift_card))
            added = make_order(self.store.next_id, "", self.at, terms, [item], paid=False).lines
        changes.edit(order, [(line.id, self.rng.randint(1, line.current))], added, self.store.next_id, self.at)
        return self.keep(order)

    def fulfil_order(self, id: int | None) -> tuple[str, int]:
        """Sends all that is left to send."""

        def rest(order: Order) -> list[tuple[int, int]]:
            wanted = ((x.id, min(x.quantity - x.fulfilled, x.current)) for x in order.lines if x.requires_shipping)
            return [(line, units) for line, units in wanted if units > 0]

        order = self.order(id, lambda o: o.cancelled is None and bool(rest(o)))
        number = f"{self.rng.randrange(10**12):012d}"
        changes.fulfil(order, rest(order), Tracking("Royal Mail", number, None), self.store.next_id, self.at)
        return self.keep(order)

    def pay_order(self, id: int | None) -> tuple[str, int]:
        """Pays an order that is still owed for."""
        order = self.order(id, lambda o: o.cancelled is None and o.financial in ("PENDING", "PARTIALLY_PAID"))
        changes.pay(order, self.store.next_id, self.at)
        return self.keep(order)

    def settle_refunds(self, id: int | None) -> tuple[str, int]:
        """Refund money under way arrives."""
        order = self.order(id, lambda o: any(t.status == "PENDING" for r in o.refunds for t in r.transactions))
        changes.settle_refunds(order, True, self.at)
        return self.keep(order)

    def delete_order(self, id: int | None) -> tuple[str, int]:
        """Deletes an order."""
        order = self.order(id, lambda o: True)
        self.store.delete(Order, order.id, self.now)
        return "order", order.id

    # -- customers and products

    def create_customer(self, id: int | None) -> tuple[str, int]:
        """A new customer without orders."""
        made = self.store.next_id()
        seed = made % 10**9
        first, last = names(seed)
        where = address(made, seed, first, last, "United Kingdom", "GB")
        self.store.commit(Customer(made, self.now, self.now, first, last, email(seed, first, last), addresses=[where]))
        return "customer", made

    def update_customer(self, id: int | None) -> tuple[str, int]:
        """A new last name and a tag."""
        customer = self.pick(self.store.customers, id, lambda c: True)
        customer.last_name = names(self.rng.randrange(10**6))[1]
        customer.tags = sorted({*customer.tags, "updated"})
        customer.updated = max(customer.updated, self.now)
        self.store.commit(customer)
        return "customer", customer.id

    def delete_customer(self, id: int | None) -> tuple[str, int]:
        """Deletes a customer; the orders stay, without one."""
        customer = self.pick(self.store.customers, id, lambda c: True)
        self.store.delete(Customer, customer.id, self.now)
        return "customer", customer.id

    def create_product(self, id: int | None) -> tuple[str, int]:
        """A new product."""
        made = self.store.next_id()
        price = self.rng.randint(50, 5000)
        variant = Variant(self.store.next_id(), "Default Title", f"NEW-{made % 10**6}", price, 1, self.now, inventory=10)
        title = f"New thing {made % 10**6}"
        self.store.commit(Product(made, title, f"new-thing-{made}", self.now, self.now, [variant], published=self.now))
        return "product", made

    def update_product(self, id: int | None) -> tuple[str, int]:
        """Another price and stock."""
        product = self.pick(self.store.products, id, lambda p: True)
        for variant in product.variants:
            variant.price = variant.price * self.rng.randint(80, 130) // 100
            variant.inventory = self.rng.randint(0, 400)
            variant.updated = max(variant.updated, self.now)
        product.updated = max(product.updated, self.now)
        self.store.commit(product)
        return "product", product.id

    def delete_product(self, id: int | None) -> tuple[str, int]:
        """Deletes a product; lines that sold it keep its name."""
        product = self.pick(self.store.products, id, lambda p: True)
        self.store.delete(Product, product.id, self.now)
        return "product", product.id


ACTIONS: dict[str, Callable[[Editor, int | None], tuple[str, int]]] = {
    "create_order": Editor.create_order,
    "update_order": Editor.update_order,
    "cancel_order": Editor.cancel_order,
    "refund_order": Editor.refund_order,
    "edit_order": Editor.edit_order,
    "fulfil_order": Editor.fulfil_order,
    "pay_order": Editor.pay_order,
    "settle_refunds": Editor.settle_refunds,
    "delete_order": Editor.delete_order,
    "create_customer": Editor.create_customer,
    "update_customer": Editor.update_customer,
    "delete_customer": Editor.delete_customer,
    "create_product": Editor.create_product,
    "update_product": Editor.update_product,
    "delete_product": Editor.delete_product,
}
_WEIGHTS = {
    "create_order": 30,
    "update_order": 8,
    "cancel_order": 6,
    "refund_order": 16,
    "edit_order": 8,
    "fulfil_order": 8,
    "pay_order": 4,
    "settle_refunds": 3,
    "delete_order": 2,
    "create_customer": 3,
    "update_customer": 4,
    "delete_customer": 1,
    "create_product": 2,
    "update_product": 4,
    "delete_product": 1,
}
