"""A bulk operation as the shop remembers it."""

from __future__ import annotations

from dataclasses import dataclass, field

ENDED = frozenset({"COMPLETED", "CANCELED", "FAILED", "EXPIRED"})


@dataclass(slots=True)
class BulkOperation:
    """One bulk operation of an app. Times are epoch seconds; `file` is the name of its result, once there is one."""

    id: int
    app: str
    query: str
    created: int
    status: str = "CREATED"
    error_code: str | None = None
    completed: int | None = None
    objects: int = 0
    roots: int = 0
    size: int | None = None
    file: str | None = None
    partial: bool = False
    group: bool = False
    scopes: list[str] = field(default_factory=list)  # of the token that asked, so that a restart can go on
