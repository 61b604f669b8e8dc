"""Sessions: opaque tokens of 256 random bits, of which only the SHA-256 is kept; a day long, whatever happens in between."""

from __future__ import annotations

import hashlib
import re
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from storekeep.domains.accounts import repository
from storekeep.domains.accounts.errors import SessionExpired
from storekeep.domains.accounts.models import UserSession
from storekeep.domains.accounts.types import Client, Identity, Membership, UserView
from storekeep.kit.clock import now
from storekeep.kit.ids import uuid7
from storekeep.kit.text import one_line
from storekeep.runtime.database import Database, SystemSession

LIFETIME = timedelta(hours=24)
SEEN_EVERY = timedelta(minutes=1)
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)


def new_token() -> tuple[str, bytes]:
    """A fresh token and the hash under which it is kept. A plain hash will do: there is nothing to guess in 256 random bits."""
    token = secrets.token_urlsafe(32)
    return token, token_hash(token)


def token_hash(token: str) -> bytes:
    """The hash under which a token is kept."""
    return hashlib.sha256(token.encode()).digest()


async def authenticate(db: Database, token: str) -> Identity:
    """Who the token stands for. Raises SessionExpired when it is over, unknown, or its tenant no longer has this member.

    One statement; a second one at most once a minute, to note that the session is in use.
    """
    if not _TOKEN.fullmatch(token):
        raise SessionExpired()
    row = await db.directory_row(repository.IDENTITY_BY_TOKEN, {"token_hash": token_hash(token)})
    moment = now()
    if row is None or row["expires_at"] <= moment:
        raise SessionExpired()
    if row["last_seen_at"] < moment - SEEN_EVERY:
        async with db.system("note that a session is in use") as session:
            await repository.touch_session(session, row["session_id"], unless_since=SEEN_EVERY)
    return repository.identity_of(row)


async def start(session: SystemSession, user: UserView, membership: Membership, client: Client) -> tuple[str, Identity]:
    """A new session of `user` in one of their tenants; its token and what it stands for."""
    token, hashed = new_token()
    moment = now()
    row = UserSession(
        id=uuid7(),
        token_hash=hashed,
        user_id=user.id,
        active_tenant_id=membership.tenant_id,
        created_at=moment,
        expires_at=moment + LIFETIME,
        last_seen_at=moment,
        ip=client.ip,
        user_agent=one_line(client.user_agent, 400) or None,
    )
    await repository.add_session(session, row)
    return token, Identity(row.id, user, membership, row.expires_at)


async def renew_token(
    session: SystemSession,
    session_id: UUID,
    old_token: str,
    *,
    tenant_id: UUID | None = None,
    expires_at: datetime | None = None,
) -> str:
    """Another token for the same session, which from now on may look at another tenant or last longer.

    Raises SessionExpired when the old token was replaced or ended meanwhile: of two at once, one wins.
    """
    token, hashed = new_token()
    values = {"active_tenant_id": tenant_id, "expires_at": expires_at}
    given = {name: value for name, value in values.items() if value is not None}
    if not await repository.replace_token(
        session, session_id, token_hash(old_token), token_hash=hashed, last_seen_at=now(), **given
    ):
        raise SessionExpired()
    return token


async def end(session: SystemSession, user_id: UUID, session_id: UUID) -> bool:
    """End one of a person's sessions; False when they have none such."""
    return await repository.delete_sessions(session, UserSession.user_id == user_id, UserSession.id == session_id) == 1


async def end_by_token(session: SystemSession, token: str) -> bool:
    """End the session that has this token, if any has."""
    return await repository.delete_sessions(session, UserSession.token_hash == token_hash(token)) == 1


async def end_others(session: SystemSession, user_id: UUID, *, but: UUID) -> int:
    """End all of a person's sessions but one; how many there were."""
    return await repository.delete_sessions(session, UserSession.user_id == user_id, UserSession.id != but)


async def end_in_tenant(session: SystemSession, tenant_id: UUID, *, user_id: UUID | None = None) -> int:
    """End every session that looks at the tenant, or one person's."""
    conditions = [UserSession.active_tenant_id == tenant_id]
    if user_id is not None:
        conditions.append(UserSession.user_id == user_id)
    return await repository.delete_sessions(session, *conditions)


async def sweep(session: SystemSession) -> int:
    """Delete what has expired."""
    return await repository.delete_sessions(session, UserSession.expires_at <= now())
