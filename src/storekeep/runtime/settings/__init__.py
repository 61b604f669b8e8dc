"""Settings: every environment variable the product reads, one small model an area, built once in `entry`."""

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
from storekeep.runtime.settings.root import Environment, Settings, SettingsRefused, load_settings

__all__ = [
    "DatabaseSettings",
    "DemoSettings",
    "Environment",
    "JobSettings",
    "RedisSettings",
    "SecretSettings",
    "Settings",
    "SettingsRefused",
    "ShopifySettings",
    "TelemetrySettings",
    "WebSettings",
    "load_settings",
]
