"""Access tokens as the client sees them: a value and its end, and somebody who knows how to get a fresh one."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A shop's access token; `expires_at` is aware UTC, None for one that does not expire. Its value is never shown."""

    value: str = field(repr=False)
    expires_at: datetime | None = None


class TokenSource(Protocol):
    """Where a client gets its shop's token from. The tokens are stored, and refreshed under a lock, by whoever implements it."""

    async def current(self) -> AccessToken:
        """A token that is good for some minutes yet, refreshed if need be."""

    async def refreshed(self, stale: AccessToken) -> AccessToken:
        """A token other than `stale`, which Shopify refused. Returning `stale` again means that there is none.

        Another worker may have refreshed it already: then that one is the answer, and nothing is refreshed twice.
        """


class FixedToken:
    """A TokenSource over one token that cannot be refreshed: a pasted custom-app token, or one being tried out."""

    def __init__(self, value: str) -> None:
        self._token = AccessToken(value)

    async def current(self) -> AccessToken:
        """The token."""
        return self._token

    async def refreshed(self, stale: AccessToken) -> AccessToken:
        """The same token: there is no other."""
        return stale
