"""Which access scope each part of the Admin API asks for."""

from __future__ import annotations

from graphql import GraphQLError

_TYPES = {
    "Order": "read_orders",
    "Refund": "read_orders",
    "Fulfillment": "read_orders",
    "Customer": "read_customers",
    "Product": "read_products",
    "ProductVariant": "read_products",
    "InventoryItem": "read_inventory|read_products",
}
_FIELDS = {
    ("QueryRoot", "ordersCount"): "read_orders",
    ("QueryRoot", "customersCount"): "read_customers",
    ("QueryRoot", "productsCount"): "read_products",
    ("QueryRoot", "node"): "",
    ("QueryRoot", "nodes"): "",
    ("Mutation", "orderUpdate"): "write_orders",
    ("Mutation", "orderCancel"): "write_orders",
    ("Mutation", "refundCreate"): "write_orders",
}
ALL = (
    "read_all_orders",
    "write_orders",
    "write_customers",
    "write_products",
    "read_inventory",
    "read_locations",
    "read_fulfillments",
    "write_order_edits",
    "write_returns",
    "write_draft_orders",
    "write_merchant_managed_fulfillment_orders",
)


def required(parent: str, name: str, returned: str) -> frozenset[str]:
    """The scopes any one of which opens field `parent.name` that returns the named type `returned`; empty: open to all."""
    scope = _FIELDS.get((parent, name))
    if scope is None:
        scope = _TYPES.get(returned.removesuffix("Connection").removesuffix("Edge"), "")
    return frozenset(scope.split("|")) if scope else frozenset()


def grant(asked: list[str]) -> frozenset[str]:
    """The scopes held once `asked` is granted: writing something lets one read it."""
    implied = {"read_" + s.removeprefix("write_") for s in asked if s.startswith("write_")}
    return frozenset({*asked, *implied})


def compressed(scopes: frozenset[str]) -> list[str]:
    """The scopes as a token answer lists them: `read_x` left out beside `write_x`, sorted."""
    return sorted(s for s in scopes if not (s.startswith("read_") and "write_" + s.removeprefix("read_") in scopes))


def access_denied(name: str, scopes: frozenset[str]) -> GraphQLError:
    """Shopify's refusal of a field whose scope the token lacks."""
    wanted = " or ".join(f"`{s}`" for s in sorted(scopes))
    return GraphQLError(
        f"Access denied for {name} field. Required access: {wanted} access scope.",
        extensions={
            "code": "ACCESS_DENIED",
            "documentation": "https://shopify.dev/api/usage/access-scopes",
            "requiredAccess": f"{wanted} access scope.",
        },
    )
