"""The shops there are and what each is made of."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from storekeep.sandbox.config import ONLINE_RETAIL, SHOPS, SandboxConfig
from storekeep.sandbox.shopify.retail import QUARTER, read
from storekeep.sandbox.shopify.retail_shop import RetailShop
from storekeep.sandbox.shopify.store import Base, Facts

_ID_STEP = 1_000_000_000_000
_OPENED = 1_230_768_000  # 2009-01-01


def base_of(domain: str, config: SandboxConfig, anchor: date) -> Base:
    """The base rows of a shop; `anchor` is today for the shifted ones. Raises KeyError for a shop there is not."""
    if domain not in SHOPS:
        raise KeyError(domain)
    id_base = (SHOPS.index(domain) + 5) * _ID_STEP
    if domain == ONLINE_RETAIL:
        path: Path = config.full_data or QUARTER
        facts = Facts(domain, "Online Retail", id_base, "GBP", "Europe/London", _OPENED)
        return RetailShop(read(path), facts, config.multiply).base(path.name)
    raise KeyError(domain)
