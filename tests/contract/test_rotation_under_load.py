"""T60: every stored token is moved to a new key while workers read them and tokens are renewed: no read fails, none is lost."""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import count
from uuid import UUID

import asyncpg
import pytest

from storekeep.domains.connections.models import Connection, ShopDirectory, Store
from storekeep.domains.connections.public import reseal_batch
from storekeep.domains.connections.vault import StoreTokens, open_tokens, put_tokens
from storekeep.kit.scope import Scope
from storekeep.runtime.crypto import DecryptionFailed, TokenCipher
from storekeep.runtime.database import Database
from tests.support.database import TestDatabase
from tests.support.world import Pen

STORES = [150, pytest.param(5_000, marks=pytest.mark.long)]  # two secrets each
EACH, READERS, BATCH = 50, 2, 25  # stores of a tenant; who reads; stores re-encrypted at once


@dataclass(slots=True)
class Traffic:
    """Stores of several tenants, all tokens each ever had, the last one its present, and how often they were read and renewed."""

    db: Database
    cipher: TokenCipher
    tokens: dict[tuple[Scope, UUID], list[StoreTokens]] = field(default_factory=dict)
    reads: int = 0
    renewals: int = 0
    over: bool = False

    async def read_on(self, dice: random.Random) -> None:
        """Read one store after another, as workers do before each call to Shopify."""
        places = list(self.tokens)
        while not self.over:
            scope, store_id = dice.choice(places)
            async with self.db.tenant(scope) as session:
                store = await session.get_one(Store, (scope.tenant_id, store_id))
                found = open_tokens(self.cipher, store)
            assert found in self.tokens[scope, store_id]
            self.reads += 1

    async def renew_on(self, dice: random.Random) -> None:
        """Replace the tokens of one store after another, as an expiring one is."""
        places = list(self.tokens)
        while not self.over:
            scope, store_id = dice.choice(places)
            fresh = StoreTokens(access=f"shpat_{os.urandom(8).hex()}", refresh=f"shprt_{os.urandom(8).hex()}")
            async with self.db.tenant(scope) as session:
                store = await session.get_one(Store, (scope.tenant_id, store_id), with_for_update=True)
                self.tokens[scope, store_id].append(fresh)
                await put_tokens(session, self.cipher, store, fresh)
            self.renewals += 1
            await asyncio.sleep(0)


async def filled(db: Database, new_tenant: Callable[[], Awaitable[Scope]], cipher: TokenCipher, stores: int) -> Traffic:
    """Stores sealed with the old key."""
    traffic, pen = Traffic(db, cipher), Pen(f"rotation{stores}", Decimal(0), count(1))
    for _ in range(stores // EACH):
        scope = await new_tenant()
        async with db.tenant(scope) as session:
            made = [pen.row(Connection, status="CONNECTED", type="SHOPIFY") for _ in range(EACH)]
            session.add_all(made)
            await session.flush()
            rows = [
                pen.row(Store, id=row.id, shop=f"{row.id}.myshopify.com", sync_interval_minutes=5, generation=1) for row in made
            ]
            session.add_all(rows)
            await session.flush()
            session.add_all(pen.row(ShopDirectory, shop=row.shop, tenant_id=scope.tenant_id, store_id=row.id) for row in rows)
            for row in rows:
                tokens = StoreTokens(access=f"shpat_{os.urandom(8).hex()}", refresh=f"shprt_{os.urandom(8).hex()}")
                await put_tokens(session, cipher, row, tokens)
                traffic.tokens[scope, row.id] = [tokens]
    return traffic


@pytest.mark.parametrize("stores", STORES)
async def test_no_read_fails_while_every_secret_is_re_encrypted(
    db: Database, new_tenant: Callable[[], Awaitable[Scope]], test_database: TestDatabase, stores: int
) -> None:
    # Rotation looks at every tenant's stores: those of other tests are made to look as if they had no tokens.
    superuser = await asyncpg.connect(test_database.superuser_dsn)
    await superuser.execute("UPDATE shop_directory SET key_id = NULL")
    await superuser.close()
    old, new = os.urandom(32), os.urandom(32)
    traffic = await filled(db, new_tenant, TokenCipher(old), stores)
    both = traffic.cipher = TokenCipher(new, old)
    dice = random.Random(stores)
    working = [asyncio.create_task(traffic.read_on(dice)) for _ in range(READERS)]
    working.append(asyncio.create_task(traffic.renew_on(dice)))
    after, resealed = None, 0
    while True:
        batch = await reseal_batch(db, both, after=after, limit=BATCH)
        assert batch.unreadable == 0
        resealed, after = resealed + batch.resealed, batch.next_after
        if after is None:
            break
    traffic.over = True
    await asyncio.gather(*working)  # raises what any of them met
    # What was renewed meanwhile was sealed with the new key already.
    assert stores - traffic.renewals <= resealed <= stores
    assert resealed > 0
    assert traffic.reads > 0
    assert traffic.renewals > 0
    only_new = TokenCipher(new)
    for (scope, store_id), expected in traffic.tokens.items():
        async with db.tenant(scope) as session:
            store = await session.get_one(Store, (scope.tenant_id, store_id))
            assert open_tokens(only_new, store) == expected[-1]
            with pytest.raises(DecryptionFailed):
                open_tokens(TokenCipher(old), store)
    assert (await reseal_batch(db, both, after=None, limit=BATCH)).resealed == 0
