"""Key rotation: killed again and again every secret still opens; a blob moved elsewhere, or of a key we lack, never does."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import sys
from collections.abc import Awaitable, Callable
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import select, text

from storekeep.domains.connections.models import Store
from storekeep.domains.connections.public import reseal_batch
from storekeep.domains.connections.register import register_store
from storekeep.domains.connections.vault import StoreTokens, open_tokens
from storekeep.kit.scope import Scope
from storekeep.runtime.crypto import DecryptionFailed, TokenCipher
from storekeep.runtime.database import Database
from tests.domains.connections.installs import an_install, new_shop
from tests.support.database import TestDatabase

NewTenant = Callable[[], Awaitable[Scope]]


@pytest.fixture(autouse=True)
async def _alone(superuser: asyncpg.Connection) -> None:
    """Rotation looks at every tenant's stores: those of other tests are made to look as if they had no tokens."""
    await superuser.execute("UPDATE shop_directory SET key_id = NULL")


async def fill(db: Database, scope: Scope, cipher: TokenCipher, stores: int) -> dict[str, StoreTokens]:
    """That many stores of the tenant, and the tokens of each by shop."""
    made = {}
    async with db.tenant(scope) as session:
        for _ in range(stores):
            shop = new_shop()
            made[shop] = StoreTokens(access=f"shpat_{shop}", refresh=f"shprt_{shop}")
            await register_store(session, cipher, an_install(shop=shop, tokens=made[shop]))
    return made


async def read(db: Database, scope: Scope, cipher: TokenCipher) -> dict[str, StoreTokens | None]:
    async with db.tenant(scope) as session:
        return {store.shop: open_tokens(cipher, store) for store in (await session.execute(select(Store))).scalars()}


async def remaining(db: Database, scope: Scope, cipher: TokenCipher) -> int:
    async with db.tenant(scope) as session:
        count = text("SELECT count(*) FROM shop_directory WHERE key_id <> :current")
        return int((await session.execute(count, {"current": cipher.current_key_id.hex()})).scalar_one())


async def rotate(db: Database, cipher: TokenCipher, limit: int = 100) -> tuple[int, int]:
    """(resealed, unreadable) of a whole run."""
    after, resealed, unreadable = None, 0, 0
    while True:
        batch = await reseal_batch(db, cipher, after=after, limit=limit)
        resealed, unreadable, after = resealed + batch.resealed, unreadable + batch.unreadable, batch.next_after
        if after is None:
            return resealed, unreadable


async def test_every_token_of_every_tenant_moves_to_the_new_key(db: Database, scope: Scope, other_scope: Scope) -> None:
    old, new = os.urandom(32), os.urandom(32)
    tokens = await fill(db, scope, TokenCipher(old), 5)
    others = await fill(db, other_scope, TokenCipher(old), 2)
    both = TokenCipher(new, old)
    assert await remaining(db, scope, both) == 5
    assert (await rotate(db, both, limit=2))[0] == 7
    for tenant, expected in ((scope, tokens), (other_scope, others)):
        assert await remaining(db, tenant, both) == 0
        assert await read(db, tenant, TokenCipher(new)) == expected
    assert (await rotate(db, both))[0] == 0


async def test_tokens_of_a_lost_key_are_left_alone_and_counted(db: Database, scope: Scope) -> None:
    lost, new = os.urandom(32), os.urandom(32)
    tokens = await fill(db, scope, TokenCipher(lost), 2)
    assert await rotate(db, TokenCipher(new)) == (0, 2)
    assert await read(db, scope, TokenCipher(lost)) == tokens


async def test_a_store_without_tokens_is_nobodys_business(db: Database, scope: Scope) -> None:
    old, new = os.urandom(32), os.urandom(32)
    await fill(db, scope, TokenCipher(old), 1)
    async with db.tenant(scope) as session:
        await session.execute(text("UPDATE stores SET access_token = NULL, refresh_token = NULL"))
        await session.execute(text("UPDATE shop_directory SET key_id = NULL"))
    assert (await rotate(db, TokenCipher(new, old)))[0] == 0


