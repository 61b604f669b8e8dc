"""What the web layer must be told: where it is reached, whom it trusts, how much it accepts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

MIB = 1024 * 1024
SESSION_COOKIE = "storekeep_session"


@dataclass(frozen=True, slots=True)
class DemoLogin:
    """The public login of the embedded mode, shown on the sign-in page."""

    email: str
    password: str


@dataclass(frozen=True, slots=True)
class WebConfig:
    """Settings of the web layer, without their sources.

    `app_url` is where browsers reach us (scheme decides Secure cookies and HSTS); `allowed_origins` are further origins that may
    call the API from a browser; `body_limit` is in bytes; `spa_dir` is the built SPA, None when another server has it;
    `json_log` says whether the log's lines are JSON; `tracing` whether each request is a span.
    """

    app_url: str
    version: str = "0"
    environment: str = "development"
    allowed_origins: frozenset[str] = frozenset()
    support_contact: str = ""
    body_limit: int = MIB
    api_limit_per_minute: int = 100
    spa_dir: Path | None = None
    demo: DemoLogin | None = None
    json_log: bool = True
    tracing: bool = False

    @property
    def secure(self) -> bool:
        """Whether browsers reach us over https."""
        return self.app_url.startswith("https://")

    @property
    def origin(self) -> str:
        """The origin of our own pages, as browsers write it."""
        return origin_of(self.app_url)

    @property
    def trusted_origins(self) -> frozenset[str]:
        """Every origin whose pages may change things: our own and the allowed ones."""
        return frozenset({self.origin, *map(origin_of, self.allowed_origins)})

    @property
    def cookie_name(self) -> str:
        """`__Host-` binds the cookie to this very host over https; browsers refuse the prefix without Secure."""
        return f"__Host-{SESSION_COOKIE}" if self.secure else SESSION_COOKIE


def origin_of(url: str) -> str:
    """`scheme://host[:port]` of a URL, lower case, without the scheme's default port (RFC 6454 §6.2)."""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    if ":" in host:
        host = f"[{host}]"
    default = {"http": 80, "https": 443}.get(parts.scheme)
    port = "" if parts.port in (None, default) else f":{parts.port}"
    return f"{parts.scheme}://{host}{port}"
