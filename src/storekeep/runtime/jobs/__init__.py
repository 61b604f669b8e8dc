"""The job ledger: PostgreSQL is the queue of record, Redis (through arq) only wakes workers up.

A job row goes ready → leased → done, back to ready for a retry, or ends dead or cancelled. Losing Redis loses nothing: the
sweeper finds what was not woken. See `docs/flows/jobs.md`.
"""

from storekeep.runtime.jobs.kind import JobCancelled, JobContext, JobKind, LeaseLost, Payload, RetryLater
from storekeep.runtime.jobs.ledger import enqueue

__all__ = ["JobCancelled", "JobContext", "JobKind", "LeaseLost", "Payload", "RetryLater", "enqueue"]
