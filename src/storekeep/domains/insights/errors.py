"""Refusals of insights."""

from __future__ import annotations

from storekeep.kit.errors import InvalidInput


class RangeTooLong(InvalidInput):
    """More days were asked for than one answer holds."""

    code = "VALIDATION_RANGE_TOO_LONG"
    message = "The range is too long. Ask for ten years at most."
