"""How customers and products answer GraphQL."""

from __future__ import annotations

from storekeep.sandbox.shopify.fields import (
    Args,
    Context,
    Field,
    Table,
    attribute,
    connection,
    const,
    gid,
    iso,
    iso_or_none,
    part,
    price,
    refuse,
    spelt,
)
from storekeep.sandbox.shopify.model import Customer, Order, Product
from storekeep.sandbox.shopify.paging import not_available, page_of_list


def _display_name(customer: Customer) -> str:
    named = " ".join(x for x in (customer.first_name, customer.last_name) if x)
    return named or customer.email or customer.phone or ""


def _orders(ctx: Context, customer: Customer, args: Args) -> list[Order]:
    refuse(args, "Customer.orders", "query")
    if args.get("sortKey", "ID") not in ("ID", "CREATED_AT"):
        raise not_available(f"sortKey {args['sortKey']} of Customer.orders")
    found = (ctx.store.orders.get(id) for id in ctx.store.orders_of(customer.id))
    return [o for o in found if o is not None and ctx.sees(o)]


def _email(ctx: Context, customer: Customer) -> Customer | None:
    return customer if ctx.protected and customer.email else None


def _last_order(ctx: Context, customer: Customer) -> Order | None:
    orders = _orders(ctx, customer, {})
    return orders[-1] if orders else None


CUSTOMERS: dict[str, Table] = {
    "Customer": {
        "id": lambda c, o, a: f"gid://shopify/Customer/{o.id}",
        "legacyResourceId": attribute("id"),
        "firstName": lambda c, o, a: o.first_name if c.protected else None,
        "lastName": lambda c, o, a: o.last_name if c.protected else None,
        "displayName": lambda c, o, a: _display_name(o) if c.protected else "",
        "email": lambda c, o, a: o.email if c.protected else None,
        "phone": lambda c, o, a: o.phone if c.protected else None,
        "createdAt": lambda c, o, a: iso(o.created),
        "updatedAt": lambda c, o, a: iso(o.updated),
        "state": attribute("state"),
        "note": lambda c, o, a: o.note if c.protected else None,
        "tags": attribute("tags"),
        "locale": attribute("locale"),
        "taxExempt": attribute("tax_exempt"),
        "verifiedEmail": attribute("verified_email"),
        "numberOfOrders": lambda c, o, a: c.store.customer_totals(o.id)[0],
        "amountSpent": lambda c, o, a: (c.store.customer_totals(o.id)[1], c.shop.facts.currency),
        "defaultEmailAddress": lambda c, o, a: _email(c, o),
        "defaultPhoneNumber": lambda c, o, a: o if c.protected and o.phone else None,
        "defaultAddress": lambda c, o, a: o.addresses[0] if o.addresses else None,
        "addresses": lambda c, o, a: o.addresses[: a.get("first")],
        "addressesV2": connection(lambda c, o, a: o.addresses, "addressesV2"),
        "orders": Field(lambda c, o, a: page_of_list(_orders(c, o, a), a, "customerOrders"), _orders),
        "lastOrder": lambda c, o, a: _last_order(c, o),
    },
    "CustomerEmailAddress": {
        "emailAddress": attribute("email"),
        "marketingState": attribute("marketing"),
        "marketingOptInLevel": lambda c, o, a: "SINGLE_OPT_IN" if o.marketing == "SUBSCRIBED" else None,
        "marketingUpdatedAt": lambda c, o, a: iso(o.created) if o.marketing == "SUBSCRIBED" else None,
        "validFormat": const(True),
    },
    "CustomerPhoneNumber": {"phoneNumber": attribute("phone"), "marketingState": const("NOT_SUBSCRIBED")},
}


def _currency(ctx: Context) -> str:
    return ctx.shop.facts.currency


def _stock(product: Product) -> int:
    return sum(v.inventory for v in product.variants)


def _options(product: Product) -> list[tuple[Product, int]]:
    return [(product, i) for i in range(len(product.variants[0].options))]


def _option_values(pair: tuple[Product, int]) -> list[str]:
    product, index = pair
    return list(dict.fromkeys(v.options[index][1] for v in product.variants))


