"""Waits between retries, cut short: their order and number are the real ones, their length no test sits through."""

from __future__ import annotations


def quick_dice() -> float:
    """A throw at the very beginning of each wait's range."""
    return 0.02
