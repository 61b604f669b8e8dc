"""What audit hears: every fact of accounts, recorded in the transaction that announces it."""

from __future__ import annotations

from storekeep.domains.accounts.events import AccountsEvent
from storekeep.domains.audit.public import Subject, record
from storekeep.runtime.database import TenantSession
from storekeep.runtime.events import Subscriber


async def record_accounts_event(session: TenantSession, event: AccountsEvent) -> None:
    """An entry for the fact, in the words the event brings."""
    await record(
        session,
        action=event.action,
        subjects=[Subject(kind, subject_id) for kind, subject_id in event.subjects],
        before=event.before,
        after=event.after,
        actor=event.actor,
    )


subscribers = (Subscriber(AccountsEvent, record_accounts_event),)
