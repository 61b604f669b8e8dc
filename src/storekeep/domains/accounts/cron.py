"""The schedule of accounts."""

from __future__ import annotations

from storekeep.domains.accounts.signing_in import sweep
from storekeep.runtime.database import Database
from storekeep.runtime.manifest import CronSpec
from storekeep.runtime.services import Services


async def _sweep(services: Services) -> None:
    await sweep(services.get(Database))


schedule = (CronSpec("accounts.sweep", every_s=900, run=_sweep),)
