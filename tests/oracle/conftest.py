"""Fixtures of the oracle's tests: the stores they ask about, and the raw state those were copied from."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text

from tests.oracle import raw
from tests.oracle.answers import Tenant
from tests.support.copied import Copied

# Stored ids are the product's own; the dump knows Shopify's.
_IDS = text("SELECT id, shopify_id FROM customers UNION ALL SELECT id, shopify_id FROM products")


async def second_opinion(copied: Copied) -> Tenant:
    """What the shops hold now, as the oracle reads it."""
    dumps = [raw.read(await asyncio.to_thread(copied.desk.shopify.dump, shop)) for shop in copied.stores]
    return Tenant(dumps)


async def shopify_ids(copied: Copied) -> dict[str, str]:
    """Shopify's ids of stored customers and products, by ours."""
    async with copied.owner.house.db.tenant(copied.owner.scope) as session:
        return {str(row.id): str(row.shopify_id) for row in await session.execute(_IDS)}


@pytest.fixture(scope="module")
async def copied(quarter: Copied) -> AsyncIterator[Copied]:
    """The owner of the quarter's copy, from now on with other stores too; their shops are put back afterwards."""
    yield quarter
    for shop in quarter.stores:
        await quarter.desk.control("POST", "reset", {"shop": shop})
