"""The shape in which mutations answer: the thing made or changed, and the business errors."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class UserError:
    """A business failure: the input path it is about, what is wrong, and a code where the API has one."""

    field: list[str] | None
    message: str
    code: str | None = None


@dataclass(slots=True)
class Payload:
    """What a mutation answers with: the thing (None when it failed), the order around it, and the user errors."""

    thing: Any = None
    errors: list[UserError] = field(default_factory=list)
    order: Any = None


def failed(path: list[str] | None, message: str, code: str | None = None) -> Payload:
    """A payload with one error and nothing else."""
    return Payload(errors=[UserError(path, message, code)])
