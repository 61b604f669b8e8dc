"""Installs as Shopify would report them, each unlike any other, and an ear for what connections announces."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any
from uuid import UUID

from storekeep.domains.connections.register import Install
from storekeep.domains.connections.types import ConnectedVia
from storekeep.domains.connections.vault import StoreTokens
from storekeep.kit.scope import Scope
from storekeep.runtime.events import Event

_numbers = count(1)


def new_shop() -> str:
    """A shop domain no other test uses."""
    return f"shop-{os.getpid()}-{next(_numbers)}.myshopify.com"


def an_install(**changes: Any) -> Install:
    """What Shopify reports of a shop that let us in, unlike any other unless told."""
    number = next(_numbers)
    install = Install(
        shop=new_shop(),
        name=f"Shop {number}",
        shopify_shop_id=7_000_000_000_000 + number,
        currency="EUR",
        time_zone="Europe/Vienna",
        plan="Basic",
        scopes=("read_all_orders", "read_customers", "read_orders", "read_products"),
        via=ConnectedVia.OAUTH,
        tokens=StoreTokens(access=f"shpat_{number}"),
    )
    return replace(install, **changes)


@dataclass
class Ear:
    """Every event connections announced, with its tenant."""

    heard: list[tuple[UUID, Event]] = field(default_factory=list)

    def of(self, scope: Scope, kind: type[Event] | None = None) -> list[Any]:
        """The tenant's events in order, of one kind if given. Those of failed transactions are among them."""
        return [e for tenant_id, e in self.heard if tenant_id == scope.tenant_id and (kind is None or isinstance(e, kind))]
