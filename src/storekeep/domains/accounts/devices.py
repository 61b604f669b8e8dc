"""Devices people have signed in from: a signed cookie by which a flood of guesses cannot keep the account's owner out.

It grants nothing; it only decides which share of an account's attempts a sign-in draws from (OWASP, "Slow Down Online Guessing
Attacks with Device Cookies").
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from datetime import timedelta

from storekeep.kit.clock import now
from storekeep.runtime.web.config import WebConfig
from storekeep.runtime.web.cookies import SessionCookie

LIFETIME = timedelta(days=90)
_NONCE = 12
_TIME = 6
_MAC = 16


class DeviceCookie(SessionCookie):
    """The cookie that carries a device's token, with the session cookie's attributes."""

    def __init__(self, config: WebConfig) -> None:
        super().__init__(config, "storekeep_device")


class Devices:
    """Makes and recognises device tokens: nonce, time, and a MAC that binds them to one account's e-mail address."""

    def __init__(self, session_secret: str, previous: str | None = None) -> None:
        known = [secret.encode() for secret in (session_secret, previous) if secret]
        self._keys = [hmac.new(secret, b"storekeep device", hashlib.sha256).digest() for secret in known]

    def issue(self, account: str) -> str:
        """A token for this device, good for LIFETIME. `account` is the normalised e-mail address."""
        body = secrets.token_bytes(_NONCE) + int(now().timestamp()).to_bytes(_TIME, "big")
        return base64.urlsafe_b64encode(body + self._mac(self._keys[0], body, account)).decode().rstrip("=")

    def recognise(self, token: str | None, account: str) -> str | None:
        """The device's id when the token is ours, for this account and not too old; None otherwise."""
        if not token or len(token) > 100:
            return None
        try:
            raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        except (ValueError, binascii.Error):
            return None
        body, mac = raw[: _NONCE + _TIME], raw[_NONCE + _TIME :]
        if len(mac) != _MAC or not any(hmac.compare_digest(mac, self._mac(key, body, account)) for key in self._keys):
            return None
        age = now().timestamp() - int.from_bytes(body[_NONCE:], "big")
        return body[:_NONCE].hex() if 0 <= age < LIFETIME.total_seconds() else None

    @staticmethod
    def _mac(key: bytes, body: bytes, account: str) -> bytes:
        return hmac.new(key, body + account.encode(), hashlib.sha256).digest()[:_MAC]
