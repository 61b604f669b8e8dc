"""The settings of commands a person runs by hand: those of the embedded run in this folder, where none are given."""

from __future__ import annotations

import os
from pathlib import Path

from storekeep.entry.embedded.environment import Given, for_children
from storekeep.entry.embedded.home import Home
from storekeep.runtime.settings import Settings, load_settings


def settings_here() -> Settings:
    """The settings from the environment and `.env`; without a DATABASE_URL those of the embedded run from this folder's home.

    Raises SettingsRefused when neither gives enough.
    """
    given = Given.read(Path.cwd())
    home = Home(given.home)
    addresses = {} if given.own_database else home.addresses()
    if addresses:
        os.environ.update(for_children(given, home, addresses))
    return load_settings()


_DESCRIBED_WITHOUT = ("DATABASE_", "REDIS_", "SHOPIFY_", "DEMO", "APP_", "SPA_")


def settings_for_description() -> Settings:
    """Settings that reach nothing, the same everywhere, so that what the API says of itself depends on no machine."""
    kept = dict(os.environ)
    try:
        for name in [name for name in os.environ if name.startswith(_DESCRIBED_WITHOUT)]:
            del os.environ[name]
        os.environ |= {
            "ENVIRONMENT": "development",
            "DATABASE_URL": "postgresql://nobody:nothing@127.0.0.1:1/none",
            "DATABASE_SYSTEM_URL": "postgresql://nobody:nothing@127.0.0.1:1/none",
            "REDIS_URL": "redis://127.0.0.1:1/0",
            "ENCRYPTION_KEY": "A" * 43 + "=",
            "SESSION_SECRET": "a description keeps no sessions at all",
        }
        return load_settings(env_file=None)
    finally:
        os.environ.clear()
        os.environ.update(kept)
