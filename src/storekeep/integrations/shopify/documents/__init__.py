"""Every GraphQL text we send to Shopify, each in its own file, and what the client must know about each.

A file may begin with `# import name` lines, which append the fragment files they name.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from importlib.resources import files

_IMPORT = re.compile(r"^# import (\w+)\n", re.MULTILINE)
_FILTER = "(query: null)"


@dataclass(frozen=True, slots=True)
class Document:
    """One GraphQL request text.

    `cost`: points to set aside for the first call, until an answer tells the real figure. `repeatable`: sending it twice does no
    more than sending it once, so an unknown outcome may simply be tried again. `page_size`: what to ask for as `first`.
    """

    name: str
    text: str
    cost: int
    repeatable: bool = True
    mutation: bool = False
    page_size: int = 0


def _read(name: str) -> str:
    return files(__package__).joinpath(f"{name}.graphql").read_text(encoding="utf-8")


def _compose(name: str) -> str:
    """The text of `name` with the fragments it imports, each once."""
    pieces: dict[str, str] = {}

    def add(key: str) -> None:
        if key in pieces:
            return
        text = _read(key)
        pieces[key] = _IMPORT.sub("", text)
        for fragment in _IMPORT.findall(text):
            add(f"fragments/{fragment}")

    add(name)
    return "\n".join(pieces.values())


def _document(name: str, *, cost: int, page_size: int = 0, mutation: bool = False, repeatable: bool | None = None) -> Document:
    once_is_twice = not mutation if repeatable is None else repeatable
    return Document(name, _compose(name), cost, once_is_twice, mutation, page_size)


SHOP_INFO = _document("shop_info", cost=5)
ACCESS_SCOPES = _document("access_scopes", cost=5)
ORDERS_COUNT = _document("orders_count", cost=10)
CUSTOMERS_COUNT = _document("customers_count", cost=10)
PRODUCTS_COUNT = _document("products_count", cost=10)

ORDERS_DELTA = _document("orders_delta", cost=850, page_size=25)
CUSTOMERS_DELTA = _document("customers_delta", cost=150, page_size=100)
PRODUCTS_DELTA = _document("products_delta", cost=150, page_size=100)

# For finding what was deleted, which no other list shows.
ORDER_IDS = _document("order_ids", cost=30, page_size=250)
CUSTOMER_IDS = _document("customer_ids", cost=30, page_size=250)
PRODUCT_IDS = _document("product_ids", cost=30, page_size=250)
EXISTING_IDS = _document("existing_ids", cost=260, page_size=250)

ORDER_DETAIL = _document("order_detail", cost=400)
ORDER_REFUNDS = _document("order_refunds", cost=200, page_size=25)
ORDER_LEDGER = _document("order_ledger", cost=500, page_size=10)
LEDGER_SALES_PAGE = _document("ledger_sales_page", cost=200, page_size=250)
ORDER_LINES_PAGE = _document("order_lines_page", cost=200, page_size=100)
REFUND_LINES_PAGE = _document("refund_lines_page", cost=150, page_size=100)
CUSTOMER_ADDRESSES_PAGE = _document("customer_addresses_page", cost=30, page_size=100)
PRODUCT_VARIANTS_PAGE = _document("product_variants_page", cost=30, page_size=250)

# Starting twice would run two; an unknown outcome is settled by looking for the running one.
BULK_RUN = _document("bulk_run", cost=10, mutation=True, repeatable=False)
BULK_STATUS = _document("bulk_status", cost=5)
BULK_CANCEL = _document("bulk_cancel", cost=10, mutation=True, repeatable=True)
BULK_LIST = _document("bulk_list", cost=30)

# The token it is sent with is dead afterwards, so a second time says nothing.
APP_UNINSTALL = _document("app_uninstall", cost=10, mutation=True, repeatable=False)

# The texts of bulk operations themselves; see `bulk_text`.
BULK_CUSTOMERS = _read("bulk_customers")
BULK_ORDERS = _read("bulk_orders")
BULK_PRODUCTS = _read("bulk_products")


def bulk_text(inner: str, search: str | None = None) -> str:
    """A bulk operation's text: `inner` (BULK_ORDERS…) limited to what `search` finds, or everything.

    `search` is Shopify's search syntax, for instance from `created_between`.
    """
    if inner.count(_FILTER) != 1:
        raise ValueError("this is not one of the bulk texts")
    return inner.replace(_FILTER, f"(query: {json.dumps(search, ensure_ascii=False)})" if search else "")
