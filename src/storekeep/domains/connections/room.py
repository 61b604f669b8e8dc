"""Manifest of the room connections."""

from __future__ import annotations

from storekeep.domains.connections.erasure_work import erase
from storekeep.domains.connections.jobs import CRON, JOBS
from storekeep.domains.connections.models import Connection, Erasure, OAuthState, ShopDirectory, Store
from storekeep.domains.connections.router import routers
from storekeep.domains.connections.subscribers import SUBSCRIBERS
from storekeep.runtime.manifest import Room

room = Room(
    name="connections",
    models=(Connection, Erasure, OAuthState, ShopDirectory, Store),
    routers=routers,
    jobs=JOBS,
    cron=CRON,
    subscribers=SUBSCRIBERS,
    erase=erase,
)
