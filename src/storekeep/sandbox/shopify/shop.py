"""One shop of the stand-in: its state, its bulk operations and jobs, and how it treats its apps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import NonNegativeFloat, NonNegativeInt

from storekeep.kit import clock
from storekeep.sandbox.config import SandboxConfig
from storekeep.sandbox.journal import Journal
from storekeep.sandbox.shopify.bulk import BulkOperations
from storekeep.sandbox.shopify.cost import Bucket
from storekeep.sandbox.shopify.fields import Context
from storekeep.sandbox.shopify.files import Files
from storekeep.sandbox.shopify.jobs import Jobs
from storekeep.sandbox.shopify.store import Base, Facts, ShopStore

HISTORY_SECONDS = 60 * 86400


@dataclass(slots=True)
class Location:
    """Where goods lie; every shop has one."""

    id: int
    name: str


@dataclass(slots=True)
class Manners:
    """How a shop treats apps; the control API may change it while it runs.

    `status` answers every API call with that HTTP status (402 frozen, 423 locked…); 0 is normal.
    """

    status: NonNegativeInt
    history: bool  # grants read_all_orders
    protected: bool
    bucket_size: NonNegativeFloat
    restore_rate: NonNegativeFloat
    pending_refunds: bool = False  # money of refunds stays under way until settled


class Shop:
    """A shop, opened from its base rows and the journal."""

    def __init__(
        self,
        base: Base,
        config: SandboxConfig,
        journal: Journal,
        files: Files,
        fail_bulk: Callable[[str], bool],
        revoke: Callable[[str, str], int],
    ) -> None:
        """`revoke(shop, app)` kills an app's tokens and says how many there were."""
        self.facts: Facts = base.facts
        self.store = ShopStore(base, journal)
        self.location: Location = Location(base.facts.id_base // 1_000_000 + 1, "Main warehouse")
        domain = base.facts.domain
        self.manners = Manners(
            status=config.frozen_shops.get(domain, 0),
            history=domain not in config.no_history_shops,
            protected=domain not in config.unprotected_shops,
            bucket_size=config.bucket_size,
            restore_rate=config.restore_rate,
        )
        self.bulk: BulkOperations = BulkOperations(self, config, journal, files, fail_bulk)
        self._buckets: dict[str, Bucket] = {}
        self.jobs: Jobs = Jobs(self.store, journal, config.job_seconds)
        self._journal = journal
        self._revoke = revoke

    def uninstall(self, app: str) -> bool:
        """The app leaves the shop: its tokens are dead from now on. False when it held none."""
        return self._revoke(self.facts.domain, app) > 0

    def bucket(self, app: str) -> Bucket:
        """The cost bucket of an app in this shop."""
        found = self._buckets.get(app)
        if found is None or (found.size, found.rate) != (self.manners.bucket_size, self.manners.restore_rate):
            found = self._buckets[app] = Bucket(self.manners.bucket_size, self.manners.restore_rate)
        return found

    def remembered(self, app: str, key: str) -> dict[str, Any] | None:
        """What a mutation with that idempotency key did, or None."""
        found: dict[str, Any] | None = self._journal.get(f"idem/{self.facts.domain}/{app}/{key}")
        return found

    def remember(self, app: str, key: str, outcome: dict[str, Any]) -> None:
        """Keeps what a mutation with an idempotency key did."""
        self._journal.put(f"idem/{self.facts.domain}/{app}/{key}", outcome)

    def context(self, app: str, scopes: frozenset[str], api_version: str) -> Context:
        """The context in which a call of `app` with these scopes is answered, now."""
        now = int(clock.now().timestamp())
        return Context(
            shop=self,
            app=app,
            scopes=scopes,
            now=now,
            api_version=api_version,
            window=None if "read_all_orders" in scopes else now - HISTORY_SECONDS,
            protected=self.manners.protected,
        )

    def resume(self) -> None:
        """Takes up what was unfinished when the sandbox stopped. Call inside the event loop."""
        self.jobs.resume()
        self.bulk.resume(lambda o: self.context(o.app, frozenset(o.scopes), "2026-07"))

    async def close(self) -> None:
        """Puts unfinished work off to the next start."""
        self.jobs.close()
        await self.bulk.close()
