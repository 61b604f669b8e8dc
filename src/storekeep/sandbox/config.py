"""Configuration of the stand-ins: what they serve, which apps and tokens they accept, and how hard they push back."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

ONLINE_RETAIL = "online-retail.myshopify.com"
DEMO_STORE = "demo-store.myshopify.com"
RECENT_ONLY = "recent-only.myshopify.com"
AWKWARD = "awkward.myshopify.com"
AWKWARD_JPY = "awkward-jpy.myshopify.com"
AWKWARD_KWD = "awkward-kwd.myshopify.com"
SHOPS = (ONLINE_RETAIL, DEMO_STORE, RECENT_ONLY, AWKWARD, AWKWARD_JPY, AWKWARD_KWD)

LOOPBACK_CALLBACKS = ("http://127.0.0.1:*/api/shopify/callback", "http://localhost:*/api/shopify/callback")


def custom_app_token(shop: str) -> str:
    """The permanent Admin API token of the custom app in `shop`: the same in every sandbox, for a stand-in keeps no secret."""
    return "shpat_" + hashlib.sha256(f"storekeep stand-in {shop}".encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class App:
    """An app known to the stand-in: its key pair and where it may send the merchant back to.

    A `*` in a redirect address stands for any port number and nothing else.
    """

    api_key: str
    api_secret: str
    name: str = "Storekeep"
    redirect_uris: tuple[str, ...] = LOOPBACK_CALLBACKS
    expiring_tokens: bool = True  # may ask for them; `SandboxConfig.require_expiring` makes them the only kind


@dataclass(frozen=True, slots=True)
class SandboxConfig:
    """Everything a sandbox is started with. Durations are in seconds.

    `full_data` is the whole Online Retail file (csv.gz); without it the shipped quarter is served. `multiply` serves the
    online-retail shop that many times over (copies have their own ids). `anchor` is "today" for the shifted shops; by default
    it is the day of the first start and kept in `state_dir`. `control_key` opens `/control/…`; empty keeps it shut.
    """

    state_dir: Path
    host: str = "127.0.0.1"
    port: int = 8100
    apps: tuple[App, ...] = (App("storekeep-dev-key", "storekeep-dev-secret"),)
    control_key: str = ""
    full_data: Path | None = None
    multiply: int = 1
    anchor: date | None = None
    files_host: str = "localhost"
    access_token_lifetime: int = 3600
    refresh_token_lifetime: int = 7_776_000
    require_expiring: bool = False
    refresh_grace: bool = False  # the old refresh token stays good until the new pair is used (documented from 28 Aug 2026)
    bucket_size: float = 4000.0
    restore_rate: float = 200.0
    max_query_cost: int = 1000
    bulk_created_seconds: float = 0.1
    bulk_running_seconds: float = 0.3
    bulk_max_running: int = 5
    job_seconds: float = 0.3
    frozen_shops: dict[str, int] = field(default_factory=dict)  # shop -> 402 or 423 (or 403, 404)
    no_history_shops: tuple[str, ...] = (RECENT_ONLY,)  # never granted read_all_orders
    unprotected_shops: tuple[str, ...] = ()  # protected customer data not approved: personal fields are null
    request_log_size: int = 5000
