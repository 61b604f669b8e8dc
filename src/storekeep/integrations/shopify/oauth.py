"""Getting access to a shop: its address, the consent page, the signature on the way back, and the tokens.

Who asked, and the `state` that proves it, belongs to `domains/connections`. Rules: contracts for OAuth of Shopify's own SDKs.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

import orjson
import structlog

from storekeep.integrations.shopify.errors import (
    InvalidShopDomain,
    ShopifyBadResponse,
    ShopifyGrantRefused,
    ShopifyOAuthRejected,
    ShopifyShopFrozen,
    ShopifyUnavailable,
)
from storekeep.kit.clock import now
from storekeep.runtime.http import Answer, Outside, OutsideError
from storekeep.runtime.retry import DEFAULT_BACKOFF, Backoff, Dice, Sleep, retrying

FRESH_S = 90
_SHOP = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9-]{0,62}\.myshopify\.com", re.ASCII)
_ADMIN = re.compile(r"(?:https?://)?admin\.shopify\.com/store/([a-zA-Z0-9][a-zA-Z0-9-]{0,62})(?:/.*)?", re.ASCII)
_ONCE = frozenset({"hmac", "shop", "signature", "timestamp", "state", "code"})

log = structlog.get_logger(__name__)


def parse_shop_domain(text: str) -> str:
    """The shop's myshopify domain, lower-cased. Raises InvalidShopDomain for anything but a full match.

    Nothing may be fetched from a host that has not passed here, since it comes from outside.
    """
    if _SHOP.fullmatch(text) is None:
        raise InvalidShopDomain(details={"field": "shop"})
    return text.lower()


def shop_domain_from_input(text: str) -> str:
    """The shop a person meant: `your-shop`, `your-shop.myshopify.com`, or the address of its admin. Raises InvalidShopDomain."""
    typed = text.strip()
    admin = _ADMIN.fullmatch(typed)
    if admin:
        return parse_shop_domain(f"{admin[1]}.myshopify.com")
    typed = typed.removeprefix("https://").removeprefix("http://").removesuffix("/").removesuffix("/admin")
    return parse_shop_domain(typed if "." in typed else f"{typed}.myshopify.com")


@dataclass(frozen=True, slots=True)
class Grant:
    """What a shop granted. Times are aware UTC, None: the token does not expire. `scopes` as Shopify compressed them."""

    access_token: str = field(repr=False)
    scopes: tuple[str, ...]
    expires_at: datetime | None = None
    refresh_token: str | None = field(default=None, repr=False)
    refresh_expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Callback:
    """A verified return from the consent page."""

    shop: str
    code: str = field(repr=False)
    state: str = field(repr=False)


def effective_scopes(scopes: Sequence[str]) -> frozenset[str]:
    """The scopes with what they imply: writing a thing lets one read it, and Shopify then leaves the read scope out."""
    implied = {f"read_{s.removeprefix('write_')}" for s in scopes if s.startswith("write_")}
    return frozenset(scopes) | implied


class ShopifyOAuth:
    """The authorization-code flow and the refreshing of expiring offline tokens. Holds no state of its own."""

    def __init__(
        self,
        outside: Outside,
        *,
        api_key: str,
        api_secret: str,
        api_secret_previous: str | None = None,
        scopes: Sequence[str],
        base_url: str = "https://{shop}",
        expiring: bool = True,
        backoff: Backoff = DEFAULT_BACKOFF,
        sleep: Sleep = asyncio.sleep,
        dice: Dice = random.random,
    ) -> None:
        """`base_url` is where a shop answers, with {shop} for its domain. `expiring` asks for tokens that must be refreshed."""
        self._outside = outside
        self._key = api_key
        self._secrets = tuple(s for s in (api_secret, api_secret_previous) if s)
        self.scopes = tuple(scopes)
        self._base = base_url
        self._expiring = expiring
        self._backoff = backoff
        self._sleep = sleep
        self.dice = dice

    def authorize_url(self, shop: str, *, state: str, redirect_uri: str) -> str:
        """The consent page of `shop` (checked here again), for an offline token. Raises InvalidShopDomain."""
        query = urlencode(
            {"client_id": self._key, "scope": ",".join(self.scopes), "redirect_uri": redirect_uri, "state": state},
            quote_via=quote,
            safe="",
        )
        return f"{self._base.format(shop=parse_shop_domain(shop))}/admin/oauth/authorize?{query}"

    def verify_query(self, query_string: str | bytes, *, at: datetime | None = None) -> dict[str, str]:
        """The parameters of a request that Shopify signed within the last 90 seconds, without the signature.

        Takes the raw query string. Raises ShopifyOAuthRejected. List parameters (`ids[]`) come out under their signed name `ids`.
        """
        text = query_string.decode("utf-8", "replace") if isinstance(query_string, bytes) else query_string
        try:
            pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=100)
        except ValueError:
            raise _rejected("unreadable") from None
        names = [name for name, _ in pairs]
        if any(names.count(name) > 1 for name in _ONCE):
            raise _rejected("repeated")
        values = _folded(pairs)
        given = values.pop("hmac", "")
        values.pop("signature", None)
        if not self._signed(values, given):
            raise _rejected("signature")
        _check_fresh(values.get("timestamp", ""), at or now())
        return values

    def verify_callback(self, query_string: str | bytes, *, at: datetime | None = None) -> Callback:
        """The return from the consent page, verified. The caller still has to match `state`. Raises ShopifyOAuthRejected."""
        values = self.verify_query(query_string, at=at)
        try:
            shop = parse_shop_domain(values.get("shop", ""))
        except InvalidShopDomain:
            raise _rejected("shop") from None
        if not values.get("code") or not values.get("state"):
            raise _rejected("incomplete")
        return Callback(shop, values["code"], values["state"])

    async def exchange_code(self, shop: str, code: str) -> Grant:
        """The token for a code. A code works once: when an answer is lost, the next try is refused and a person starts again.

        Raises ShopifyGrantRefused, ShopifyShopFrozen, ShopifyUnavailable, ShopifyBadResponse.
        """
        fields = {"code": code}
        if self._expiring:
            fields["expiring"] = "1"
        return await self._token(parse_shop_domain(shop), fields, "exchange_code")

    async def refresh(self, shop: str, refresh_token: str) -> Grant:
        """A new pair of tokens for a refresh token; the old pair ends when the new one is first used.

        Hold the shop's lock while calling, and store the grant before using it. Raises as `exchange_code`; ShopifyGrantRefused
        means that a person must connect the store again.
        """
        fields = {"grant_type": "refresh_token", "refresh_token": refresh_token}
        grant = await self._token(parse_shop_domain(shop), fields, "refresh_token")
        if grant.refresh_token is None:
            # Seen in the wild: without it the store could never be refreshed again, so the one we have is kept.
            return Grant(grant.access_token, grant.scopes, grant.expires_at, refresh_token, grant.refresh_expires_at)
        return grant

    async def _token(self, shop: str, fields: Mapping[str, str], operation: str) -> Grant:
        url = f"{self._base.format(shop=shop)}/admin/oauth/access_token"
        body = orjson.dumps({"client_id": self._key, "client_secret": self._secrets[0], **fields})
        headers = {"content-type": "application/json", "accept": "application/json"}

        async def once() -> Grant:
            asked_at = now()
            try:
                answer = await self._outside.send("POST", url, operation=operation, headers=headers, content=body)
            except OutsideError as error:
                raise ShopifyUnavailable(details={"shop": shop, "reason": error.code}, retryable=error.retryable) from error
            return _grant(answer, shop, asked_at)

        return await retrying(once, backoff=self._backoff, sleep=self._sleep, dice=self.dice)

    def _signed(self, values: Mapping[str, str], given: str) -> bool:
        wanted = given.encode("utf-8", "replace")
        messages = {_message_decoded(values), *_messages_encoded(values)}
        found = False
        for secret in self._secrets:
            for message in messages:
                digest = hmac.new(secret.encode(), message.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()
                found |= hmac.compare_digest(digest.encode(), wanted)
        return found


def _folded(pairs: Sequence[tuple[str, str]]) -> dict[str, str]:
    lists: dict[str, list[str]] = {}
    values: dict[str, str] = {}
    for name, value in pairs:
        if name.endswith("[]"):
            lists.setdefault(name[:-2], []).append(value)
        else:
            values[name] = value
    for name, items in lists.items():
        values[name] = "[" + ", ".join(f'"{item}"' for item in items) + "]"
    return values


def _message_decoded(values: Mapping[str, str]) -> str:
    def key(text: str) -> str:
        return text.replace("%", "%25").replace("&", "%26").replace("=", "%3D")

    def value(text: str) -> str:
        return text.replace("%", "%25").replace("&", "%26")

    return "&".join(f"{key(k)}={value(v)}" for k, v in sorted(values.items()))


def _messages_encoded(values: Mapping[str, str]) -> list[str]:
    # Other kits sign percent-encoded values, and differ in which marks they leave as they are.
    return [
        "&".join(f"{encode(k)}={encode(v)}" for k, v in sorted(values.items()))
        for encode in (_encode_all, _encode_component, _encode_search_params)
    ]


def _encode_all(text: str) -> str:
    return quote(text, safe="", errors="replace")


def _encode_component(text: str) -> str:
    return quote(text, safe="!'()*", errors="replace")


def _encode_search_params(text: str) -> str:
    return quote(text, safe="*", errors="replace").replace("~", "%7E")


def _check_fresh(stamp: str, at: datetime) -> None:
    if not re.fullmatch(r"[0-9]{1,12}", stamp, re.ASCII):
        raise _rejected("timestamp")
    if abs(at.timestamp() - int(stamp)) > FRESH_S:
        raise _rejected("stale")


def _rejected(reason: str) -> ShopifyOAuthRejected:
    log.warning("shopify_oauth_rejected", reason=reason)
    return ShopifyOAuthRejected()


def _grant(answer: Answer, shop: str, asked_at: datetime) -> Grant:
    about: dict[str, Any] = {"shop": shop, "status": answer.status}
    if answer.status in (402, 404, 423):
        raise ShopifyShopFrozen(details=about)
    if answer.status in (400, 401, 403):
        # The body may repeat what we sent; only the error's name is kept.
        raise ShopifyGrantRefused(details=about | {"reason": _error_name(answer.body)})
    if answer.status != 200:
        raise ShopifyUnavailable(details=about)
    try:
        body = orjson.loads(answer.body)
        return _read_grant(body, asked_at)
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise ShopifyBadResponse(details=about) from error


def _read_grant(body: Mapping[str, Any], asked_at: datetime) -> Grant:
    token, scope = body["access_token"], body.get("scope") or ""
    refresh = body.get("refresh_token")
    if not isinstance(token, str) or not token or not isinstance(scope, str) or not isinstance(refresh, str | None):
        raise ValueError("not a token answer")
    return Grant(
        access_token=token,
        scopes=tuple(sorted({s.strip() for s in scope.split(",") if s.strip()})),
        # Counted from before the request, so that we never believe a token to live longer than it does.
        expires_at=_after(asked_at, body.get("expires_in")),
        refresh_token=refresh or None,
        refresh_expires_at=_after(asked_at, body.get("refresh_token_expires_in")),
    )


def _after(moment: datetime, seconds: Any) -> datetime | None:
    return None if seconds is None else moment + timedelta(seconds=int(seconds))


def _error_name(body: bytes) -> str:
    try:
        name = orjson.loads(body).get("error")
    except (orjson.JSONDecodeError, AttributeError):
        return "unreadable"
    return name if isinstance(name, str) and re.fullmatch(r"\w{1,60}", name) else "unnamed"
