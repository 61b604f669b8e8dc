"""Installs of the stand-in's shops by a custom app's token, as connections registers them."""

from __future__ import annotations

from storekeep.domains.connections.register import Install
from storekeep.domains.connections.types import ConnectedVia
from storekeep.domains.connections.vault import StoreTokens
from storekeep.sandbox.config import custom_app_token

SCOPES = ("read_all_orders", "read_customers", "read_orders", "read_products")


def custom_app_install(shop: str, *, token: str | None = None, scopes: tuple[str, ...] = SCOPES) -> Install:
    """The shop before it was read: what it says of itself is learnt from the first read. `token`: not the one it gave out."""
    return Install(
        shop=shop,
        name=shop,
        shopify_shop_id=None,
        currency="USD",
        time_zone="UTC",
        plan=None,
        scopes=scopes,
        via=ConnectedVia.CUSTOM_APP,
        tokens=StoreTokens(access=token or custom_app_token(shop)),
    )
