"""The headers every response carries, errors and static files included."""

from __future__ import annotations

from collections.abc import Mapping

from storekeep.runtime.web.config import WebConfig

RawHeaders = list[tuple[bytes, bytes]]

_YEAR_S = 31_536_000


def content_security_policy(*, style: str = "'self'", style_attributes: str = "'unsafe-inline'") -> str:
    """The policy of a document: scripts only from us, never inline; nobody may frame us.

    `style` is the source list of style elements. Style attributes are admitted: they cannot run code, and component libraries
    write them.
    """
    rules: Mapping[str, str] = {
        "default-src": "'self'",
        "script-src": "'self'",
        "style-src": style,
        "style-src-attr": style_attributes,
        "img-src": "'self' data: blob:",
        "font-src": "'self' data:",
        "connect-src": "'self'",
        "object-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-src": "'none'",
        "frame-ancestors": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def security_headers(config: WebConfig) -> RawHeaders:
    """What is added to each response unless it says otherwise itself. HSTS exactly when we are reached over https."""
    headers = {
        "content-security-policy": content_security_policy(),
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",  # for browsers older than frame-ancestors
        "referrer-policy": "same-origin",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        "cache-control": "no-store",
    }
    if config.secure:
        headers["strict-transport-security"] = f"max-age={_YEAR_S}; includeSubDomains"
    return [(name.encode("ascii"), value.encode("ascii")) for name, value in headers.items()]