async def test_reading_goes_on_while_tokens_are_resealed(db: Database, scope: Scope) -> None:
    old, new = os.urandom(32), os.urandom(32)
    tokens = await fill(db, scope, TokenCipher(old), 20)
    both = TokenCipher(new, old)
    rotation = asyncio.create_task(rotate(db, both, limit=5))
    reads = 0
    while not rotation.done():
        assert await read(db, scope, both) == tokens
        reads += 1
    await rotation
    assert reads > 1


async def start() -> asyncio.subprocess.Process:
    """A rotating process that waits for its orders; importing takes longer than the work, so a few are started ahead."""
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.domains.connections.rotating", stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )


def order(process: asyncio.subprocess.Process, orders: dict[str, object]) -> asyncio.StreamReader:
    """Give the process its orders; what it says comes out here."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps(orders).encode() + b"\n")
    return process.stdout


async def kill_again_and_again(db: Database, test_database: TestDatabase, scope: Scope, kills: int) -> None:
    """T24: each process is killed after some batches; then every secret opens, and a last one finishes the work."""
    old, new = os.urandom(32), os.urandom(32)
    stores = 6 * kills
    tokens = await fill(db, scope, TokenCipher(old), stores)
    config, both = test_database.config(), TokenCipher(new, old)
    keys = {"current": base64.b64encode(new).decode(), "previous": base64.b64encode(old).decode()}
    orders = {"url": config.url, "system_url": config.system_url, "limit": 1, **keys}
    # Three are always ready, as many as are needed and no more.
    waiting = [await start() for _ in range(min(3, kills + 1))]
    left = stores
    for number in range(kills):
        process = waiting.pop(0)
        if number + len(waiting) < kills:
            waiting.append(await start())
        told = order(process, orders)
        for _ in range(1 + number % 4):
            assert await told.readline(), "the rotation ended by itself"
        process.kill()
        await process.wait()
        assert await read(db, scope, both) == tokens
        before, left = left, await remaining(db, scope, both)
        assert left < before
    assert left > 0
    last = waiting.pop(0)
    order(last, {**orders, "limit": 50})
    assert await last.wait() == 0
    for process in waiting:
        process.kill()
        await process.wait()
    assert await remaining(db, scope, both) == 0
    assert await read(db, scope, TokenCipher(new)) == tokens


async def test_t24_killed_while_re_encrypting_every_secret_still_decrypts(
    db: Database, test_database: TestDatabase, scope: Scope
) -> None:
    await kill_again_and_again(db, test_database, scope, kills=5)


@pytest.mark.long
async def test_t24_killed_fifty_times_while_re_encrypting(db: Database, test_database: TestDatabase, scope: Scope) -> None:
    await kill_again_and_again(db, test_database, scope, kills=50)


async def test_t60_a_blob_moved_to_another_row_column_or_tenant_is_refused(
    db: Database, scope: Scope, other_scope: Scope, cipher: TokenCipher
) -> None:
    first, second = list(await fill(db, scope, cipher, 2))
    (foreign,) = await fill(db, other_scope, cipher, 1)

    async def blobs(tenant: Scope, shop: str) -> tuple[UUID, bytes, bytes]:
        async with db.tenant(tenant) as session:
            query = text("SELECT id, access_token, refresh_token FROM stores WHERE shop = :shop")
            row = (await session.execute(query, {"shop": shop})).one()
            return row.id, row.access_token, row.refresh_token

    store_id, access, refresh = await blobs(scope, first)
    _, neighbours, _ = await blobs(scope, second)
    _, foreigners, _ = await blobs(other_scope, foreign)
    flipped = [access[:at] + bytes([access[at] ^ 1]) + access[at + 1 :] for at in range(len(access))]
    for forged in (neighbours, foreigners, refresh, b"", access[:-1], access + b"\0", *flipped):
        async with db.tenant(scope) as session:
            store = await session.get_one(Store, (scope.tenant_id, store_id))
            store.access_token = forged
            with pytest.raises(DecryptionFailed):
                open_tokens(cipher, store)
            session.expunge(store)
    async with db.tenant(scope) as session:
        store = await session.get_one(Store, (scope.tenant_id, store_id))
        with pytest.raises(DecryptionFailed):
            open_tokens(TokenCipher(os.urandom(32)), store)
