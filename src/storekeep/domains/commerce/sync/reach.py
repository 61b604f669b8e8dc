"""How far back the source shows us orders: of what is older, that it is not shown proves nothing; and what is missing for it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from storekeep.domains.connections import public as connections
from storekeep.integrations.shopify.admission import Priority
from storekeep.integrations.shopify.client import ShopifyClient
from storekeep.integrations.shopify.gateway import read_scopes
from storekeep.kit.clock import now

# Without the scope for all orders Shopify shows those of the last 60 days; a day is left for clocks that differ.
_VISIBLE = timedelta(days=59)


def reach_of(*, history_limited: bool) -> datetime | None:
    """The time of creation (a whole second, as the source counts them) from which on orders are shown now; None: all are."""
    return now().replace(microsecond=0) - _VISIBLE if history_limited else None


async def read_reach(client: ShopifyClient, *, history_limited: bool, priority: Priority = "background") -> datetime | None:
    """As `reach_of`, with the scopes as they are now: call it after an order was not shown and before that is believed.

    A run may last for days, and the scope be taken away while it does. `history_limited` is what was known when it began; either
    limits the answer. Raises as the client.
    """
    if not history_limited:
        history_limited = not _shows_all(await read_scopes(client, priority=priority))
    return reach_of(history_limited=history_limited)


def known_from(before: datetime | None, *, mark: datetime | None, reach: datetime | None) -> datetime | None:
    """From when on every order is stored, once they were all read as far as they are shown: from `reach` on (None: all are).

    `before` is what held until now, and `mark` until when orders had been read; None when they were read for the first time. What
    was stored while more was shown stays; what was placed and hidden again between two readings is missing.
    """
    if reach is None:
        return None
    return reach if mark is None or mark < reach else before


def _shows_all(scopes: Sequence[str]) -> bool:
    return connections.FULL_HISTORY_SCOPE in scopes
