"""A shop's state: base rows built on demand from columns, changed rows kept whole beside them, every change journalled."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeVar

from storekeep.sandbox.journal import Journal
from storekeep.sandbox.shopify.model import Customer, Order, Product, load
from storekeep.sandbox.shopify.totals import spent

Thing = Order | Customer | Product
R = TypeVar("R", Order, Customer, Product)
_NEW_IDS = 900_000_000_000  # ids given out by the shop itself start this far above its base


@dataclass(slots=True)
class Rows(Generic[R]):
    """Base rows: what can be sorted and filtered on as columns, and how to build row `i` in full."""

    ids: array[int] = field(default_factory=lambda: array("q"))
    created: array[int] = field(default_factory=lambda: array("q"))
    updated: array[int] = field(default_factory=lambda: array("q"))
    processed: array[int] = field(default_factory=lambda: array("q"))
    build: Callable[[int], R] | None = None
    peek: dict[str, Callable[[int], Any]] = field(default_factory=dict)  # single attributes of row `i` without building it
    keep: bool = False  # keep what was built: for rows that are few and read from many places

    def add(self, id: int, created: int, updated: int, processed: int) -> None:
        """One more row; all times are epoch seconds."""
        self.ids.append(id)
        self.created.append(created)
        self.updated.append(updated)
        self.processed.append(processed)

    def copy(self) -> Rows[R]:
        """The same rows with columns of their own, which may then grow and change."""
        columns = {name: getattr(self, name)[:] for name in ("ids", "created", "updated", "processed")}
        return replace(self, **columns)


class Table(Generic[R]):
    """One kind of thing in a shop. Rows are known by their position, which never changes; deleted rows are dead positions.

    A row once handed out is never changed in place: a change puts a new value, so a reader in another thread sees whole rows.
    """

    def __init__(self, rows: Rows[R]) -> None:
        self._rows: Rows[R] = rows.copy()
        self._base = len(rows.ids)
        self._changed: dict[int, R] = {}
        self._built: dict[int, R] = {}
        self._near: dict[int, R] = {}  # living rows by id, of a table that keeps what it built
        self._position = {id: i for i, id in enumerate(rows.ids)}
        self._dead: set[int] = set()
        self._sorted: dict[str, list[int]] = {}

    def __len__(self) -> int:
        return len(self._rows.ids) - len(self._dead)

    def column(self, name: str) -> array[int]:
        """The column `ids`, `created`, `updated` or `processed`, by position."""
        return getattr(self._rows, name)  # type: ignore[no-any-return]

    def at(self, position: int) -> R:
        """The row at a position, changed or built."""
        row = self._changed.get(position) or self._built.get(position)
        if row is None:
            assert self._rows.build is not None
            row = self._rows.build(position)
            if self._rows.keep:
                self._built[position] = row
        return row

    def is_base(self, position: int) -> bool:
        """Whether the row is still as it was made, so that the base columns speak for it."""
        return position < self._base and position not in self._changed

    def reader(self, name: str, get: Callable[[R], Any]) -> Callable[[int], Any]:
        """Reads one attribute of a row by position: `get` of the row, or the base rows' own shortcut called `name`."""
        peek = self._rows.peek.get(name)
        if peek is None:
            return lambda position: get(self.at(position))
        return lambda position: peek(position) if self.is_base(position) else get(self.at(position))

    def find(self, id: int) -> int | None:
        """The position of a living row, or None."""
        position = self._position.get(id)
        return None if position is None or position in self._dead else position

    def get(self, id: int) -> R | None:
        """The living row with that id, or None."""
        row = self._near.get(id)  # line items ask for their products here, hundreds of thousands of times
        if row is not None:
            return row
        position = self._position.get(id)
        if position is None or position in self._dead:
            return None
        row = self.at(position)
        if self._rows.keep:
            self._near[id] = row
            if self._changed.get(position, row) is not row or position in self._dead:
                self._near.pop(id, None)  # it changed in the other thread while it was being fetched
        return row

    def put(self, row: R) -> None:
        """Adds the row or replaces the one with its id."""
        rows, position = self._rows, self._position.get(row.id)
        processed = row.processed if isinstance(row, Order) else row.created
        if position is None:
            position = self._position[row.id] = len(rows.ids)
            rows.add(row.id, row.created, row.updated, processed)
        self._changed[position] = row
        self._near.pop(row.id, None)
        self._dead.discard(position)
        rows.created[position], rows.updated[position], rows.processed[position] = row.created, row.updated, processed
        self._sorted.clear()

    def remove(self, id: int) -> None:
        """Deletes the row with that id, if there is one."""
        position = self._position.get(id)
        if position is not None:
            self._dead.add(position)
            self._near.pop(id, None)
            self._sorted.clear()

    def ordered(self, column: str) -> list[int]:
        """The living positions, sorted by that column and then by id. The caller must not change the list."""
        found = self._sorted.get(column)
        if found is None:
            values, ids, dead = self.column(column), self._rows.ids, self._dead
            positions: Iterable[int] = range(len(ids))
            if dead:
                positions = (i for i in positions if i not in dead)
            found = self._sorted[column] = sorted(positions, key=lambda i: (values[i], ids[i]))
        return found

    def rows(self) -> Iterator[R]:
        """Every living row, by id."""
        for position in self.ordered("ids"):
            yield self.at(position)


@dataclass(slots=True)
class Facts:
    """What a shop is, as `shop { … }` tells it."""

    domain: str
    name: str
    id_base: int
    currency: str
    time_zone: str
    created: int
    presentment_currencies: tuple[str, ...] = ()
    taxes_included: bool = False
    email: str = "owner@example.com"
    plan: str = "Basic"


