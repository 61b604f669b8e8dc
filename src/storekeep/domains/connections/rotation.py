"""Re-encryption of every stored token under the current key, while the product serves. Killed at any point, run it again."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import structlog
from sqlalchemy import func, select

from storekeep.domains.connections.errors import StoreNotFound
from storekeep.domains.connections.models import ShopDirectory
from storekeep.domains.connections.repository import lock_store
from storekeep.domains.connections.vault import is_sealed_with_current, open_tokens, put_tokens
from storekeep.kit.scope import Scope
from storekeep.runtime.crypto import DecryptionFailed, TokenCipher
from storekeep.runtime.database import Database

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Resealed:
    """What one batch did. `next_after` continues with the next batch, None after the last.

    `remaining` counts the stores still sealed with another key: when it is 0, that key may go.
    """

    resealed: int
    unreadable: int
    remaining: int
    next_after: str | None


async def reseal_batch(db: Database, cipher: TokenCipher, *, after: str | None = None, limit: int = 100) -> Resealed:
    """Re-encrypt the tokens of up to `limit` stores that another key sealed, a transaction each, in order of shop.

    Tokens that no key of `cipher` opens are left as they are and counted: the right key may only be missing here. Processes that
    serve must know the new key before this runs (`docs/decisions/0022-token-encryption.md`).
    """
    current = cipher.current_key_id.hex()
    foreign = ShopDirectory.key_id.is_not(None) & (ShopDirectory.key_id != current)
    query = select(ShopDirectory.shop, ShopDirectory.tenant_id, ShopDirectory.store_id).where(foreign)
    if after is not None:
        query = query.where(ShopDirectory.shop > after)
    async with db.system("find tokens sealed with another key") as system:
        found = (await system.execute(query.order_by(ShopDirectory.shop).limit(limit))).all()
    resealed = unreadable = 0
    for _, tenant_id, store_id in found:
        if await _reseal(db, cipher, tenant_id, store_id):
            resealed += 1
        else:
            unreadable += 1
    async with db.system("count tokens sealed with another key") as system:
        remaining = (await system.execute(select(func.count()).select_from(ShopDirectory).where(foreign))).scalar_one()
    return Resealed(resealed, unreadable, remaining, found[-1].shop if len(found) == limit else None)


async def _reseal(db: Database, cipher: TokenCipher, tenant_id: UUID, store_id: UUID) -> bool:
    """Re-encrypt one store's tokens; False when they cannot be read. A store that is gone or done meanwhile counts as done."""
    async with db.tenant(Scope(tenant_id=tenant_id)) as session:
        try:
            store = await lock_store(session, store_id)
            if is_sealed_with_current(cipher, store):
                return True
            tokens = open_tokens(cipher, store)
        except StoreNotFound:
            return True
        except DecryptionFailed as error:
            log.warning("token_unreadable", store_id=str(store_id), reason=error.details.get("reason"))
            return False
        if tokens is not None:
            await put_tokens(session, cipher, store, tokens)
        return True
