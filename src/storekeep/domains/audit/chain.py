"""The arithmetic of the chain, pure: canonical JSON, salted digests, links.

`digest` = SHA-256(salt ‖ payload), `chain` = SHA-256(previous chain ‖ digest ‖ header). The digest stays when payload and salt
are erased, so the chain can still be checked, and without the salt nobody can test a guess at what was erased.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from storekeep.kit.text import storable
from storekeep.runtime.logging.patterns import DENIED_KEY, REDACTED

GENESIS = bytes(32)
_INT64 = 2**63
_MAX_DEPTH = 20


def new_salt() -> bytes:
    """128 random bits."""
    return secrets.token_bytes(16)


def plain(value: Any, *, depth: int = 0) -> Any:
    """`value` in a form that JSON, PostgreSQL and this chain all read the same: strings, 64-bit integers, booleans, None, lists
    and objects. Everything else becomes a string; values under a secret's name are left out.

    Raises ValueError for something nested deeper than 20, TypeError for a type that has no such form.
    """
    if depth > _MAX_DEPTH:
        raise ValueError("too deeply nested for an audit entry")
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, Enum):
        return plain(value.value, depth=depth)
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, int):
        return value if -_INT64 <= value < _INT64 else str(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, float | Decimal | UUID):
        return str(value)
    if isinstance(value, Mapping):
        return {
            storable(str(key)): REDACTED if DENIED_KEY.search(str(key)) and inner is not None else plain(inner, depth=depth + 1)
            for key, inner in value.items()
        }
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(inner, depth=depth + 1) for inner in value]
    raise TypeError(f"{type(value).__name__} has no place in an audit entry")


def canonical(value: Any) -> bytes:
    """The one JSON text of a plain value."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def digest_of(salt: bytes, payload: Any) -> bytes:
    """The salted digest of a payload."""
    return hashlib.sha256(salt + canonical(payload)).digest()


def link(
    previous: bytes,
    digest: bytes,
    *,
    seq: int,
    entry_id: UUID,
    at: datetime,
    actor_kind: str,
    actor_id: UUID | None,
    action: str,
    request_id: str,
) -> bytes:
    """The chain's value after an entry: it depends on every entry before and on every word of this one's header."""
    moment = int(at.timestamp()) * 1_000_000 + at.microsecond
    header = [seq, str(entry_id), moment, actor_kind, str(actor_id) if actor_id else None, action, request_id]
    return hashlib.sha256(previous + digest + canonical(header)).digest()
