"""Manifest of the room commerce."""

from __future__ import annotations

from storekeep.domains.commerce import models
from storekeep.domains.commerce.browse.router import router as browse
from storekeep.runtime.manifest import Room

room = Room(
    name="commerce",
    models=tuple(getattr(models, name) for name in models.__all__),
    routers=(browse,),
)
