"""The session cookie: one set of attributes for setting, clearing and reading it."""

from __future__ import annotations

from starlette.requests import HTTPConnection
from starlette.responses import Response

from storekeep.runtime.web.config import SESSION_COOKIE, WebConfig


class SessionCookie:
    """The cookie that carries an opaque session token.

    HttpOnly, SameSite=Lax (Strict would drop it on the return from Shopify), Path=/, no Domain; `__Host-` and Secure exactly when
    the public address is https (ASVS 5.0 3.3.1-4).
    """

    def __init__(self, config: WebConfig, base: str = SESSION_COOKIE) -> None:
        self.name = f"__Host-{base}" if config.secure else base
        self._tail = "; Path=/; HttpOnly; SameSite=Lax" + ("; Secure" if config.secure else "")
        self._prefix = f"{self.name}="

    def set(self, response: Response, token: str, max_age_s: int) -> None:
        """Give the browser `token` (URL-safe characters only) for `max_age_s` seconds."""
        self._write(response, token, max_age_s)

    def clear(self, response: Response) -> None:
        """Take the token away from the browser."""
        self._write(response, "", 0)

    def read(self, request: HTTPConnection) -> str | None:
        """The token the request carries, or None. A cookie sent twice is none: one of the two is not ours."""
        found: str | None = None
        for name, value in request.scope["headers"]:
            if name != b"cookie":
                continue
            for part in value.decode("latin-1").split(";"):
                part = part.strip()
                if part.startswith(self._prefix):
                    if found is not None:
                        return None
                    found = part[len(self._prefix) :]
        return found or None

    def _write(self, response: Response, value: str, max_age_s: int) -> None:
        header = f"{self.name}={value}; Max-Age={max_age_s}{self._tail}"
        response.raw_headers.append((b"set-cookie", header.encode("ascii")))
