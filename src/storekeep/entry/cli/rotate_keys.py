"""`storekeep rotate-keys`: batch after batch until no token is left under an older key; killed midway, it is run again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from storekeep.domains.connections.public import reseal_batch
from storekeep.entry.wiring import build
from storekeep.runtime.crypto import TokenCipher
from storekeep.runtime.settings import Settings


def rotate(settings: Settings, say: Callable[[str], None]) -> bool:
    """Re-encrypt everything and report; False when some token is still under another key."""
    return asyncio.run(_rotate(settings, say))


async def _rotate(settings: Settings, say: Callable[[str], None]) -> bool:
    wired = build(settings)
    cipher = wired.services.get(TokenCipher)
    done = unreadable = 0
    after: str | None = None
    try:
        while True:
            batch = await reseal_batch(wired.db, cipher, after=after)
            done += batch.resealed
            unreadable += batch.unreadable
            after = batch.next_after
            if after is None:
                break
            say(f"{done} stores re-encrypted, {batch.remaining} to go.")
    finally:
        await wired.close()
    if batch.remaining == 0:
        say(f"{done} stores re-encrypted; the previous key is no longer needed.")
        return True
    say(f"{done} stores re-encrypted, {batch.remaining} not, of which {unreadable} cannot be read with these keys.")
    say("Keep the previous key, give the missing one, and run this again.")
    return False
