"""Everything a running sandbox holds: its shops, opened on first need, tokens, files, faults and the log of requests."""

from __future__ import annotations

from datetime import date, timedelta

from storekeep.kit import clock
from storekeep.sandbox.config import SHOPS, App, SandboxConfig
from storekeep.sandbox.faults import Faults
from storekeep.sandbox.journal import Journal
from storekeep.sandbox.requestlog import RequestLog
from storekeep.sandbox.shopify.files import Files
from storekeep.sandbox.shopify.shop import Shop
from storekeep.sandbox.shopify.shopper import Shopper
from storekeep.sandbox.shopify.shops import base_of
from storekeep.sandbox.shopify.tokens import Tokens


class World:
    """The state behind the server. Lives in the event loop's thread."""

    def __init__(self, config: SandboxConfig) -> None:
        config.state_dir.mkdir(parents=True, exist_ok=True)
        self.config = config
        self.journal = Journal(config.state_dir / "journal.jsonl")
        self.tokens = Tokens(config, self.journal)
        self.files = Files(config.state_dir, config.files_host, config.port)
        self.faults = Faults()
        self.log = RequestLog(config.request_log_size)
        self._shops: dict[str, Shop] = {}
        self.shopper = Shopper()
        self.anchor = self._anchor()

    def _anchor(self) -> date:
        """The day the shifted shops take for today: fixed at the first start, so that a restart serves the same data."""
        if self.config.anchor is not None:
            return self.config.anchor
        kept = self.journal.get("anchor")
        if kept is None:
            kept = clock.now().astimezone(clock.zone("Europe/London")).date().isoformat()
            self.journal.put("anchor", kept)
        return date.fromisoformat(kept)

    @property
    def yesterday(self) -> date:
        """The last whole day of the shifted shops."""
        return self.anchor - timedelta(days=1)

    def app(self, api_key: str) -> App | None:
        """The app with that key, or None."""
        return next((a for a in self.config.apps if a.api_key == api_key), None)

    def has(self, domain: str) -> bool:
        """Whether there is such a shop."""
        return domain in SHOPS

    def shop(self, domain: str) -> Shop:
        """The shop of that domain, opened on first need. Raises KeyError when there is none. Call inside the event loop."""
        found = self._shops.get(domain)
        if found is None:
            base = base_of(domain, self.config, self.anchor)
            found = Shop(base, self.config, self.journal, self.files, self._bulk_fails, self.tokens.revoke)
            self._shops[domain] = found
            found.resume()
        return found

    def opened(self) -> list[Shop]:
        """The shops opened so far."""
        return list(self._shops.values())

    async def reset(self, domain: str) -> None:
        """Puts a shop back to its base data. Tokens stay; bulk operations are forgotten."""
        shop = self.shop(domain)
        await shop.close()
        shop.store.forget()
        for kind in ("bulk", "job", "idem"):
            self.journal.forget(f"{kind}/{domain}/")
        del self._shops[domain]

    async def reset_all(self) -> None:
        """Puts the sandbox back to its first day: all opened shops, tokens, faults, the log, the shopper. The anchor stays."""
        await self.shopper.stop()
        for shop in self.opened():
            await self.reset(shop.facts.domain)
        self.tokens.forget_all()
        self.faults.clear()
        self.log.clear()

    async def close(self) -> None:
        """Stops background work and closes the journal."""
        await self.shopper.stop()
        for shop in self.opened():
            await shop.close()
        self.journal.close()

    def _bulk_fails(self, domain: str) -> bool:
        return self.faults.strike("bulk", domain, "") is not None
