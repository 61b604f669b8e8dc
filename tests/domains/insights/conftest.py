"""An owner's books: their stores hold exactly what a test puts into them, written by the product's own way of copying."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from storekeep.domains.commerce.sync.apply import apply
from storekeep.domains.commerce.sync.batch import Span
from storekeep.domains.commerce.sync.customer_rows import CustomerAssembler
from storekeep.domains.commerce.sync.order_rows import OrderAssembler
from storekeep.runtime.cache import TenantCache
from tests.support.accounts import House, Person
from tests.support.stores import Shop, open_shop

EVERYTHING = Span(None, None)
Node = dict[str, Any]


@dataclass(slots=True)
class Books:
    """An owner of a tenant of their own, and its stores."""

    owner: Person
    shops: list[Shop] = field(default_factory=list)

    async def open(self, **facts: str) -> Shop:
        """One more store."""
        shop = await open_shop(self.owner.house.db, self.owner.scope, **facts)
        self.shops.append(shop)
        return shop

    async def hold(
        self, customers: Iterable[Node] | None = None, orders: Iterable[Node] | None = None, *, shop: Shop | None = None
    ) -> None:
        """Make the store hold these customers and orders and no others (None: as before); the cache keeps nothing of before."""
        shop = shop or self.shops[0]
        assemblers: list[CustomerAssembler | OrderAssembler] = []
        if customers is not None:
            assemblers.append(CustomerAssembler(shop.calendar.zone))
            assemblers[-1].wholes(list(customers))
        if orders is not None:
            assemblers.append(OrderAssembler(shop.calendar.zone))
            assemblers[-1].wholes(list(orders))
        async with shop.db.tenant(shop.scope) as session:
            for assembler in assemblers:
                await apply(session, shop.calendar, assembler, complete=EVERYTHING)
                assert not assembler.tally.failed, assembler.tally.errors
        await self.forget()

    async def forget(self) -> None:
        """Drop what the cache keeps of the tenant."""
        await self.owner.house.wired.services.get(TenantCache).drop(self.owner.tenant_id)

    async def ask(self, path: str, **params: Any) -> httpx.Response:
        """The response to a GET; parameters that are None are left out."""
        given = {key.rstrip("_"): str(value) for key, value in params.items() if value is not None}
        return await self.owner.http.get(path, params=given)

    async def read(self, path: str, **params: Any) -> Any:
        """The JSON of a GET that must succeed."""
        response = await self.ask(path, **params)
        assert response.status_code == 200, response.text
        return response.json()

    async def value(self, statement: str, **parameters: Any) -> Any:
        """One value out of the tenant's own rows."""
        async with self.owner.house.db.tenant(self.owner.scope) as session:
            return (await session.execute(text(statement), parameters)).scalar_one()


@pytest.fixture
async def books(house: House) -> Books:
    """Books with one store, Europe/London, GBP."""
    made = Books(await house.new_owner())
    await made.open()
    return made


@pytest.fixture
def new_books(house: House) -> Callable[[], Awaitable[Books]]:
    """Makes books without a store."""

    async def make() -> Books:
        return Books(await house.new_owner())

    return make
