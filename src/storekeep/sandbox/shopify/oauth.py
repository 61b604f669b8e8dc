"""The OAuth door: consent page, signed redirect back, code and refresh-token exchange, granted scopes."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode, urlsplit

import orjson
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from storekeep.kit import clock
from storekeep.sandbox.config import App
from storekeep.sandbox.shopify import consent, scopes
from storekeep.sandbox.shopify.tokens import Grant

if TYPE_CHECKING:
    from storekeep.sandbox.world import World

_SCOPE = re.compile(r"(read|write)_[a-z_]+")
_PASSED_ON = ("client_id", "scope", "redirect_uri", "state", "grant_options[]")


def sign_query(parameters: dict[str, str], secret: str) -> str:
    """The hmac of a callback: lower-case hex SHA-256 over the sorted, `&`-joined `key=value` pairs, decoded values."""
    text = "&".join(f"{k}={v.replace('%', '%25').replace('&', '%26')}" for k, v in sorted(parameters.items()))
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


def redirect_allowed(app: App, address: str) -> bool:
    """Whether `address` is on the app's list; a `*` in the list stands for a port number."""
    patterns = (re.escape(p).replace(r"\*", r"\d{1,5}") for p in app.redirect_uris)
    return any(re.fullmatch(p, address) for p in patterns)


def _refuse(error: str, description: str) -> Response:
    return HTMLResponse(consent.refused(error, description), 400)


def _checked(world: World, given: dict[str, str]) -> tuple[App, list[str]] | Response:
    """The app and the scopes asked for, or the page that says what is wrong with the request."""
    app = world.app(given.get("client_id", ""))
    if app is None:
        return _refuse("invalid_request", "Could not find an application with that client_id.")
    if not redirect_allowed(app, given.get("redirect_uri", "")):
        return _refuse("invalid_request", "The redirect_uri is not whitelisted.")
    if given.get("grant_options[]") == "per-user":
        return _refuse("not_available", "Online tokens are not available in the stand-in.")
    asked = [s.strip() for s in given.get("scope", "").split(",") if s.strip()] or list(scopes.ALL)
    wrong = [s for s in asked if not _SCOPE.fullmatch(s)]
    if wrong:
        return _refuse("invalid_scope", f"Unknown scope: {', '.join(wrong)}")
    return app, asked


async def authorize(world: World, domain: str, request: Request) -> Response:
    """GET shows the consent page; POST is its answer: back to the app with a signed query, or a page that nothing was done."""
    shop = world.shop(domain)
    posted: dict[str, list[str]] = {}
    if request.method == "POST":
        posted = parse_qs((await request.body()).decode("utf-8", "replace"), keep_blank_values=True)
        given = {k: v[0] for k, v in posted.items()}
    else:
        given = dict(request.query_params)
    checked = _checked(world, given)
    if isinstance(checked, Response):
        return checked
    app, asked = checked
    if request.method == "GET":
        hidden = {k: given[k] for k in _PASSED_ON if k in given}
        withheld = [s for s in asked if s == "read_all_orders" and not shop.manners.history]
        granted = [s for s in asked if s not in withheld]
        return HTMLResponse(consent.consent(domain, shop.facts.name, app.name, granted, hidden, request.url.path, withheld))
    if given.get("decision") != "install":
        parts = urlsplit(given["redirect_uri"])
        return HTMLResponse(consent.cancelled(shop.facts.name, app.name, f"{parts.scheme}://{parts.netloc}/"))
    code = world.tokens.new_code(domain, app.api_key, asked, shop.manners.history)
    return RedirectResponse(_callback(app, domain, given, code), 302)


def _callback(app: App, domain: str, given: dict[str, str], code: str) -> str:
    handle = domain.removesuffix(".myshopify.com")
    query = {
        "code": code,
        "host": base64.b64encode(f"admin.shopify.com/store/{handle}".encode()).decode().rstrip("="),
        "shop": domain,
        "state": given.get("state", ""),
        "timestamp": str(int(clock.now().timestamp())),
    }
    query["hmac"] = sign_query(query, app.api_secret)
    glue = "&" if "?" in given["redirect_uri"] else "?"
    return f"{given['redirect_uri']}{glue}{urlencode(query)}"


def _error(error: str, description: str) -> Response:
    return JSONResponse({"error": error, "error_description": description}, 400)


async def _body(request: Request) -> dict[str, Any]:
    raw = await request.body()
    if request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        return {k: v[0] for k, v in parse_qs(raw.decode("utf-8", "replace")).items()}
    try:
        value = orjson.loads(raw)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


async def access_token(world: World, domain: str, request: Request) -> Response:
    """Exchanges a code or a refresh token. Every refusal is a 400 with `error` and `error_description`."""
    body = await _body(request)
    app = world.app(str(body.get("client_id", "")))
    if app is None:
        return _error("application_cannot_be_found", "No application with this client_id was found.")
    if not hmac.compare_digest(str(body.get("client_secret", "")).encode(), app.api_secret.encode()):
        return _error("invalid_client", "The client_secret is not valid.")
    kind = body.get("grant_type", "authorization_code")
    if kind == "refresh_token":
        grant = world.tokens.refresh(domain, app.api_key, str(body.get("refresh_token", "")))
        if grant is None:
            return _error("invalid_grant", "The refresh token is expired, was already used, or does not belong to this shop.")
        return JSONResponse(_answer(world, grant))
    if kind != "authorization_code":
        return _error("unsupported_grant_type", f"Grant type {kind} is not available in the stand-in.")
    expiring = str(body.get("expiring", "0")) == "1" or world.config.require_expiring
    grant = world.tokens.exchange(domain, app.api_key, str(body.get("code", "")), expiring)
    if grant is None:
        return _error("invalid_request", "The authorization code was not found or was already used")
    return JSONResponse(_answer(world, grant))


def _answer(world: World, grant: Grant) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "access_token": grant.access,
        "scope": ",".join(scopes.compressed(frozenset(grant.scopes))),
    }
    if grant.refresh is not None:
        answer["expires_in"] = world.config.access_token_lifetime
        answer["refresh_token"] = grant.refresh
        answer["refresh_token_expires_in"] = world.config.refresh_token_lifetime
    return answer


async def access_scopes(world: World, domain: str, request: Request) -> Response:
    """The scopes the token holds; 401 for a token that holds none."""
    grant = world.tokens.find(domain, request.headers.get("x-shopify-access-token", ""))
    if grant is None:
        return JSONResponse({"errors": INVALID_TOKEN}, 401)
    held = [s for s in grant.scopes if s != "read_all_orders" or world.shop(domain).manners.history]
    return JSONResponse({"access_scopes": [{"handle": s} for s in held]})


INVALID_TOKEN = "[API] Invalid API key or access token (unrecognized login or wrong password)"  # noqa: S105 - a message
