"""Asking the product something, and what must be true of every answer it ever gives."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import httpx
from starlette.types import Message

from tests.contract.doors import Door
from tests.support.accounts import Person

# As outsiders know them.
CODES = set(re.findall(r"^\| `([A-Z_]+)` \|", (Path(__file__).parents[2] / "docs/errors.md").read_text("utf-8"), re.MULTILINE))
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
_CODE = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)*")
# What only the inside may know: modules, files, statements, drivers, addresses of memory, stacks.
_INTERNAL = re.compile(
    r"asyncpg|sqlalchemy|sqlstate|pydantic|starlette|fastapi|uvicorn|redis|postgres|Traceback|File \"|\.py\b|0x[0-9a-f]{6}"
    r"|line \d+|\bSELECT\b|\bINSERT\b|\bUPDATE\b|storekeep\.(runtime|domains|kit|entry|integrations)|<class |object at|errors\.",
    re.IGNORECASE,
)
_FIXED_HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
_HSTS = "max-age=31536000; includeSubDomains"


def address(door: Door, path: dict[str, str]) -> str:
    """The door's path with its parameters filled in."""
    return re.sub(r"\{([^}]+)\}", lambda found: quote(path[found[1]], safe=""), door.path)


def faults(answer: httpx.Response, *, https: bool = False) -> list[str]:
    """What is wrong with an answer whatever was asked: nothing, one hopes."""
    found = _header_faults(answer, https=https)
    if answer.status_code >= 500:
        found.append(f"status {answer.status_code}")
    if answer.status_code >= 400:
        found += problem_faults(answer)
    return [f"{fault}: {answer.text[:300]!r}" for fault in found]


def problem_faults(answer: httpx.Response) -> list[str]:
    """How the body of a refusal departs from the one format of errors."""
    found = []
    try:
        body = json.loads(answer.content.decode("ascii"))
        error = body["error"]
        if body.keys() != {"error", "requestId", "timestamp"}:
            found.append(f"keys {sorted(body)}")
        if error.keys() != {"code", "message", "details", "retryable"}:
            found.append(f"error keys {sorted(error)}")
        code = error["code"]
        if not _CODE.fullmatch(code) or code not in CODES:
            found.append(f"code {code!r} is not in docs/errors.md")
        if not isinstance(error["message"], str) or not error["message"].strip() or not isinstance(error["details"], dict):
            found.append("message or details")
        if not isinstance(error["retryable"], bool) or (error["retryable"] and "retry-after" not in answer.headers):
            found += ["retryable without Retry-After"] if answer.status_code in (429, 503) else []
        if body["requestId"] != answer.headers.get("x-request-id") or not _MOMENT.fullmatch(body["timestamp"]):
            found.append("request id or timestamp")
        if "input" in json.dumps(error["details"]).split('"'):
            found.append("repeats its input")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        return [f"not the error format ({type(error).__name__})"]
    if answer.headers.get("content-type") != "application/json":
        found.append(f"content type {answer.headers.get('content-type')}")
    shown = _INTERNAL.search(json.dumps(_without_names_of_the_asker(body["error"])))
    return [*found, f"shows {shown.group()!r}"] if shown else found


def _without_names_of_the_asker(error: dict[str, Any]) -> dict[str, Any]:
    """A parameter or field that there is not is refused by the name the asker made up, which may be any word."""
    fields = error["details"].get("fields", [])
    kept = [{**field, "path": ""} if field.get("type") == "extra_forbidden" else field for field in fields]
    return {**error, "details": {**error["details"], "fields": kept}}


def _header_faults(answer: httpx.Response, *, https: bool) -> list[str]:
    headers = answer.headers
    found = [f"header {name}: {headers.get(name)}" for name, value in _FIXED_HEADERS.items() if headers.get(name) != value]
    policy = dict(rule.strip().partition(" ")[::2] for rule in headers.get("content-security-policy", "").split(";"))
    if policy.get("script-src") != "'self'" or policy.get("default-src") != "'self'" or policy.get("object-src") != "'none'":
        found.append(f"scripts: {policy}")
    loose = [name for name, value in policy.items() if "unsafe-" in value and not name.startswith("style-src")]
    if loose or "unsafe-eval" in str(policy) or {"script-src-elem", "script-src-attr"} & policy.keys():
        found.append(f"scripts beside script-src: {policy}")
    if policy.get("frame-ancestors") != "'none'" or policy.get("base-uri") != "'none'":
        found.append(f"frames: {policy}")
    if len(headers.get_list("cache-control")) != 1:
        found.append(f"cache-control: {headers.get_list('cache-control')}")
    elif "no-store" not in headers["cache-control"] and (answer.status_code >= 400 or answer.request.url.path.startswith("/api")):
        found.append(f"cache-control: {headers['cache-control']}")
    if headers.get("strict-transport-security") != (_HSTS if https else None):
        found.append(f"strict-transport-security: {headers.get('strict-transport-security')}")
    if not headers.get("x-request-id") or "server" in headers or "x-powered-by" in headers:
        found.append("request id or server header")
    return found


def listed(findings: list[str]) -> str:
    """Findings as they are read in a failure."""
    return f"{len(findings)} findings:\n" + "\n".join(findings[:60])


def said(answer: httpx.Response) -> tuple[int, Any]:
    """What an answer says, without what differs each time it is said."""
    try:
        body = answer.json()
    except ValueError:
        return answer.status_code, answer.text
    if isinstance(body, dict) and "requestId" in body:
        body = {key: value for key, value in body.items() if key not in ("requestId", "timestamp")}
    return answer.status_code, body


def shown(answer: httpx.Response) -> str:
    """Everything of an answer that its reader sees: status line, headers, body."""
    headers = "\n".join(f"{name}: {value}" for name, value in answer.headers.multi_items())
    return f"{headers}\n\n{answer.text}"


class Stream:
    """An answer that does not end, as far as it has come."""

    def __init__(self) -> None:
        self.status = 0
        self.headers = httpx.Headers()
        self.text = ""
        self._more = asyncio.Event()

    async def send(self, message: Message) -> None:
        """Take a piece of the answer."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = httpx.Headers(message["headers"])
        else:
            self.text += message.get("body", b"").decode()
        self._more.set()

    async def until(self, words: str) -> None:
        """Wait until the words have come."""
        async with asyncio.timeout(10):
            while words not in self.text:
                self._more.clear()
                await self._more.wait()


@asynccontextmanager
async def listening(person: Person, path: str, **headers: str) -> AsyncIterator[Stream]:
    """Read a stream as it comes. httpx's in-process transport waits for the end of an answer, so the app is called directly."""
    cookie = "; ".join(f"{name}={value}" for name, value in person.http.cookies.items())
    app_url = urlsplit(person.house.wired.config.app_url)
    given = {"host": app_url.netloc, "cookie": cookie, "sec-fetch-site": "same-origin"} | headers
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": app_url.scheme,
        "path": path,
        "raw_path": path.encode(), "query_string": b"", "root_path": "", "client": ("127.0.0.1", 40_001),
        "server": ("127.0.0.1", 8000), "headers": [(name.encode(), value.encode()) for name, value in given.items()],
    }  # fmt: skip
    stream, gone, asked = Stream(), asyncio.Event(), False

    async def receive() -> Message:
        nonlocal asked
        if not asked:
            asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await gone.wait()
        return {"type": "http.disconnect"}

    running = asyncio.create_task(person.house.app(scope, receive, stream.send))
    try:
        await stream.until(": connected")
        yield stream
    finally:
        gone.set()
        await asyncio.wait_for(running, 10)
