"""The words in which the stand-in answers GraphQL: a table of resolvers by type and field, and the context they read from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from storekeep.kit.money import minor_units
from storekeep.sandbox.shopify.model import Address, Bag, Order
from storekeep.sandbox.shopify.paging import Connection, not_available, page_of_list
from storekeep.sandbox.shopify.store import ShopStore

if TYPE_CHECKING:
    from storekeep.sandbox.shopify.shop import Shop

Args = dict[str, Any]
Money = tuple[int, int, str, str]  # a MoneyBag: shop minor units, presentment minor units, shop currency, presentment currency
IDEMPOTENCY_KEY = "@idempotent"  # the argument under which a mutation finds the key of its directive
OneMoney = tuple[int, str]  # a MoneyV2: minor units, currency


@dataclass(slots=True)
class Context:
    """Who asks, in which shop, and when. `window` hides orders created before that epoch second (no read_all_orders)."""

    shop: Shop
    app: str
    scopes: frozenset[str]
    now: int
    api_version: str
    window: int | None = None
    protected: bool = True  # protected customer data is approved; without it personal fields are null
    search: list[dict[str, Any]] = field(default_factory=list)

    @property
    def store(self) -> ShopStore:
        """The shop's state."""
        return self.shop.store

    def sees(self, order: Order) -> bool:
        """Whether the 60-day window lets this order through."""
        return self.window is None or order.created >= self.window


Resolver = Callable[[Context, Any, Args], Any]


@dataclass(frozen=True, slots=True)
class Field:
    """How a field is answered. `items` gives all children of a connection at once, for bulk operations."""

    resolve: Resolver
    items: Resolver | None = None


Table = Mapping[str, Resolver | Field]


def connection(items: Callable[[Context, Any, Args], Sequence[Any]], name: str) -> Field:
    """A connection over a short list that belongs to its parent; `name` goes into its cursors."""

    def whole(ctx: Context, parent: Any, args: Args) -> Sequence[Any]:
        refuse(args, name, "query")
        return items(ctx, parent, args)

    return Field(lambda c, o, a: page_of_list(whole(c, o, a), a, name), whole)


def refuse(args: Args, field_name: str, *names: str) -> None:
    """Raises GraphQLError when an argument is given that would otherwise be ignored in silence."""
    for name in names:
        if args.get(name) is not None:
            raise not_available(f"argument {name} of {field_name}")


def attribute(name: str) -> Resolver:
    """The parent's own attribute."""
    return spelt("{0}." + name, lambda c, o, a: getattr(o, name))


def part(name: str) -> Resolver:
    """The attribute of a part that travels as (order, part) or (product, variant)."""
    return spelt("{0}[1]." + name, lambda c, x, a: getattr(x[1], name))


_spelt: dict[Resolver, str] = {}


def spelt(expression: str, resolve: Resolver) -> Resolver:
    """A resolver with the same said as a Python expression over the parent `{0}`; it may use the names in `SPELLING`."""
    _spelt[resolve] = expression
    return resolve


def expression_of(resolve: Resolver, item: str) -> str | None:
    """What a resolver does, as a Python expression over the variable `item`; None for one that was not spelt out."""
    text = _spelt.get(resolve)
    return None if text is None else text.format(item)


def const(value: Any) -> Resolver:
    """The same for every parent."""
    return lambda c, o, a: value


def gid(kind: str, id: int | str) -> str:
    """A global id."""
    return f"gid://shopify/{kind}/{id}"


@lru_cache(maxsize=65536)
def iso(at: int) -> str:
    """Epoch seconds as Shopify writes a DateTime: UTC, whole seconds, Z."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def iso_or_none(at: int | None) -> str | None:
    """`iso`, or None."""
    return None if at is None else iso(at)


@lru_cache(maxsize=65536)
def amount(minor: int, currency: str) -> str:
    """A Decimal as MoneyV2 writes it: trailing zeros dropped, one decimal kept (`12.0`, `12.5`, `12.55`, `1.234`)."""
    whole, fraction = _split(minor, currency)
    return f"{whole}.{fraction.rstrip('0') or '0'}"


SPELLING: dict[str, Any] = {"amount": amount}  # the names that spelt-out resolvers may use


def price(minor: int, currency: str) -> str:
    """A Money scalar, as variants carry it: all of the currency's decimals (`12.50`, `1200`, `1.234`)."""
    whole, fraction = _split(minor, currency)
    return f"{whole}.{fraction}" if fraction else whole


def _split(minor: int, currency: str) -> tuple[str, str]:
    digits = minor_units(currency)
    text = str(abs(minor)).rjust(digits + 1, "0")
    whole = ("-" if minor < 0 else "") + text[: len(text) - digits]
    return whole, text[len(text) - digits :]


def money(order: Order, bag: Bag) -> Money:
    """An amount of that order as a MoneyBag."""
    return (bag[0], bag[1], order.currency, order.presentment)


def name_of(address: Address) -> str | None:
    """First and last name together."""
    return " ".join(x for x in (address.first_name, address.last_name) if x) or None


def _personal(name: str) -> Resolver:
    return lambda c, o, a: getattr(o, name) if c.protected else None


MONEY: dict[str, Table] = {
    "MoneyBag": {
        "shopMoney": spelt("({0}[0], {0}[2])", lambda c, o, a: (o[0], o[2])),
        "presentmentMoney": spelt("({0}[1], {0}[3])", lambda c, o, a: (o[1], o[3])),
    },
    "MoneyV2": {
        "amount": spelt("amount({0}[0], {0}[1])", lambda c, o, a: amount(o[0], o[1])),
        "currencyCode": spelt("{0}[1]", lambda c, o, a: o[1]),
    },
}

ADDRESS: dict[str, Table] = {
    "MailingAddress": {
        "id": lambda c, o, a: f"gid://shopify/MailingAddress/{o.id}?model_name=Address",
        "firstName": _personal("first_name"),
        "lastName": _personal("last_name"),
        "name": lambda c, o, a: name_of(o) if c.protected else None,
        "company": _personal("company"),
        "address1": _personal("address1"),
        "address2": _personal("address2"),
        "city": attribute("city"),
        "province": attribute("province"),
        "provinceCode": attribute("province_code"),
        "zip": _personal("zip"),
        "country": attribute("country"),
        "countryCode": attribute("country_code"),
        "countryCodeV2": attribute("country_code"),
        "phone": _personal("phone"),
    },
}

PAGES: dict[str, Table] = {
    "PageInfo": {
        "hasNextPage": attribute("has_next"),
        "hasPreviousPage": attribute("has_previous"),
        "startCursor": lambda c, o, a: o.cursor(0) if o.items else None,
        "endCursor": lambda c, o, a: o.cursor(len(o.items) - 1) if o.items else None,
    },
}


def _edges(page: Connection) -> list[tuple[Connection, int]]:
    return [(page, i) for i in range(len(page.items))]


CONNECTION: Table = {
    "nodes": attribute("items"),
    "edges": lambda c, o, a: _edges(o),
    "pageInfo": lambda c, o, a: o,
}
EDGE: Table = {
    "node": lambda c, o, a: o[0].items[o[1]],
    "cursor": lambda c, o, a: o[0].cursor(o[1]),
}
