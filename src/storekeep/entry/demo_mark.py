"""Whether the demo tenants have been imported: said by `storekeep demo` when it is done, asked by /readyz."""

from __future__ import annotations

from redis.asyncio import Redis

_KEY = "demo:imported"


def _wanted(full: bool) -> str:
    return "demo, other, full" if full else "demo, other"


async def mark_imported(redis: Redis, *, full: bool) -> None:
    """Remember that the demo's tenants are there with their stores imported; `full`: the whole Online Retail year too."""
    await redis.set(_KEY, _wanted(full))


async def is_imported(redis: Redis, *, full: bool) -> bool:
    """Whether everything the demo should hold is there. What was marked for more holds for less."""
    said = await redis.get(_KEY)
    text = said.decode() if isinstance(said, bytes) else str(said or "")
    return set(_wanted(full).split(", ")) <= set(text.split(", "))
