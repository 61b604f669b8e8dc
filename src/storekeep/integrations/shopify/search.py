"""Shopify's search syntax, for the few filters we use. Timestamps are quoted: unquoted, Shopify drops the filter silently."""

from __future__ import annotations

import math
from datetime import UTC, datetime


def created_between(start: datetime | None, end: datetime | None) -> str | None:
    """Objects created in the half-open interval [start, end); None is open. Second precision, widened where it must round."""
    return _between("created_at", start, end)


def updated_between(start: datetime | None, end: datetime | None = None) -> str | None:
    """Objects updated in [start, end). For customers Shopify matches whole days only: compare `updatedAt` yourself there."""
    return _between("updated_at", start, end)


def _between(field: str, start: datetime | None, end: datetime | None) -> str | None:
    terms = []
    if start is not None:
        terms.append(f"{field}:>='{_stamp(math.floor(start.timestamp()))}'")
    if end is not None:
        terms.append(f"{field}:<'{_stamp(math.ceil(end.timestamp()))}'")
    return " AND ".join(terms) or None


def _stamp(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
