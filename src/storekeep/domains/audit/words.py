"""What each recorded action is called in plain English: one table for everything the product records."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_WORDS = {
    "audit.erased": "Erased personal data from the audit log",
    "job.cancelled": "Cancelled a job",
    "job.replayed": "Let a failed job run again",
    "member.added": "Added a member",
    "member.removed": "Removed a member",
    "member.role_changed": "Changed a member's role",
    "order.refreshed": "Read the order from Shopify again",
    "order.removed": "Removed the order, which Shopify no longer has",
    "profile.changed": "Changed their profile",
    "profile.password_changed": "Changed their password",
    "session.entered": "Came over from another account",
    "session.left": "Went over to another account",
    "session.logged_in": "Signed in",
    "session.logged_out": "Signed out",
    "session.revoked": "Ended other sessions of theirs",
    "session.signed_up": "Signed up",
    "store.connected": "Connected a store",
    "store.disconnect_requested": "Disconnected a store",
    "store.reconnected": "Connected a store again",
    "store.schedule_changed": "Changed how often a store is read",
    "store.status_changed": "The state of a store's connection changed",
    "sync.cancelled": "Stopped reading a store",
    "sync.requested": "Asked to read a store from Shopify",
    "tenant.created": "Created the account",
    "tenant.deletion_requested": "Asked for the account to be deleted",
    "tenant.renamed": "Renamed the account",
}
# Where one value says more than the sentence alone: the words before it, and where it is found.
_WITH_VALUE = {
    "member.role_changed": ("Changed a member's role to", "role"),
    "store.connected": ("Connected the store", "name"),
    "store.reconnected": ("Connected the store again:", "name"),
    "tenant.renamed": ("Renamed the account to", "name"),
}
ACTIONS = frozenset(_WORDS)
"""Every action there are words for."""


def words_for(action: str, after: Mapping[str, Any] | None = None) -> str:
    """The action in words; with what `after` adds to them, where it does. Never empty: an unknown action is spelled out."""
    if action in _WITH_VALUE and after is not None:
        begin, field = _WITH_VALUE[action]
        value = after.get(field)
        if isinstance(value, str) and value:
            return f"{begin} {value}"
    return _WORDS.get(action) or action.replace("_", " ").replace(".", ": ").capitalize()
