"""A store to copy into, and short words for copying records into it and looking at what is stored."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import event, text
from sqlalchemy.util import await_only

from storekeep.domains.commerce.calendars import Calendar
from storekeep.domains.commerce.sync.apply import apply
from storekeep.domains.commerce.sync.batch import Merged, Span, Tally
from storekeep.domains.commerce.sync.customer_rows import CustomerAssembler
from storekeep.domains.commerce.sync.order_rows import OrderAssembler
from storekeep.domains.commerce.sync.product_rows import ProductAssembler
from storekeep.kit.ids import uuid7
from storekeep.kit.scope import Scope
from storekeep.runtime.database import Database
from tests.support.records import gid

Node = dict[str, Any]
_OPEN = text("""
    WITH connection AS (
        INSERT INTO connections (tenant_id, id, type, status, label, created_at, updated_at)
        VALUES (:tenant, :id, 'SHOPIFY', 'CONNECTED', 'a shop', now(), now())
    ), store AS (
        INSERT INTO stores (tenant_id, id, shop, shop_name, currency, time_zone, connected_via, generation, installed_at, scopes,
            sync_interval_minutes, sync_paused, customers_count, orders_count, products_count, created_at, updated_at)
        VALUES (:tenant, :id, CAST(:id AS uuid)::text || '.myshopify.com', 'A shop', :currency, :zone, 'CUSTOM_APP', 1, now(),
            '{read_all_orders}', 5, false, 0, 0, 0, now(), now())
    )
    INSERT INTO store_calendars (tenant_id, id, store_id, time_zone, currency, updated_at)
    VALUES (:tenant, :calendar, :id, :zone, :currency, now())
""")


@dataclass(frozen=True, slots=True)
class Shop:
    """A store of one tenant."""

    db: Database
    scope: Scope
    calendar: Calendar

    async def orders(
        self,
        *nodes: Node,
        refunds: Mapping[int, Iterable[Node]] | None = None,
        ledgers: Mapping[int, Iterable[Node]] | None = None,
        complete: Span | None = None,
    ) -> tuple[Merged, Tally]:
        """Store orders; `refunds` and `ledgers` by the order's number."""
        made = OrderAssembler(self.calendar.zone)
        made.wholes(nodes)
        for number, given in (refunds or {}).items():
            made.refunds(gid("Order", number), given)
        for number, given in (ledgers or {}).items():
            made.ledger(gid("Order", number), given)
        return await self._apply(made, complete)

    async def customers(self, *nodes: Node, complete: Span | None = None) -> tuple[Merged, Tally]:
        made = CustomerAssembler(self.calendar.zone)
        made.wholes(nodes)
        return await self._apply(made, complete)

    async def products(self, *nodes: Node, complete: Span | None = None) -> tuple[Merged, Tally]:
        made = ProductAssembler()
        made.wholes(nodes)
        return await self._apply(made, complete)

    async def _apply(self, made: Any, complete: Span | None) -> tuple[Merged, Tally]:
        async with self.db.tenant(self.scope) as session:
            merged = await apply(session, self.calendar, made, complete=complete)
        return merged, made.tally

    async def rows(self, statement: str, **parameters: Any) -> list[Any]:
        """Rows of any query; :store is this store."""
        async with self.db.tenant(self.scope) as session:
            parameters = {"store": self.calendar.store_id, **parameters}
            return list((await session.execute(text(statement), parameters)).all())

    async def one(self, statement: str, **parameters: Any) -> Any:
        """The only row."""
        [row] = await self.rows(statement, **parameters)
        return row

    async def day(self, day: date, currency: str = "GBP") -> Any:
        """The stored figures of a day."""
        return await self.one(
            "SELECT * FROM sales_days WHERE store_id = :store AND day = :day AND currency = :currency", day=day, currency=currency
        )


async def open_shop(db: Database, scope: Scope, *, time_zone: str = "Europe/London", currency: str = "GBP") -> Shop:
    """A connected store of the tenant, without anything in it."""
    store_id: UUID = uuid7()
    key = {"tenant": scope.tenant_id, "id": store_id, "calendar": uuid7(), "currency": currency, "zone": time_zone}
    async with db.tenant(scope) as session:
        await session.execute(_OPEN, key)
    return Shop(db, scope, Calendar(store_id, time_zone, currency))


@contextmanager
def interrupted(shop: Shop, at: dict[str, Callable[[], Awaitable[object]]]) -> Iterator[None]:
    """Await each of `at`'s calls, once, right before the first statement that begins with its key."""

    def before(_: Any, __: Any, statement: str, *___: Any) -> None:
        for start in [start for start in at if statement.strip().startswith(start)]:
            await_only(at.pop(start)())

    engine = shop.db.runtime_engine.sync_engine
    event.listen(engine, "before_cursor_execute", before)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", before)
