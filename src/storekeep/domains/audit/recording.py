"""Adding entries: gathered while a transaction works, written as its last act.

Written at once, each entry would hold the chain's head locked until the commit, and a long transaction would hold up everybody
else in the tenant. Written last, the lock lasts for two statements, is always the last one taken (so it cannot be part of a
deadlock), and a transaction's entries go in together however many there are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import event, text
from sqlalchemy.orm import Session, SessionTransaction

from storekeep.domains.audit import chain
from storekeep.domains.audit.types import Fact, Subject
from storekeep.kit.clock import now
from storekeep.kit.ids import uuid7
from storekeep.runtime.database import TenantSession

_KEY = "audit.pending"

_EXTEND = text(
    "INSERT INTO audit_heads (tenant_id, id, seq, chain) VALUES (:tenant_id, :tenant_id, :count, :genesis)"
    " ON CONFLICT (tenant_id, id) DO UPDATE SET seq = audit_heads.seq + :count RETURNING seq, chain"
)
_WRITE = text(
    "WITH entries AS ("
    " INSERT INTO audit_entries"
    "  (tenant_id, id, seq, at, actor_kind, actor_id, action, request_id, payload, salt, digest, chain)"
    " SELECT :tenant_id, e.id, e.seq, e.at, e.actor_kind, e.actor_id, e.action, e.request_id,"
    "  CAST(e.payload AS jsonb), e.salt, e.digest, e.chain"
    " FROM unnest(CAST(:ids AS uuid[]), CAST(:seqs AS bigint[]), CAST(:ats AS timestamptz[]), CAST(:actor_kinds AS text[]),"
    "  CAST(:actor_ids AS uuid[]), CAST(:actions AS text[]), CAST(:request_ids AS text[]), CAST(:payloads AS text[]),"
    "  CAST(:salts AS bytea[]), CAST(:digests AS bytea[]), CAST(:chains AS bytea[]))"
    "  AS e (id, seq, at, actor_kind, actor_id, action, request_id, payload, salt, digest, chain)"
    "), subjects AS ("
    " INSERT INTO audit_subjects (tenant_id, id, entry_id, subject_type, subject_id, at)"
    " SELECT :tenant_id, s.id, s.entry_id, s.type, s.subject_id, s.at"
    " FROM unnest(CAST(:subject_rows AS uuid[]), CAST(:entry_ids AS uuid[]), CAST(:subject_types AS text[]),"
    "  CAST(:subject_ids AS uuid[]), CAST(:subject_ats AS timestamptz[])) AS s (id, entry_id, type, subject_id, at)"
    ") UPDATE audit_heads SET chain = :chain WHERE tenant_id = :tenant_id AND id = :tenant_id"
)


@dataclass(frozen=True, slots=True)
class _Pending:
    id: UUID
    at: Any
    actor_kind: str
    actor_id: UUID | None
    action: str
    request_id: str
    payload: dict[str, Any]
    subjects: tuple[Subject, ...]
    within: tuple[SessionTransaction, ...]  # the savepoints it was recorded under; it goes when one of them is rolled back


def gather(session: TenantSession, facts: Sequence[Fact]) -> list[UUID]:
    """Note facts to be written when the session's transaction commits; their ids, in order.

    Raises TypeError or ValueError at once for values that cannot be recorded.
    """
    sync = session.sync_session
    pending: list[_Pending] | None = sync.info.get(_KEY)
    if pending is None:
        pending = sync.info[_KEY] = []
        event.listen(sync, "before_commit", _write)
        event.listen(sync, "after_soft_rollback", _drop)
    within = _savepoints(sync)
    made = [_prepared(session, fact, within) for fact in facts]
    pending.extend(made)
    return [entry.id for entry in made]


def _prepared(session: TenantSession, fact: Fact, within: tuple[SessionTransaction, ...]) -> _Pending:
    actor = fact.actor or session.scope.actor
    subjects = tuple(dict.fromkeys(fact.subjects))
    payload = chain.plain(
        {
            "actor": actor.name,
            "summary": fact.summary,
            "subjects": [[subject.type, subject.id] for subject in subjects],
            "before": fact.before,
            "after": fact.after,
        }
    )
    return _Pending(
        id=uuid7(),
        at=fact.at or now(),
        actor_kind=str(actor.kind),
        actor_id=actor.id,
        action=fact.action,
        request_id=session.scope.request_id,
        payload=payload,
        subjects=subjects,
        within=within,
    )


def _savepoints(sync: Session) -> tuple[SessionTransaction, ...]:
    found: list[SessionTransaction] = []
    current = sync.get_nested_transaction()
    while current is not None and current.nested:
        found.append(current)
        current = current.parent
    return tuple(found)


def _drop(sync: Session, rolled_back: SessionTransaction) -> None:
    pending: list[_Pending] = sync.info[_KEY]
    if rolled_back.nested:
        pending[:] = [entry for entry in pending if not any(savepoint is rolled_back for savepoint in entry.within)]
    else:
        pending.clear()


def _write(sync: Session) -> None:
    pending: list[_Pending] = sync.info[_KEY]
    if not pending or sync.in_nested_transaction():
        return
    entries, pending[:] = list(pending), []
    tenant_id = sync.info["tenant_id"]
    parameters = {"tenant_id": tenant_id, "count": len(entries), "genesis": chain.GENESIS}
    last, value = sync.execute(_EXTEND, parameters).one()
    salts, digests, chains = [], [], []
    first = last - len(entries) + 1
    for seq, entry in enumerate(entries, first):
        salts.append(chain.new_salt())
        digests.append(chain.digest_of(salts[-1], entry.payload))
        value = chain.link(
            value,
            digests[-1],
            seq=seq,
            entry_id=entry.id,
            at=entry.at,
            actor_kind=entry.actor_kind,
            actor_id=entry.actor_id,
            action=entry.action,
            request_id=entry.request_id,
        )
        chains.append(value)
    about = [(entry, subject) for entry in entries for subject in entry.subjects]
    sync.execute(
        _WRITE,
        {
            "tenant_id": tenant_id,
            "ids": [entry.id for entry in entries],
            "seqs": list(range(first, last + 1)),
            "ats": [entry.at for entry in entries],
            "actor_kinds": [entry.actor_kind for entry in entries],
            "actor_ids": [entry.actor_id for entry in entries],
            "actions": [entry.action for entry in entries],
            "request_ids": [entry.request_id for entry in entries],
            "payloads": [orjson.dumps(entry.payload).decode() for entry in entries],
            "salts": salts,
            "digests": digests,
            "chains": chains,
            "subject_rows": [uuid7() for _ in about],
            "entry_ids": [entry.id for entry, _ in about],
            "subject_types": [subject.type for _, subject in about],
            "subject_ids": [subject.id for _, subject in about],
            "subject_ats": [entry.at for entry, _ in about],
            "chain": value,
        },
    )
