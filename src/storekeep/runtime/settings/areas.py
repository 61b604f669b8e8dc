"""One settings model an area; a field's environment variable is its alias, or the area's prefix and its name."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field, SecretStr
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


def _split(value: object) -> object:
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


CommaList = Annotated[list[str], NoDecode, BeforeValidator(_split)]


def _area(prefix: str) -> SettingsConfigDict:
    # An empty value is one not given: that is what a line without a value in .env or a compose file means.
    return SettingsConfigDict(env_prefix=prefix, extra="ignore", populate_by_name=True, env_ignore_empty=True)


class DatabaseSettings(BaseSettings):
    """PostgreSQL: three addresses, one a role."""

    model_config = _area("DATABASE_")

    url: SecretStr = Field(description="Role app_rt: requests and jobs. postgresql://user:password@host:port/name.")
    owner_url: SecretStr | None = Field(None, description="Role that owns the tables; used by migrations only.")
    system_url: SecretStr | None = Field(None, description="Role app_system: directories and job headers across tenants.")
    pool_size: int = Field(
        20,
        ge=6,
        le=20,
        description="Connections a process may hold, both roles together. A worker gives every job it runs two of them.",
    )
    statement_timeout_s: float = Field(30, gt=0, description="A statement running longer is cancelled. Seconds.")
    pgbouncer: bool = Field(False, description="True behind PgBouncer in transaction mode: no prepared statements are kept.")
    require_tls: bool = Field(True, description="In production refuse a database without TLS.")


class RedisSettings(BaseSettings):
    """Redis: wake-ups, cache, limits, live news. Losing it loses nothing."""

    model_config = _area("REDIS_")

    url: SecretStr = Field(description="redis://:password@host:port/0.")


class SecretSettings(BaseSettings):
    """Keys that protect data at rest and in flight; each has a predecessor for rotation."""

    model_config = _area("")

    encryption_key: SecretStr = Field(description="32 bytes, base64: AES-256-GCM key for stored tokens.")
    encryption_key_previous: SecretStr | None = Field(None, description="The key before, read but never written with.")
    session_secret: SecretStr = Field(description="Pepper of password hashes and OAuth state signatures; at least 32 characters.")
    session_secret_previous: SecretStr | None = Field(None, description="The secret before.")


class WebSettings(BaseSettings):
    """The HTTP face: address, origins, limits."""

    model_config = _area("")

    port: int = Field(8000, ge=1, le=65535, description="Port the API listens on.")
    host: str = Field("127.0.0.1", description="Interface the API listens on.")
    app_url: str | None = Field(None, description="Public address of the product; default http://127.0.0.1:PORT.")
    allowed_origins: CommaList = Field(
        default_factory=list, description="Further origins, comma separated, that may call the API from a browser."
    )
    spa_dir: str | None = Field(None, description="Folder of the built SPA; served by the API when present.")
    api_limit_per_minute: int = Field(100, ge=1, description="Requests a minute and user on /api.")
    support_contact: str = Field("support@storekeep.test", description="Shown in critical errors.")

    @property
    def public_url(self) -> str:
        """The address browsers use, without a trailing slash."""
        return (self.app_url or f"http://127.0.0.1:{self.port}").rstrip("/")


class ShopifySettings(BaseSettings):
    """Our Shopify app, and where Shopify is."""

    model_config = _area("SHOPIFY_")

    api_key: str = Field("", description="Client id of our app.")
    api_secret: SecretStr = Field(SecretStr(""), description="Client secret of our app; Shopify signs its answers with it.")
    api_secret_previous: SecretStr | None = Field(None, description="The client secret before, still accepted in signatures.")
    api_version: str = Field("2026-07", pattern=r"^\d{4}-\d{2}$", description="Admin API version.")
    base_url: str = Field("https://{shop}", description="Where a shop answers; {shop} is its myshopify domain.")
    scopes: CommaList = Field(
        default_factory=lambda: ["read_all_orders", "read_customers", "read_orders", "read_products"],
        description="Access scopes asked for at install, comma separated.",
    )


class JobSettings(BaseSettings):
    """The job ledger's times, in seconds."""

    model_config = _area("JOBS_")

    lease_s: float = Field(60, gt=0, description="How long a worker owns a claimed job without a sign of life.")
    heartbeat_s: float = Field(15, gt=0, description="How often a worker renews its lease.")
    sweep_s: float = Field(5, gt=0, description="How often a worker looks for what was not woken.")
    slots: int = Field(8, ge=1, description="Jobs one worker process runs at once.")
    tenant_slots: int = Field(4, ge=1, description="Jobs of one tenant that may run at once, all workers together.")
    grace_s: float = Field(20, ge=0, description="How long a stopping worker waits for running jobs.")


class TelemetrySettings(BaseSettings):
    """Logs, traces, metrics."""

    model_config = _area("")

    log_level: str = Field("INFO", description="DEBUG, INFO, WARNING or ERROR.")
    log_format: str = Field("json", pattern="^(json|console)$", description="json or console.")
    otel_exporter_otlp_endpoint: str | None = Field(None, description="OTLP/HTTP collector; traces are off without it.")


class DemoSettings(BaseSettings):
    """The demo tenants of the embedded mode."""

    model_config = _area("")

    demo: bool = Field(False, description="Seed the demo tenants and wait for their import before reporting ready.")
    demo_full: bool = Field(False, description="Add the tenant with the whole Online Retail store.")
