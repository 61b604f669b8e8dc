"""Manifest of the room accounts.

It has no `erase`: accounts holds the ground the other rooms stand on, and `public.forget_tenant` takes that away last.
"""

from __future__ import annotations

from storekeep.domains.accounts.cron import schedule
from storekeep.domains.accounts.models import Member, Tenant, User, UserSession
from storekeep.domains.accounts.router import routers
from storekeep.runtime.manifest import Room

room = Room(name="accounts", models=(Member, Tenant, User, UserSession), routers=routers, cron=schedule)
