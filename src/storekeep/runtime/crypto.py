"""Secrets at rest: authenticated encryption of stored tokens, and hashing of the tokens we hand out.

Which rows hold tokens, and who re-encrypts them, is the business of the rooms.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import secrets
import uuid
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from storekeep.kit.errors import AppError, Kind

KEY_BYTES = 32
_VERSION = b"\x01"
_KEY_ID_BYTES = 8
_NONCE_BYTES = 12  # 96 bits, the size NIST SP 800-38D recommends
_TAG_BYTES = 16
_HEADER_BYTES = len(_VERSION) + _KEY_ID_BYTES
_SHORTEST = _HEADER_BYTES + _NONCE_BYTES + _TAG_BYTES


class DecryptionFailed(AppError):
    """A stored secret cannot be read: unknown key, altered bytes, or bytes moved here from another place.

    Trying again cannot help; the connection it belongs to must be made anew.
    """

    code = "DECRYPTION_FAILED"
    kind = Kind.CONFLICT
    message = "A stored credential can no longer be read. Connect the service again."


class BadEncryptionKey(ValueError):
    """The encryption key is not 32 bytes in base64. The message never shows the key."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a secret is stored. A blob decrypts only in the place it was encrypted for."""

    tenant_id: uuid.UUID
    table: str
    column: str
    row_id: uuid.UUID

    def associated_data(self) -> bytes:
        """The place as bytes, each variable part preceded by its length so that no two places look alike."""
        table, column = self.table.encode(), self.column.encode()
        sizes = len(table).to_bytes(2, "big"), len(column).to_bytes(2, "big")
        return self.tenant_id.bytes + sizes[0] + table + sizes[1] + column + self.row_id.bytes


def parse_key(text: str) -> bytes:
    """The 32 key bytes of a base64 setting (`openssl rand -base64 32`). Raises BadEncryptionKey."""
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        raise BadEncryptionKey("the encryption key must be base64") from None
    if len(key) != KEY_BYTES:
        raise BadEncryptionKey(f"the encryption key must be {KEY_BYTES} bytes, not {len(key)}")
    return key


def key_id(key: bytes) -> bytes:
    """The 8 bytes by which a blob names its key; a one-way digest, safe to store beside the blob."""
    return hashlib.sha256(b"storekeep encryption key id\x00" + key).digest()[:_KEY_ID_BYTES]


class TokenCipher:
    """AES-256-GCM with a key ring: writes with the current key, reads with the current and the previous one.

    A blob is version (1 byte) ‖ key id (8) ‖ nonce (12, random) ‖ ciphertext and tag. The first two and the place are
    authenticated with it.
    """

    def __init__(self, current: bytes, previous: bytes | None = None) -> None:
        """`current` and `previous` are raw 32-byte keys (see `parse_key`). Raises BadEncryptionKey for another length."""
        for key in (current, previous):
            if key is not None and len(key) != KEY_BYTES:
                raise BadEncryptionKey(f"the encryption key must be {KEY_BYTES} bytes, not {len(key)}")
        self._current_id = key_id(current)
        self._ring = {self._current_id: AESGCM(current)}
        if previous is not None:
            self._ring.setdefault(key_id(previous), AESGCM(previous))

    def __repr__(self) -> str:
        return f"TokenCipher(keys={[k.hex() for k in self._ring]})"

    @property
    def current_key_id(self) -> bytes:
        """The id of the key that `encrypt` uses."""
        return self._current_id

    def encrypt(self, secret: str, place: Place) -> bytes:
        """The blob of `secret` for `place`; a different one each time."""
        header = _VERSION + self._current_id
        nonce = os.urandom(_NONCE_BYTES)
        sealed = self._ring[self._current_id].encrypt(
            nonce, secret.encode("utf-8", "surrogatepass"), header + place.associated_data()
        )
        return header + nonce + sealed

    def decrypt(self, blob: bytes, place: Place) -> str:
        """The secret in `blob`, which must have been encrypted for this very `place`. Raises DecryptionFailed."""
        if len(blob) < _SHORTEST or blob[:1] != _VERSION:
            raise DecryptionFailed(details={"reason": "format"})
        header = bytes(blob[:_HEADER_BYTES])
        cipher = self._ring.get(header[1:])
        if cipher is None:
            raise DecryptionFailed(details={"reason": "unknown_key"})
        nonce, sealed = blob[_HEADER_BYTES : _HEADER_BYTES + _NONCE_BYTES], blob[_HEADER_BYTES + _NONCE_BYTES :]
        try:
            plain = cipher.decrypt(bytes(nonce), bytes(sealed), header + place.associated_data())
        except InvalidTag:
            raise DecryptionFailed(details={"reason": "altered"}) from None
        return plain.decode("utf-8", "surrogatepass")

    def needs_rotation(self, blob: bytes) -> bool:
        """Whether `blob` was written with another key (or format) than `encrypt` uses now. Does not check that it decrypts."""
        return bytes(blob[:_HEADER_BYTES]) != _VERSION + self._current_id


def new_token() -> str:
    """A fresh 256-bit token, URL-safe, 43 characters: for sessions, OAuth state, links."""
    return secrets.token_urlsafe(32)


def hash_token(token: str) -> bytes:
    """SHA-256 of a token made by `new_token`: the only form in which it is stored (32 bytes).

    A plain hash is enough because the token has 256 random bits; never use this for a password.
    """
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
