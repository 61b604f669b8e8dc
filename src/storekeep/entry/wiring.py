"""Settings become clients here, once a process; everything else is given what it needs."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import httpx
from redis.asyncio import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from storekeep.domains.accounts.public import provide_accounts
from storekeep.domains.commerce.public import tell_of_runs
from storekeep.domains.connections.public import provide_connections
from storekeep.entry.migrations import EXPLAIN_ROLES
from storekeep.entry.rooms import ROOMS, event_bus
from storekeep.entry.web_services import provide_web
from storekeep.integrations.shopify.gateway import ShopifyGateway
from storekeep.runtime.breaker import Breakers
from storekeep.runtime.crypto import TokenCipher, parse_key
from storekeep.runtime.database import Database, DatabaseConfig
from storekeep.runtime.http import make_client
from storekeep.runtime.services import Services
from storekeep.runtime.settings import Environment, Settings, SettingsRefused
from storekeep.runtime.web.config import DemoLogin, WebConfig

DEMO_EMAIL = "owner@demo.storekeep.test"
DEMO_PASSWORD = "storekeep-demo"  # noqa: S105 (public: the demo's own, refused in production)


@dataclass(slots=True)
class Wired:
    """What a process runs on. `services` is what rooms see of it."""

    settings: Settings
    config: WebConfig
    db: Database
    redis: Redis
    http: httpx.AsyncClient
    services: Services

    async def close(self) -> None:
        """Close every connection."""
        await self.http.aclose()
        await self.redis.aclose()
        await self.db.close()


def build(settings: Settings) -> Wired:
    """Everything a process needs, not yet connected: connections open at first use."""
    config = web_config(settings)
    db = Database(database_config(settings), event_bus())
    redis = make_redis(settings.redis.url.get_secret_value())
    http = make_client()
    services = Services()
    services.provide(Database, db)
    services.provide(Redis, redis)
    services.provide(TokenCipher, make_cipher(settings))
    services.provide(Breakers, Breakers(redis))
    provide_web(services, config, redis)
    previous = settings.secrets.session_secret_previous
    provide_accounts(
        services,
        session_secret=settings.secrets.session_secret.get_secret_value(),
        session_secret_previous=previous.get_secret_value() if previous else None,
    )
    services.provide(ShopifyGateway, make_shopify(settings, http, redis, services.get(Breakers)))
    provide_connections(
        services,
        rooms=ROOMS,
        app_url=config.app_url,
        session_secret=settings.secrets.session_secret.get_secret_value(),
        session_secret_previous=previous.get_secret_value() if previous else None,
    )
    tell_of_runs(services)
    return Wired(settings, config, db, redis, http, services)


def database_config(settings: Settings) -> DatabaseConfig:
    """The addresses and bounds of the database. Raises SettingsRefused, explaining the roles, without the system role's."""
    database = settings.database
    if database.system_url is None:
        raise SettingsRefused(["DATABASE_SYSTEM_URL is not set.\n" + EXPLAIN_ROLES])
    return DatabaseConfig(
        url=database.url.get_secret_value(),
        system_url=database.system_url.get_secret_value(),
        pool_size=database.pool_size,
        statement_timeout_s=database.statement_timeout_s,
        pgbouncer=database.pgbouncer,
    )


def make_redis(url: str) -> Redis:
    """A client that fails fast: what Redis does is never worth waiting for."""
    client: Redis = Redis.from_url(
        url, socket_connect_timeout=1, socket_timeout=5, retry=Retry(NoBackoff(), 1), health_check_interval=30
    )
    return client


def make_shopify(settings: Settings, http: httpx.AsyncClient, redis: Redis, breakers: Breakers) -> ShopifyGateway:
    """The way to every shop, through our app."""
    shopify = settings.shopify
    previous = shopify.api_secret_previous
    return ShopifyGateway(
        http,
        redis,
        breakers,
        api_key=shopify.api_key,
        api_secret=shopify.api_secret.get_secret_value(),
        api_secret_previous=previous.get_secret_value() if previous else None,
        scopes=shopify.scopes,
        base_url=shopify.base_url,
        api_version=shopify.api_version,
    )


def make_cipher(settings: Settings) -> TokenCipher:
    """The key ring of stored tokens."""
    previous = settings.secrets.encryption_key_previous
    return TokenCipher(
        parse_key(settings.secrets.encryption_key.get_secret_value()),
        parse_key(previous.get_secret_value()) if previous else None,
    )


def web_config(settings: Settings) -> WebConfig:
    """The web layer's part of the settings."""
    embedded = settings.environment is Environment.EMBEDDED
    return WebConfig(
        app_url=settings.web.public_url,
        version=version("storekeep"),
        environment=settings.environment.value,
        allowed_origins=frozenset(settings.web.allowed_origins),
        support_contact=settings.web.support_contact,
        api_limit_per_minute=settings.web.api_limit_per_minute,
        spa_dir=Path(settings.web.spa_dir) if settings.web.spa_dir else None,
        demo=DemoLogin(DEMO_EMAIL, DEMO_PASSWORD) if embedded and settings.demo.demo else None,
        json_log=settings.telemetry.log_format == "json",
        tracing=settings.telemetry.otel_exporter_otlp_endpoint is not None,
    )


def secret_values(settings: Settings) -> list[str]:
    """Every secret of the settings, so that the log can refuse to show them wherever they turn up."""
    secrets = settings.secrets
    held = [
        secrets.encryption_key,
        secrets.encryption_key_previous,
        secrets.session_secret,
        secrets.session_secret_previous,
        settings.shopify.api_secret,
        settings.shopify.api_secret_previous,
    ]
    return [value for item in held if item is not None and (value := item.get_secret_value())]
