"""Result files of bulk operations: where they lie, and the signed addresses on another host they are fetched from."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from pathlib import Path

from storekeep.kit import clock

_WEEK = 7 * 86400
_NAME = re.compile(r"[\w.-]+\.jsonl")


class Files:
    """The folder of result files. `port` is learnt from requests, since the system may have chosen it."""

    def __init__(self, folder: Path, host: str, port: int) -> None:
        self.folder = folder / "files"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.host = host
        self.port = port
        self._secret = _secret(folder / "files.key")
        self._sweep()

    def _sweep(self) -> None:
        """Drops what a kill left half-written, and results whose addresses have run out."""
        oldest = clock.now().timestamp() - _WEEK
        for path in self.folder.iterdir():
            if path.suffix in (".writing", ".part") or path.stat().st_mtime < oldest:
                path.unlink()

    def path(self, name: str) -> Path:
        """The file of that name. Raises ValueError for a name that is no result file's."""
        if not _NAME.fullmatch(name):
            raise ValueError(name)
        return self.folder / name

    def url(self, name: str, made: int) -> str:
        """The signed address of a file made at `made` (epoch seconds), good for seven days."""
        expires = made + _WEEK
        return f"http://{self.host}:{self.port}/files/{name}?expires={expires}&signature={self._sign(name, expires)}"

    def allows(self, name: str, expires: str, signature: str) -> bool:
        """Whether an address was signed here and is still good."""
        if not expires.isdigit() or int(expires) < clock.now().timestamp():
            return False
        return hmac.compare_digest(self._sign(name, int(expires)).encode(), signature.encode())

    def _sign(self, name: str, expires: int) -> str:
        return hmac.new(self._secret, f"{name}:{expires}".encode(), hashlib.sha256).hexdigest()


def _secret(path: Path) -> bytes:
    if not path.exists():
        path.write_bytes(secrets.token_bytes(32))
        path.chmod(0o600)
    return path.read_bytes()
