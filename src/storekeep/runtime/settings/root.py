"""The whole settings tree, and the refusals: production never starts on a default secret or over plain HTTP."""

from __future__ import annotations

import base64
import binascii
from enum import StrEnum
from typing import Any
from urllib.parse import parse_qs, urlsplit

from pydantic import BaseModel, Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from storekeep.runtime.settings.areas import (
    DatabaseSettings,
    DemoSettings,
    JobSettings,
    RedisSettings,
    SecretSettings,
    ShopifySettings,
    TelemetrySettings,
    WebSettings,
)


class Environment(StrEnum):
    """Where this runs: on one machine with everything embedded, on a developer's servers, or for merchants."""

    EMBEDDED = "embedded"
    DEVELOPMENT = "development"
    PRODUCTION = "production"


class SettingsRefused(Exception):
    """The settings are incomplete or unsafe; `problems` has one line each."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))


class _EnvironmentSetting(BaseSettings):
    model_config = SettingsConfigDict(extra="ignore")
    environment: Environment = Field(Environment.DEVELOPMENT, description="embedded, development or production.")


class Settings(BaseModel):
    """Everything the processes are configured with."""

    environment: Environment
    database: DatabaseSettings
    redis: RedisSettings
    secrets: SecretSettings
    web: WebSettings
    shopify: ShopifySettings
    jobs: JobSettings
    telemetry: TelemetrySettings
    demo: DemoSettings

    @property
    def secure(self) -> bool:
        """Whether browsers reach us over https; decides Secure cookies and HSTS."""
        return self.web.public_url.startswith("https://")


AREAS: dict[str, type[BaseSettings]] = {
    "database": DatabaseSettings,
    "redis": RedisSettings,
    "secrets": SecretSettings,
    "web": WebSettings,
    "shopify": ShopifySettings,
    "jobs": JobSettings,
    "telemetry": TelemetrySettings,
    "demo": DemoSettings,
}


def load_settings(env_file: str | None = ".env") -> Settings:
    """The settings from the environment and, below it, `env_file`. Raises SettingsRefused listing every problem."""
    problems: list[str] = []
    values: dict[str, Any] = {}
    try:
        values["environment"] = _EnvironmentSetting(_env_file=env_file).environment
    except ValidationError as error:
        problems += _lines("", error)
    for name, model in AREAS.items():
        try:
            values[name] = model(_env_file=env_file)
        except ValidationError as error:
            problems += _lines(str(model.model_config.get("env_prefix", "")), error)
    if problems:
        raise SettingsRefused(problems)
    settings = Settings.model_construct(**values)
    problems = _unsafe(settings)
    if problems:
        raise SettingsRefused(problems)
    return settings


def _lines(prefix: str, error: ValidationError) -> list[str]:
    # The input is never shown: it may be a secret.
    return [f"{(prefix + '_'.join(map(str, e['loc']))).upper()}: {e['msg']}" for e in error.errors(include_input=False)]


def _unsafe(settings: Settings) -> list[str]:
    problems = []
    for name, key in (
        ("ENCRYPTION_KEY", settings.secrets.encryption_key),
        ("ENCRYPTION_KEY_PREVIOUS", settings.secrets.encryption_key_previous),
    ):
        if key is not None and not _is_key(key.get_secret_value()):
            problems.append(f"{name}: must be 32 bytes in base64 (try: openssl rand -base64 32)")
    if len(settings.secrets.session_secret.get_secret_value()) < 32:
        problems.append("SESSION_SECRET: must have at least 32 characters")
    if "{shop}" not in settings.shopify.base_url:
        problems.append("SHOPIFY_BASE_URL: must contain {shop}")
    if settings.environment is Environment.PRODUCTION:
        problems += _unsafe_in_production(settings)
    return problems


def _unsafe_in_production(settings: Settings) -> list[str]:
    problems = []
    if not settings.secure:
        problems.append("APP_URL: production needs an https address")
    if not settings.shopify.api_key or not settings.shopify.api_secret.get_secret_value():
        problems.append("SHOPIFY_API_KEY, SHOPIFY_API_SECRET: production needs both")
    if not settings.shopify.base_url.startswith("https://"):
        problems.append("SHOPIFY_BASE_URL: production needs https")
    if settings.demo.demo or settings.demo.demo_full:
        problems.append("DEMO: demo tenants have a public password; production refuses them")
    if settings.database.require_tls:
        urls = {"DATABASE_URL": settings.database.url, "DATABASE_SYSTEM_URL": settings.database.system_url}
        for name, url in urls.items():
            if url is not None and not _has_tls(url.get_secret_value()):
                problems.append(
                    f"{name}: production needs sslmode=require or stronger (DATABASE_REQUIRE_TLS=false on a private network)"
                )
    return problems


def _is_key(text: str) -> bool:
    try:
        return len(base64.b64decode(text, validate=True)) == 32
    except (ValueError, binascii.Error):
        return False


def _has_tls(url: str) -> bool:
    query = parse_qs(urlsplit(url).query)
    modes = query.get("sslmode", []) + query.get("ssl", [])
    return any(mode in ("require", "verify-ca", "verify-full") for mode in modes)
