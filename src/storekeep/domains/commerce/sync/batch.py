"""What a batch of records comes to: rows ready to stage, counts of what was read and refused, and what the merge made of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from storekeep.domains.commerce.sync.reading import BadRecord

MAX_ERRORS = 50
Row = Sequence[Any]


@dataclass(frozen=True, slots=True)
class RecordError:
    """A record that could not be stored. `external_id` is Shopify's global id, or "" where not even that could be read."""

    code: str
    message: str
    external_id: str

    def wire(self) -> dict[str, str]:
        """As the API and the run's row carry it."""
        return {"code": self.code, "message": self.message, "externalId": self.external_id}


@dataclass(slots=True)
class Tally:
    """Counts of root records. `read` are those seen, `failed` those refused; the merge adds `written` and `unchanged`."""

    read: int = 0
    written: int = 0
    unchanged: int = 0
    failed: int = 0
    removed: int = 0
    errors: list[RecordError] = field(default_factory=list)

    def refuse(self, error: BadRecord, external_id: object) -> None:
        """Count a refused record and keep its error while there is room."""
        self.failed += 1
        if len(self.errors) < MAX_ERRORS:
            shown = external_id if isinstance(external_id, str) else ""
            self.errors.append(RecordError("RECORD_INVALID", str(error), shown[:200].replace("\x00", "")))

    def add(self, other: Tally) -> None:
        """Count the records of another batch too."""
        self.read += other.read
        self.written += other.written
        self.unchanged += other.unchanged
        self.failed += other.failed
        self.removed += other.removed
        self.errors.extend(other.errors[: MAX_ERRORS - len(self.errors)])


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open span of creation time of which everything that exists at the source was read; None: open."""

    starts_at: datetime | None
    ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class Merged:
    """What a merge did, in root records. `days` are those whose figures were recomputed."""

    written: int = 0
    unchanged: int = 0
    removed: int = 0
    days: frozenset[date] = frozenset()

    @property
    def changed(self) -> bool:
        """Whether anything is different now."""
        return bool(self.written or self.removed)


class Buffers:
    """Rows on their way to the staging tables, by table."""

    __slots__ = ("held", "rows")

    def __init__(self) -> None:
        self.rows: dict[str, list[Row]] = {}
        self.held = 0

    def add(self, table: str, row: Row) -> None:
        """Keep one row for `table`."""
        try:
            self.rows[table].append(row)
        except KeyError:
            self.rows[table] = [row]
        self.held += 1

    def drain(self) -> dict[str, list[Row]]:
        """Everything held, which is held no longer."""
        rows, self.rows, self.held = self.rows, {}, 0
        return rows