PRODUCTS: dict[str, Table] = {
    "Product": {
        "id": spelt("'gid://shopify/Product/%d' % {0}.id", lambda c, o, a: f"gid://shopify/Product/{o.id}"),
        "legacyResourceId": attribute("id"),
        "title": attribute("title"),
        "handle": attribute("handle"),
        "vendor": attribute("vendor"),
        "productType": attribute("product_type"),
        "status": attribute("status"),
        "description": attribute("description"),
        "descriptionHtml": lambda c, o, a: f"<p>{o.description}</p>" if o.description else "",
        "tags": attribute("tags"),
        "isGiftCard": attribute("gift_card"),
        "createdAt": lambda c, o, a: iso(o.created),
        "updatedAt": lambda c, o, a: iso(o.updated),
        "publishedAt": lambda c, o, a: iso_or_none(o.published),
        "totalInventory": lambda c, o, a: _stock(o),
        "tracksInventory": lambda c, o, a: any(v.tracked for v in o.variants),
        "hasOnlyDefaultVariant": lambda c, o, a: len(o.variants) == 1,
        "category": attribute("category"),
        "options": lambda c, o, a: _options(o)[: a.get("first")],
        "variants": connection(lambda c, o, a: [(o, v) for v in o.variants], "variants"),
        "variantsCount": lambda c, o, a: (len(o.variants), "EXACT"),
        "priceRangeV2": attribute("variants"),
    },
    "ProductPriceRangeV2": {
        "minVariantPrice": lambda c, o, a: (min(v.price for v in o), _currency(c)),
        "maxVariantPrice": lambda c, o, a: (max(v.price for v in o), _currency(c)),
    },
    "TaxonomyCategory": {
        "id": lambda c, o, a: gid("TaxonomyCategory", o.split("|")[0]),
        "fullName": lambda c, o, a: o.split("|")[1],
        "name": lambda c, o, a: o.split("|")[1].split(" > ")[-1],
    },
    "ProductOption": {
        "id": lambda c, x, a: gid("ProductOption", f"{x[0].id}{x[1]}"),
        "name": lambda c, x, a: x[0].variants[0].options[x[1]][0],
        "position": lambda c, x, a: x[1] + 1,
        "values": lambda c, x, a: _option_values(x),
    },
    "ProductVariant": {
        "id": spelt("'gid://shopify/ProductVariant/%d' % {0}[1].id", lambda c, x, a: f"gid://shopify/ProductVariant/{x[1].id}"),
        "legacyResourceId": part("id"),
        "title": part("title"),
        "displayName": lambda c, x, a: f"{x[0].title} - {x[1].title}",
        "sku": part("sku"),
        "barcode": part("barcode"),
        "price": lambda c, x, a: price(x[1].price, _currency(c)),
        "compareAtPrice": lambda c, x, a: None if x[1].compare_at is None else price(x[1].compare_at, _currency(c)),
        "position": part("position"),
        "taxable": part("taxable"),
        "availableForSale": lambda c, x, a: x[1].inventory > 0 or x[1].inventory_policy == "CONTINUE",
        "inventoryPolicy": part("inventory_policy"),
        "inventoryQuantity": part("inventory"),
        "createdAt": lambda c, x, a: iso(x[0].created),
        "updatedAt": lambda c, x, a: iso(x[1].updated),
        "selectedOptions": part("options"),
        "inventoryItem": lambda c, x, a: x,
        "product": lambda c, x, a: x[0],
    },
    "SelectedOption": {"name": lambda c, o, a: o[0], "value": lambda c, o, a: o[1]},
    "InventoryItem": {
        "id": lambda c, x, a: f"gid://shopify/InventoryItem/{x[1].id}",
        "legacyResourceId": part("id"),
        "sku": part("sku"),
        "tracked": part("tracked"),
        "requiresShipping": lambda c, x, a: not x[0].gift_card,
        "unitCost": lambda c, x, a: None if x[1].unit_cost is None else (x[1].unit_cost, _currency(c)),
        "createdAt": lambda c, x, a: iso(x[0].created),
        "updatedAt": lambda c, x, a: iso(x[1].updated),
    },
}

CATALOGUE: dict[str, Table] = {**CUSTOMERS, **PRODUCTS}
