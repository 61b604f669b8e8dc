"""How far back the source shows us orders: of what is older, that it is not shown proves nothing."""

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


def _shows_all(scopes: Sequence[str]) -> bool:
    return connections.FULL_HISTORY_SCOPE in scopes