@dataclass(slots=True)
class Base:
    """The rows a shop starts with. `totals` holds, for base customers by id, (orders, minor units spent)."""

    facts: Facts
    orders: Rows[Order]
    customers: Rows[Customer]
    products: Rows[Product]
    order_customer: array[int]  # by order position: customer id, or 0 for a guest
    totals: dict[int, tuple[int, int]]
    identity: str  # names the base data, so that a cached file of another base is never served


class ShopStore:
    """One shop. Reading is free of locks; all changes come from one thread (the server's event loop)."""

    def __init__(self, base: Base, journal: Journal) -> None:
        self.facts = base.facts
        self.identity = base.identity
        self.orders: Table[Order] = Table(base.orders)
        self.customers: Table[Customer] = Table(base.customers)
        self.products: Table[Product] = Table(base.products)
        self.deletions: list[tuple[int, str, int]] = []  # (epoch seconds, Order|Customer|Product, id)
        self._order_customer = base.order_customer
        self._totals = dict(base.totals)
        self._by_customer: dict[int, list[int]] | None = None
        self._variant_owner: dict[int, int] = {}
        self._variants_at = -1
        self._refund_owner: dict[int, int] | None = None
        self._journal = journal
        self._prefix = f"shop/{base.facts.domain}/"
        self._sequence = 0
        self.version = 0
        self._lists: dict[Any, list[int]] = {}
        self._lists_at = -1
        self._replay()

    # -- reading

    def customer_totals(self, id: int) -> tuple[int, int]:
        """(number of orders, minor units spent) of a customer; test orders count for neither."""
        return self._totals.get(id, (0, 0))

    def orders_of(self, customer_id: int) -> list[int]:
        """The ids of a customer's living orders, oldest first."""
        if self._by_customer is None:
            index: dict[int, list[int]] = {}
            for position in self.orders.ordered("created"):
                owner = self.owner(position)
                if owner:
                    index.setdefault(owner, []).append(self.orders.column("ids")[position])
            self._by_customer = index
        return self._by_customer.get(customer_id, [])

    def list_cache(self) -> dict[Any, list[int]]:
        """A place to keep lists of positions; emptied whenever the shop changes."""
        if self._lists_at != self.version:
            self._lists = {}
            self._lists_at = self.version
        return self._lists

    def refunded_order(self, refund_id: int) -> Order | None:
        """The order that has this refund, or None."""
        if self._refund_owner is None:
            self._refund_owner = {r.id: o.id for o in self.orders.rows() for r in o.refunds}
        owner = self._refund_owner.get(refund_id)
        return None if owner is None else self.orders.get(owner)

    def variant_product(self, variant_id: int) -> Product | None:
        """The product that has this variant, or None."""
        if self._variants_at != self.version:
            self._variant_owner = {v.id: p.id for p in self.products.rows() for v in p.variants}
            self._variants_at = self.version
        owner = self._variant_owner.get(variant_id)
        return None if owner is None else self.products.get(owner)

    def owner(self, position: int) -> int:
        """The customer id of the order at a position, 0 for a guest's."""
        if self.orders.is_base(position):
            return self._order_customer[position]
        return self.orders.at(position).customer_id or 0

    # -- changing

    def next_id(self) -> int:
        """An id never used in this shop."""
        self._sequence += 1
        return self.facts.id_base + _NEW_IDS + self._sequence

    def commit(self, *things: Thing) -> None:
        """Writes rows, new or changed, and moves the shop's version on by one."""
        for thing in things:
            self._apply(thing)
            self._journal.put(f"{self._prefix}{type(thing).__name__}/{thing.id}", thing)
        self._stamp()

    def delete(self, kind: type[Thing], id: int, at: int) -> None:
        """Deletes a row (`at`: epoch seconds). A deleted customer's orders keep standing, without a customer."""
        self._journal.put(f"{self._prefix}{kind.__name__}/{id}", {"deleted": at})
        self._drop(kind.__name__, id, at)
        self._stamp()

    def forget(self) -> None:
        """Drops the journal of this shop; the caller builds the store anew."""
        self._journal.forget(self._prefix)

    def _stamp(self) -> None:
        self.version += 1
        self._journal.put(f"{self._prefix}meta/0", [self._sequence, self.version])

    def _apply(self, thing: Thing) -> None:
        if isinstance(thing, Order):
            self._count(self.orders.get(thing.id), -1)
            self.orders.put(thing)
            self._count(thing, 1)
            self._by_customer = None
            if self._refund_owner is not None:
                self._refund_owner.update((r.id, thing.id) for r in thing.refunds)
        elif isinstance(thing, Customer):
            self.customers.put(thing)
        else:
            self.products.put(thing)

    def _count(self, order: Order | None, sign: int) -> None:
        if order is None or order.test or not order.customer_id:
            return
        orders, amount = self._totals.get(order.customer_id, (0, 0))
        self._totals[order.customer_id] = (orders + sign, amount + sign * spent(order))

    def _drop(self, kind: str, id: int, at: int) -> None:
        if kind == "Order":
            self._count(self.orders.get(id), -1)
            self._by_customer = None
        table: Any = {"Order": self.orders, "Customer": self.customers, "Product": self.products}[kind]
        table.remove(id)
        self.deletions.append((at, kind, id))

    def _replay(self) -> None:
        kinds: dict[str, type[Thing]] = {"Order": Order, "Customer": Customer, "Product": Product}
        for key, value in self._journal.items(self._prefix):
            kind, _, id = key.partition("/")
            if kind == "meta":
                self._sequence, self.version = value
            elif "deleted" in value:
                self._drop(kind, int(id), value["deleted"])
            else:
                self._apply(load(kinds[kind], value))
        self.deletions.sort()
