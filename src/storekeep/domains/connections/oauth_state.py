"""The `state` of an OAuth round trip: a signed, short-lived token, good for one callback of the session that began it."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from jose import jwt
from jose.exceptions import JOSEError
from sqlalchemy import delete

from storekeep.domains.connections.errors import OAuthStateRefused
from storekeep.domains.connections.models import OAuthState
from storekeep.kit.clock import now
from storekeep.kit.scope import Scope
from storekeep.runtime.crypto import hash_token, new_token
from storekeep.runtime.database import SystemSession

log = structlog.get_logger(__name__)
LIFETIME = timedelta(minutes=10)
_ALGORITHM = "HS256"
_AUDIENCE = "storekeep:shopify-oauth"
_DEMANDED = {f"require_{claim}": True for claim in ("exp", "iat", "aud", "iss", "jti")}
_LONGEST = 1024


@dataclass(frozen=True, slots=True)
class Begun:
    """Who began the round trip, and for which shop."""

    session_id: UUID
    user_id: UUID
    tenant_id: UUID
    shop: str


class StateSigner:
    """Signs and reads the token: HS256 and nothing else; `exp`, `iat`, `aud`, `iss` and `jti` demanded.

    The signature spares the database forged states; what the state is bound to lies in its row, not in the token.
    """

    def __init__(self, secret: str, *, issuer: str, previous_secret: str | None = None) -> None:
        """`secret` is SESSION_SECRET, of which a key for this use alone is derived; `issuer` is our public address."""
        self._issuer = issuer
        self._keys = [_derive(key) for key in (secret, previous_secret) if key]

    def sign(self, jti: str, issued_at: datetime) -> str:
        """The state token of that id."""
        claims = {
            "iss": self._issuer,
            "aud": _AUDIENCE,
            "iat": int(issued_at.timestamp()),
            "exp": int((issued_at + LIFETIME).timestamp()),
            "jti": jti,
        }
        return str(jwt.encode(claims, self._keys[0], algorithm=_ALGORITHM))

    def read(self, token: str) -> str:
        """The id in a token that we signed and that is not too old. Raises OAuthStateRefused."""
        if len(token) > _LONGEST:
            raise OAuthStateRefused()
        for key in self._keys:
            try:
                claims = jwt.decode(
                    token, key, algorithms=[_ALGORITHM], audience=_AUDIENCE, issuer=self._issuer, options=_DEMANDED
                )
            except (JOSEError, ValueError, TypeError, AttributeError, RecursionError):
                continue  # the library raises more than its own errors for tokens made to hurt it
            return str(claims["jti"])
        raise OAuthStateRefused()


def _derive(secret: str) -> str:
    return hmac.new(secret.encode(), b"storekeep oauth state", hashlib.sha256).hexdigest()


async def begin(session: SystemSession, signer: StateSigner, scope: Scope, shop: str) -> str:
    """Remember the round trip and answer its state. Raises OAuthStateRefused for a scope without a person's session."""
    if scope.session_id is None or scope.user_id is None:
        raise OAuthStateRefused()
    jti, moment = new_token(), now()
    session.add(
        OAuthState(
            state_hash=hash_token(jti),
            session_id=scope.session_id,
            user_id=scope.user_id,
            bound_tenant_id=scope.tenant_id,
            shop=shop,
            created_at=moment,
            expires_at=moment + LIFETIME,
        )
    )
    await session.flush()
    return signer.sign(jti, moment)


async def spend(session: SystemSession, jti: str) -> Begun | None:
    """Who began the round trip of this state, which is used up by asking; None when it is unknown, used or too old.

    Commit it whatever comes next: a state that was seen once is worth nothing again.
    """
    statement = (
        delete(OAuthState)
        .where(OAuthState.state_hash == hash_token(jti))
        .returning(OAuthState)
        .execution_options(synchronize_session=False)
    )
    row = (await session.execute(statement)).scalar_one_or_none()
    if row is None or row.expires_at <= now():
        return None
    return Begun(row.session_id, row.user_id, row.bound_tenant_id, row.shop)


def check_bound(begun: Begun | None, scope: Scope, shop: str) -> None:
    """Raise OAuthStateRefused unless the same session, person and tenant come back, from the same shop."""
    came = Begun(scope.session_id, scope.user_id, scope.tenant_id, shop) if scope.session_id and scope.user_id else None
    if begun is None or came != begun:
        log.warning("oauth_state_refused", shop=shop, known=begun is not None)
        raise OAuthStateRefused()
