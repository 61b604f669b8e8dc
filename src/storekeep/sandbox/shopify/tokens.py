"""Who may call which shop: installs, access and refresh tokens, one-time codes, custom-app tokens."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from storekeep.kit import clock
from storekeep.sandbox.config import SandboxConfig, custom_app_token
from storekeep.sandbox.journal import Journal
from storekeep.sandbox.shopify import scopes as scope_rules
from storekeep.sandbox.shopify.model import load

CUSTOM_APP = "custom-app"
_CODE_SECONDS = 600


@dataclass(slots=True)
class Grant:
    """What an app holds in a shop. `expires` and `refresh_expires` are epoch seconds, None for a permanent token."""

    shop: str
    app: str
    access: str
    scopes: list[str]
    expires: int | None = None
    refresh: str | None = None
    refresh_expires: int | None = None
    previous_refresh: str | None = None  # good until the new pair is used, where the grace is on
    extra: bool = field(default=False)  # made through the control API, beside the app's own

    def alive(self) -> bool:
        """Whether the access token still opens anything."""
        return self.expires is None or clock.now().timestamp() < self.expires


@dataclass(frozen=True, slots=True)
class Code:
    """An authorization code not yet exchanged."""

    shop: str
    app: str
    scopes: frozenset[str]
    good_until: float


class Tokens:
    """Every grant of the sandbox, kept in the journal; codes live in memory only."""

    def __init__(self, config: SandboxConfig, journal: Journal) -> None:
        self._config = config
        self._journal = journal
        self._codes: dict[str, Code] = {}
        self._by_access: dict[str, Grant] = {}
        self._by_owner: dict[tuple[str, str], Grant] = {}
        for _, value in journal.items("token/"):
            self._index(load(Grant, value))

    def new_code(self, shop: str, app: str, asked: list[str], history: bool) -> str:
        """A code for what the merchant has just consented to; without `history` read_all_orders is left out."""
        granted = scope_rules.grant([s for s in asked if history or s != "read_all_orders"])
        code = secrets.token_hex(16)
        self._codes[code] = Code(shop, app, granted, clock.now().timestamp() + _CODE_SECONDS)
        return code

    def exchange(self, shop: str, app: str, code: str, expiring: bool) -> Grant | None:
        """The grant for a code, once; None when the code is unknown, used, too old, or another shop's or app's."""
        found = self._codes.pop(code, None)
        if found is None or (found.shop, found.app) != (shop, app) or clock.now().timestamp() > found.good_until:
            return None
        return self._issue(shop, app, sorted(found.scopes), expiring)

    def refresh(self, shop: str, app: str, refresh: str) -> Grant | None:
        """The next pair for a refresh token; the one before dies. None when it is not the app's living one."""
        old = self._by_owner.get((shop, app))
        now = clock.now().timestamp()
        if old is None or old.refresh is None or (old.refresh_expires or 0) < now:
            return None
        known = {old.refresh, old.previous_refresh if self._config.refresh_grace else None} - {None}
        if refresh not in known:
            return None
        return self._issue(shop, app, old.scopes, True, previous=refresh if self._config.refresh_grace else None)

    def find(self, shop: str, access: str) -> Grant | None:
        """The living grant behind an access token in that shop. Using it ends the grace of the refresh token before."""
        if access == custom_app_token(shop):
            return Grant(shop, CUSTOM_APP, access, sorted(scope_rules.grant(list(scope_rules.ALL))))
        found = self._by_access.get(access)
        if found is None or found.shop != shop or not found.alive():
            return None
        if found.previous_refresh is not None:
            found.previous_refresh = None
            self._keep(found)
        return found

    def make(self, shop: str, asked: list[str], lifetime: int | None) -> Grant:
        """A token made by hand, as for a custom app with only some scopes; `lifetime` in seconds, None for ever."""
        expires = None if lifetime is None else int(clock.now().timestamp()) + lifetime
        access = "shpat_" + secrets.token_hex(16)
        grant = Grant(shop, f"custom-{access[-8:]}", access, sorted(scope_rules.grant(asked)), expires, extra=True)
        self._index(grant)
        self._keep(grant)
        return grant

    def of(self, shop: str) -> list[Grant]:
        """The grants held in a shop."""
        return [g for g in self._by_access.values() if g.shop == shop]

    def expire(self, shop: str) -> int:
        """Makes every expiring access token of the shop expire now; returns how many."""
        ended = [g for g in self.of(shop) if g.refresh is not None and g.alive()]
        for grant in ended:
            grant.expires = int(clock.now().timestamp())
            self._keep(grant)
        return len(ended)

    def revoke(self, shop: str, app: str | None = None) -> int:
        """Kills the tokens of a shop (of one app, or of all), as an uninstall does; returns how many."""
        gone = [g for g in self.of(shop) if app in (None, g.app)]
        for grant in gone:
            self._drop(grant)
        return len(gone)

    def forget_all(self) -> None:
        """Forgets every grant and code, as if no app had ever been installed."""
        self._codes.clear()
        self._by_access.clear()
        self._by_owner.clear()
        self._journal.forget("token/")

    def _issue(self, shop: str, app: str, scopes: list[str], expiring: bool, previous: str | None = None) -> Grant:
        old = self._by_owner.get((shop, app))
        if old is not None:
            self._drop(old)
        now = int(clock.now().timestamp())
        grant = Grant(shop, app, "shpat_" + secrets.token_hex(16), scopes)
        if expiring:
            grant.expires = now + self._config.access_token_lifetime
            grant.refresh = "shprt_" + secrets.token_hex(16)
            grant.refresh_expires = now + self._config.refresh_token_lifetime
            grant.previous_refresh = previous
        self._index(grant)
        self._keep(grant)
        return grant

    def _index(self, grant: Grant) -> None:
        self._by_access[grant.access] = grant
        if not grant.extra:
            self._by_owner[(grant.shop, grant.app)] = grant

    def _keep(self, grant: Grant) -> None:
        self._journal.put(f"token/{grant.shop}/{grant.app}", grant)

    def _drop(self, grant: Grant) -> None:
        self._by_access.pop(grant.access, None)
        if self._by_owner.get((grant.shop, grant.app)) is grant:
            del self._by_owner[(grant.shop, grant.app)]
        self._journal.put(f"token/{grant.shop}/{grant.app}", None)
