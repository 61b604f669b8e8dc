"""What a question about numbers is about: which stores, in which currency, and what day it is there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from storekeep.domains.commerce.public import CurrencyUse, currencies
from storekeep.domains.connections.public import StoreNotFound, StoreView, list_stores
from storekeep.domains.insights.ranges import Range
from storekeep.kit.clock import day_in, now, zone
from storekeep.runtime.database import TenantSession

DEFAULT_CURRENCY = "USD"  # of a tenant without a store, whose every number is zero
# At its beginning a shortened history knows no refunds of older orders, nor who had ordered before: no growth is told from it.
_SETTLING = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Question:
    """The store asked about (None: all of them), the currency of the answer, and the time zone of each store asked about.

    Where these are several, each day is its own store's day and `zone_name` is None. `history_from` is the first day whose orders
    are all known, None where none are hidden from us.
    """

    store_id: UUID | None
    currency: str
    in_use: Sequence[CurrencyUse]
    zones: Mapping[UUID, ZoneInfo]
    zone_name: str | None
    history_from: date | None = None

    def comparable(self, before: Range | None) -> Range | None:
        """The range to compare with, or None where too little is known of it to say what grew."""
        if before is None or self.history_from is None or before.first >= self.history_from + _SETTLING:
            return before
        return None

    @property
    def today(self) -> date:
        """The day it is at the store; of several, the latest, so that nothing that has happened lies after it."""
        return max(self.days().values(), default=now().date())

    def days(self) -> dict[UUID, date]:
        """The day it is at each of the stores."""
        moment = now()
        return {store_id: day_in(moment, tz) for store_id, tz in self.zones.items()}

    @property
    def yesterday(self) -> date:
        """The last day that is over at the store; of several, at all of them."""
        return min(self.days().values(), default=now().date()) - timedelta(days=1)


async def ask(session: TenantSession, *, store_id: UUID | None = None, currency: str | None = None) -> Question:
    """The question as far as the tenant's own facts decide it. Raises StoreNotFound.

    Without `currency`, the one most orders are in; before the first order, the first store's.
    """
    stores = await list_stores(session)
    asked: Sequence[StoreView] = [store for store in stores if store_id in (None, store.id)]
    if store_id is not None and not asked:
        raise StoreNotFound()
    in_use = await currencies(session, store_id=store_id)
    usual = in_use[0].currency if in_use else (asked[0].currency if asked else DEFAULT_CURRENCY)
    names = sorted({store.time_zone for store in asked}) or ["UTC"]
    zones = {store.id: zone(store.time_zone) for store in asked}
    return Question(store_id, currency or usual, in_use, zones, names[0] if len(names) == 1 else None, _history_from(asked))


def _history_from(stores: Sequence[StoreView]) -> date | None:
    """The first day of which every store's orders are known from its first minute on."""
    known = [(store.orders_known_from, zone(store.time_zone)) for store in stores]
    return max((day_in(moment, tz) + timedelta(days=1) for moment, tz in known if moment is not None), default=None)
