"""Manifest of the room commerce."""

from __future__ import annotations

from storekeep.domains.commerce import models
from storekeep.domains.commerce.browse.router import router as browse
from storekeep.domains.commerce.erase import erase
from storekeep.domains.commerce.subscribers import SUBSCRIBERS
from storekeep.domains.commerce.sync.jobs import IMPORT, SYNC
from storekeep.domains.commerce.sync.requests import schedule_due_stores
from storekeep.domains.commerce.sync.router import router as sync
from storekeep.runtime.manifest import CronSpec, Room

room = Room(
    name="commerce",
    models=tuple(getattr(models, name) for name in models.__all__),
    routers=(browse, sync),
    jobs=(IMPORT, SYNC),
    cron=(CronSpec("commerce.schedule", 10, schedule_due_stores),),
    subscribers=SUBSCRIBERS,
    erase=erase,
)
