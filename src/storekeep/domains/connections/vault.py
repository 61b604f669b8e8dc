"""A store's tokens at rest: sealed into its row, opened from it, and re-sealed when the key changes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

from sqlalchemy import update

from storekeep.domains.connections.models import ShopDirectory, Store
from storekeep.runtime.crypto import Place, TokenCipher
from storekeep.runtime.database import TenantSession


@dataclass(frozen=True, slots=True)
class StoreTokens:
    """A store's access token, and for expiring ones its end and the refresh token. Times are aware UTC, None: no end known."""

    access: str = field(repr=False)
    access_expires_at: datetime | None = None
    refresh: str | None = field(default=None, repr=False)
    refresh_expires_at: datetime | None = None


class Sealed(Protocol):
    """What tokens are opened from: a store, or as much of its row as was read."""

    @property
    def tenant_id(self) -> UUID: ...
    @property
    def id(self) -> UUID: ...
    @property
    def access_token(self) -> bytes | None: ...
    @property
    def access_token_expires_at(self) -> datetime | None: ...
    @property
    def refresh_token(self) -> bytes | None: ...
    @property
    def refresh_token_expires_at(self) -> datetime | None: ...


def _place(store: Sealed, column: str) -> Place:
    return Place(tenant_id=store.tenant_id, table=Store.__tablename__, column=column, row_id=store.id)


async def put_tokens(session: TenantSession, cipher: TokenCipher, store: Store, tokens: StoreTokens) -> None:
    """Seal `tokens` into the (locked or new) store row and note the key in the directory; both rows must exist."""
    store.access_token = cipher.encrypt(tokens.access, _place(store, "access_token"))
    store.access_token_expires_at = tokens.access_expires_at
    store.refresh_token = cipher.encrypt(tokens.refresh, _place(store, "refresh_token")) if tokens.refresh else None
    store.refresh_token_expires_at = tokens.refresh_expires_at
    await session.flush()
    await _note_key(session, store.id, cipher.current_key_id.hex())


def open_tokens(cipher: TokenCipher, store: Sealed) -> StoreTokens | None:
    """The tokens in the row, None when it has none. Raises DecryptionFailed for a key we lack or bytes from elsewhere."""
    if store.access_token is None:
        return None
    refresh = store.refresh_token
    return StoreTokens(
        access=cipher.decrypt(store.access_token, _place(store, "access_token")),
        access_expires_at=store.access_token_expires_at,
        refresh=None if refresh is None else cipher.decrypt(refresh, _place(store, "refresh_token")),
        refresh_expires_at=store.refresh_token_expires_at,
    )


async def drop_tokens(session: TenantSession, store: Store) -> None:
    """Forget the tokens of the locked store row."""
    store.access_token = store.access_token_expires_at = store.refresh_token = store.refresh_token_expires_at = None
    await session.flush()
    await _note_key(session, store.id, None)


def is_sealed_with_current(cipher: TokenCipher, store: Store) -> bool:
    """Whether every token of the row was sealed with the key that `cipher` writes with (a row without tokens is)."""
    return not any(cipher.needs_rotation(blob) for blob in (store.access_token, store.refresh_token) if blob is not None)


async def _note_key(session: TenantSession, store_id: UUID, key_id: str | None) -> None:
    await session.execute(
        update(ShopDirectory)
        .where(ShopDirectory.tenant_id == session.tenant_id, ShopDirectory.store_id == store_id)
        .values(key_id=key_id)
        .execution_options(synchronize_session=False)
    )
