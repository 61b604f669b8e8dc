"""A process that re-encrypts tokens and says so after each batch; the test kills it. Reads its orders as JSON from stdin."""

from __future__ import annotations

import asyncio
import base64
import json
import sys

from storekeep.domains.accounts import models as _tenants  # noqa: F401 (stores refer to them)
from storekeep.domains.connections.rotation import reseal_batch
from storekeep.runtime.crypto import TokenCipher
from storekeep.runtime.database import Database, DatabaseConfig


async def main() -> None:
    """Run batches until none is left."""
    orders = json.loads(sys.stdin.readline())
    cipher = TokenCipher(base64.b64decode(orders["current"]), base64.b64decode(orders["previous"]))
    db = Database(DatabaseConfig(orders["url"], orders["system_url"], pool_size=4))
    after = None
    while True:
        done = await reseal_batch(db, cipher, after=after, limit=orders["limit"])
        sys.stdout.write(f"{done.resealed} {done.remaining}\n")
        sys.stdout.flush()
        after = done.next_after
        if after is None:
            await db.close()
            return


if __name__ == "__main__":
    asyncio.run(main())
