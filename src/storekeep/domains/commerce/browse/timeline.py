"""An order's timeline: what Shopify tells of it and what was done to it here, in one row of time, newest first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

from storekeep.domains.audit.public import Subject, timeline
from storekeep.domains.commerce.browse.orders import WholeOrder, get_order
from storekeep.kit.money import Money, in_words
from storekeep.kit.paging import InvalidCursor, Page, decode_cursor, decode_moment, encode_cursor
from storekeep.kit.scope import ActorKind
from storekeep.runtime.database import TenantSession

_SORT = "timeline"
_FIRST, _LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One thing that happened. Shopify's have no before and after: the copy keeps what is, not what was."""

    id: UUID
    at: datetime
    actor_kind: str
    actor_name: str
    action: str
    summary: str
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None
    money: Money | None = None


async def order_timeline(session: TenantSession, order_id: UUID, *, limit: int, cursor: str | None) -> Page[TimelineEntry]:
    """One page. Raises OrderNotFound, InvalidCursor."""
    order = await get_order(session, order_id)
    upper, entries_cursor = _after(cursor)
    found = await timeline(session, Subject("order", order_id), limit=limit, cursor=entries_cursor)
    lower = found.items[-1].at if found.next_cursor else _FIRST
    ours = [
        TimelineEntry(e.id, e.at, str(e.actor.kind), e.actor.name, e.action, e.summary, e.before, e.after) for e in found.items
    ]
    # Shopify's facts join the page of our own entries whose span of time they fall in.
    theirs = [entry for entry in told_by_shopify(order) if lower <= entry.at < upper]
    entries = sorted([*ours, *theirs], key=lambda entry: (entry.at, entry.id), reverse=True)
    following = encode_cursor(_SORT, [found.next_cursor, lower.isoformat()]) if found.next_cursor else None
    return Page(entries, following)


def _after(cursor: str | None) -> tuple[datetime, str | None]:
    if cursor is None:
        return _LAST, None
    entries_cursor, moment = decode_cursor(cursor, _SORT, 2)
    if not isinstance(entries_cursor, str):
        raise InvalidCursor()
    try:
        return decode_moment(moment), entries_cursor
    except (ValueError, OverflowError) as error:
        raise InvalidCursor() from error


def told_by_shopify(found: WholeOrder) -> Iterator[TimelineEntry]:
    """What the copied order says happened, and when."""
    order, currency = found.row.order, found.row.order.currency
    total = Money(order.total_price, currency)
    placed = f"Order placed for {in_words(total.amount, currency)}"
    yield _entry(order.id, "placed", order.source_created_at, "order.placed", placed, total)
    for parcel in found.fulfillments:
        carrier = f" with {parcel.tracking_company}" if parcel.tracking_company else ""
        yield _entry(parcel.id, "sent", parcel.source_created_at, "order.fulfilled", f"Sent{carrier}")
        if parcel.delivered_at is not None:
            yield _entry(parcel.id, "delivered", parcel.delivered_at, "order.delivered", "Delivered")
    for refund, _ in found.refunds:
        summary = f"Refunded {in_words(refund.total, currency)}" if refund.total else "Goods taken back without paying back"
        paid_back = Money(refund.total, currency) if refund.total else None
        yield _entry(refund.id, "refunded", refund.processed_at, "order.refunded", summary, paid_back)
    if order.cancelled_at is not None:
        why = f": {order.cancel_reason.lower()}" if order.cancel_reason else ""
        yield _entry(order.id, "cancelled", order.cancelled_at, "order.cancelled", f"Order cancelled{why}")
    if order.closed_at is not None:
        yield _entry(order.id, "closed", order.closed_at, "order.closed", "Order archived")


def _entry(owner: UUID, what: str, at: datetime, action: str, summary: str, money: Money | None = None) -> TimelineEntry:
    # The same fact has the same id at every reading, so that a list can tell its rows apart.
    return TimelineEntry(uuid5(owner, what), at, ActorKind.SHOPIFY, "Shopify", action, summary, money=money)
