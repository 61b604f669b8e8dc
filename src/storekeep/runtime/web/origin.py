"""Who is asking: the host we are called by, the proof of same origin for unsafe requests, and CORS for allowed origins."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

from storekeep.runtime.web.config import WebConfig, origin_of
from storekeep.runtime.web.headers import RawHeaders
from storekeep.runtime.web.refusals import CrossSiteRefused, HostNotAllowed, MalformedRequest

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
WEBHOOKS = "/webhooks/"
_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9_.-]+)(?::\d{1,5})?", re.IGNORECASE)
_PROBES = ("/healthz", "/readyz", "/metrics")
_KNOWN_HOSTS = 64


class Origins:
    """The trusted hosts and origins of one deployment, and the checks against them."""

    def __init__(self, config: WebConfig) -> None:
        self._trusted = {origin.encode("ascii") for origin in config.trusted_origins}
        self._allowed = {origin_of(origin).encode("ascii") for origin in config.allowed_origins}
        self._names = {urlsplit(origin).hostname or "" for origin in config.trusted_origins}
        self._good_hosts: set[bytes] = set()

    def check_host(self, host: bytes | None, path: str) -> None:
        """Refuse a Host that could be another site's name pointed at our address (DNS rebinding).

        Addresses, names without a dot and *.localhost cannot be rebound by a stranger. Probes are exempt: orchestrators use
        whatever name they have. Raises MalformedRequest or HostNotAllowed.
        """
        if host in self._good_hosts:
            return
        text = (host or b"").decode("latin-1").lower()
        match = _HOST.fullmatch(text)
        if match is None:
            raise MalformedRequest("The Host header is missing or cannot be read.")
        name = match[1].rstrip(".")
        if not (name in self._names or "." not in name or name.endswith(".localhost") or _is_address(name) or path in _PROBES):
            raise HostNotAllowed()
        if host is not None and path not in _PROBES and len(self._good_hosts) < _KNOWN_HOSTS:
            self._good_hosts.add(host)

    def check_same_origin(self, method: str, path: str, fetch_site: bytes | None, origin: bytes | None) -> None:
        """Refuse an unsafe request that our own pages, or an allowed origin's, did not make. Raises CrossSiteRefused.

        Browsers set Sec-Fetch-Site and Origin themselves; a page cannot forge either. Webhooks carry no cookie and are signed.
        """
        if method in SAFE_METHODS or path.startswith(WEBHOOKS):
            return
        if fetch_site == b"same-origin" or (origin is not None and origin in self._trusted):
            return
        raise CrossSiteRefused()

    def is_allowed(self, origin: bytes | None) -> bool:
        """Whether the origin is one of the further ones that CORS headers are sent to."""
        return origin is not None and origin in self._allowed

    @property
    def has_allowed(self) -> bool:
        """Whether there are any further origins; if so, responses vary by Origin."""
        return bool(self._allowed)


def cors_headers(origin: bytes) -> RawHeaders:
    """The headers with which an allowed origin may read a response."""
    return [
        (b"access-control-allow-origin", origin),
        (b"access-control-allow-credentials", b"true"),
        (b"access-control-expose-headers", b"X-Request-Id, RateLimit, RateLimit-Policy, Retry-After"),
    ]


def preflight_headers(origin: bytes) -> RawHeaders:
    """The answer to an allowed origin's preflight (Fetch standard §3.2.3), good for ten minutes."""
    return [
        (b"access-control-allow-origin", origin),
        (b"access-control-allow-credentials", b"true"),
        (b"access-control-allow-methods", b"GET, POST, PUT, PATCH, DELETE"),
        (b"access-control-allow-headers", b"Content-Type, X-Request-Id, Last-Event-ID"),
        (b"access-control-max-age", b"600"),
        (b"content-length", b"0"),
    ]


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True
