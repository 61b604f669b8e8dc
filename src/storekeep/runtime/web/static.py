"""Files of the built SPA: hashed ones kept for a year, the page itself always asked for anew, and 404 for what is not there."""

from __future__ import annotations

import hashlib
import mimetypes
import secrets
from dataclasses import dataclass
from pathlib import Path

from starlette.responses import Response
from starlette.types import Scope

from storekeep.runtime.web import compression
from storekeep.runtime.web.headers import content_security_policy
from storekeep.runtime.web.refusals import MethodNotAllowed

IMMUTABLE = "public, max-age=31536000, immutable"
REVALIDATE = "no-cache"
NONCE_PLACEHOLDER = b"__CSP_NONCE__"
_API_PREFIXES = ("/api", "/webhooks")
_HASHED = "/assets/"
# Types that minimal systems' tables lack or get wrong.
_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".svg": "image/svg+xml",
    ".json": "application/json",
    ".map": "application/json",
    ".woff2": "font/woff2",
    ".webmanifest": "application/manifest+json",
    ".ico": "image/x-icon",
    ".txt": "text/plain; charset=utf-8",
}


@dataclass(frozen=True, slots=True)
class FileContent:
    """A file as it is sent: both forms are kept, so that nothing is compressed twice."""

    stamp: tuple[int, int]
    body: bytes
    packed: bytes | None
    media_type: str
    etag: str

    @classmethod
    def read(cls, path: Path) -> FileContent:
        """The file at `path`. Raises OSError."""
        stat = path.stat()
        body = path.read_bytes()
        media_type = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        packed = None
        if len(body) >= compression.MIN_BYTES and compression.compressible(media_type.encode()):
            packed = compression.gzipped(body)
        etag = f'W/"{hashlib.sha256(body).hexdigest()[:32]}"'
        return cls((stat.st_mtime_ns, stat.st_size), body, packed, media_type, etag)

    def response(self, scope: Scope, cache_control: str) -> Response:
        """200, or 304 when the client has it."""
        given = _given(scope)
        headers = {"cache-control": cache_control, "etag": self.etag}
        if self.etag in given.get(b"if-none-match", b"").decode("latin-1"):
            return Response(status_code=304, headers=headers)
        body = self.body
        if self.packed is not None and compression.accepts_gzip(given.get(b"accept-encoding", b"")):
            body = self.packed
            headers["content-encoding"] = "gzip"
        return Response(body, headers=headers, media_type=self.media_type)


class Spa:
    """The fallback of the dispatch: serves `folder`, and its index.html for every address the SPA itself may know.

    Files are read once and again when they change, so a rebuilt SPA is served without a restart.
    """

    path = "spa"  # what metrics and log call these requests

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()
        self._kept: dict[Path, FileContent] = {}

    def __call__(self, scope: Scope) -> Response | None:
        """The response to a request no route matched; None where there is nothing (the dispatch makes it a 404).

        Raises MethodNotAllowed where there is something that can but be read.
        """
        path: str = scope["path"]
        if belongs_to_api(path):
            return None
        response = self._read(path, scope)
        if response is not None and scope["method"] not in ("GET", "HEAD"):
            raise MethodNotAllowed(allow={"GET", "HEAD"})
        return response

    def _read(self, path: str, scope: Scope) -> Response | None:
        scope["route"] = self
        content = self._content(path)
        if content is not None and path != "/":
            return content.response(scope, IMMUTABLE if path.startswith(_HASHED) else REVALIDATE)
        if path.startswith(_HASHED) or Path(path).suffix in _TYPES or not _wants_page(scope):
            return None
        index = self._content("/index.html")
        return None if index is None else _page(index, scope)

    def _content(self, path: str) -> FileContent | None:
        target = (self._folder / path.lstrip("/")).resolve()
        if not target.is_relative_to(self._folder):
            return None
        try:
            stat = target.stat()
            if not target.is_file():
                return None
            # By the resolved file and not by the address: a file has endless addresses (`/./`, `//`).
            kept = self._kept.get(target)
            if kept is None or kept.stamp != (stat.st_mtime_ns, stat.st_size):
                kept = self._kept[target] = FileContent.read(target)
        except (OSError, ValueError):
            return None
        return kept


def belongs_to_api(path: str) -> bool:
    """Whether the path is the API's or a webhook's: those never get a page."""
    return any(path == prefix or path.startswith(prefix + "/") for prefix in _API_PREFIXES)


def _page(index: FileContent, scope: Scope) -> Response:
    """index.html. Where it asks for a nonce (for style elements made at run time), each response has a fresh one."""
    if NONCE_PLACEHOLDER not in index.body:
        return index.response(scope, REVALIDATE)
    nonce = secrets.token_urlsafe(16)
    policy = content_security_policy(style=f"'self' 'nonce-{nonce}'")
    return Response(
        index.body.replace(NONCE_PLACEHOLDER, nonce.encode()),
        headers={"cache-control": REVALIDATE, "content-security-policy": policy},
        media_type=index.media_type,
    )


def _wants_page(scope: Scope) -> bool:
    accept = _given(scope).get(b"accept", b"*/*")
    return b"text/html" in accept or b"*/*" in accept


def _given(scope: Scope) -> dict[bytes, bytes]:
    return dict(scope["headers"])
