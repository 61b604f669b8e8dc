"""The typed container of what a process was wired with; rooms ask it for a type and never see settings."""

from __future__ import annotations

from typing import Any, TypeVar, cast

T = TypeVar("T")


class Services:
    """A map from a type to the one instance of it. Filled in `entry/wiring.py`, read everywhere."""

    def __init__(self) -> None:
        self._instances: dict[type[Any], Any] = {}

    def provide(self, kind: type[T], instance: T) -> T:
        """Register `instance` under `kind` (a Protocol is fine); returns it. A second one replaces the first."""
        self._instances[kind] = instance
        return instance

    def get(self, kind: type[T]) -> T:
        """The instance registered under `kind`. Raises LookupError when wiring left it out: a programming error."""
        try:
            return cast(T, self._instances[kind])
        except KeyError:
            raise LookupError(f"{kind.__qualname__} was not wired into this process") from None
