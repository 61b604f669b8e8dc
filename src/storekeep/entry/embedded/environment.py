"""What the children are told: the caller's environment, `.env` below it, and what the embedded mode adds where neither speaks."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dotenv import dotenv_values

from storekeep.entry.embedded.home import Home
from storekeep.entry.embedded.ports import LOOPBACK
from storekeep.entry.embedded.strays import MARK


class BadSetting(ValueError):
    """A setting the supervisor itself reads is wrong; the message is fit for a person."""


@dataclass(frozen=True, slots=True)
class Given:
    """What the person configured: the process environment, with `.env` filling its gaps."""

    values: Mapping[str, str]

    @classmethod
    def read(cls, folder: Path) -> Given:
        """From this process and `folder/.env`. An empty value counts as not given."""
        from_file = dotenv_values(folder / ".env")
        merged = {**{name: value for name, value in from_file.items() if value}, **{k: v for k, v in os.environ.items() if v}}
        return cls(merged)

    def has(self, *names: str) -> bool:
        """Whether all of these are given."""
        return all(name in self.values for name in names)

    @property
    def home(self) -> Path:
        """STOREKEEP_HOME, absolute and without symbolic links; `.storekeep` in the working folder by default."""
        return Path(self.values.get("STOREKEEP_HOME", ".storekeep")).expanduser().resolve()

    @property
    def port(self) -> int:
        """PORT, 8000 by default. Raises BadSetting."""
        text = self.values.get("PORT", "8000")
        if not (text.isascii() and text.isdecimal()) or not 1 <= int(text) <= 65535:
            raise BadSetting(f"PORT must be a number from 1 to 65535, not {text!r}.")
        return int(text)

    @property
    def host(self) -> str:
        """HOST, the interface the API listens on; loopback by default."""
        return self.values.get("HOST", LOOPBACK)

    @property
    def address(self) -> str:
        """Where people find the product: APP_URL, else loopback with the port."""
        return self.values.get("APP_URL", f"http://{LOOPBACK}:{self.port}").rstrip("/")

    @property
    def own_database(self) -> bool:
        """Whether DATABASE_URL names a server of the person's own."""
        return self.has("DATABASE_URL")

    @property
    def own_redis(self) -> bool:
        """Whether REDIS_URL names a server of the person's own."""
        return self.has("REDIS_URL")

    @property
    def real_shopify(self) -> bool:
        """Whether keys of a real Shopify app are given, so that no stand-in is needed."""
        return self.has("SHOPIFY_API_KEY", "SHOPIFY_API_SECRET")


def for_children(given: Given, home: Home, addresses: Mapping[str, str]) -> dict[str, str]:
    """The children's environment. `addresses` (DATABASE_URL, …) name the embedded servers, and only those that were started."""
    secrets = home.secrets()
    embedded = {
        "ENVIRONMENT": "embedded",
        "PORT": str(given.port),
        "ENCRYPTION_KEY": secrets["ENCRYPTION_KEY"],
        "SESSION_SECRET": secrets["SESSION_SECRET"],
        "JOBS_GRACE_S": "3",  # somebody waits at a terminal; what is cut short is taken up again
        "PYTHONUNBUFFERED": "1",
    }
    page = Path("frontend/dist").absolute()
    if page.is_dir():
        embedded["SPA_DIR"] = str(page)
    if not given.real_shopify:
        names = ("SHOPIFY_API_KEY", "SHOPIFY_API_SECRET", "SANDBOX_CONTROL_KEY")
        embedded |= {name: secrets[name] for name in names} | {"DEMO": "true"}
    return {**embedded, **given.values, **addresses, "STOREKEEP_HOME": str(home.path), MARK: str(home.path)}
