"""Products and their variants: from Shopify's records to rows. In a bulk file variants are lines of their own, anywhere later."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from storekeep.domains.commerce.sync.assembler import Assembler
from storekeep.domains.commerce.sync.digest import Digest
from storekeep.domains.commerce.sync.reading import (
    Node,
    amount,
    count,
    gid_number,
    items,
    label,
    label_or_none,
    moment,
    moment_or_none,
    text_or_none,
    texts,
)

_MAX_SKUS_CHARS = 60_000


class _ProductState:
    """A product under way."""

    __slots__ = ("digest", "failed", "gid", "price", "skus", "variants")

    def __init__(self, gid: str) -> None:
        self.gid = gid
        self.failed = False
        self.digest = Digest()
        self.price: Decimal | None = None
        self.skus: list[str] = []
        self.variants: set[int] = set()


class ProductAssembler(Assembler[_ProductState]):
    """Makes rows of products and variants."""

    def _begin(self, gid: str, node: Node) -> _ProductState:
        return _ProductState(gid)

    def _root(self, number: int, state: _ProductState, node: Node) -> None:
        self._keep_versioned(number, state, "products", _row(node))

    def _parts(self, node: Node) -> Iterator[tuple[str, Node]]:
        for part in items(node.get("variants"), "variants"):
            yield "ProductVariant", part

    def _part(self, number: int, state: _ProductState, kind: object, node: Node) -> None:
        if kind != "ProductVariant":
            return
        variant_id = gid_number(node.get("id"), "variants")
        if variant_id in state.variants:
            return
        state.variants.add(variant_id)
        price = amount(node.get("price"), "variants.price")
        compare_at, stock = node.get("compareAtPrice"), node.get("inventoryQuantity")
        sku = label_or_none(node.get("sku"), "variants.sku")
        state.price = price if state.price is None else min(price, state.price)
        if sku is not None:
            state.skus.append(sku)
        row = (
            variant_id,
            count(node.get("position", 1), "variants.position"),
            label(node.get("title"), "variants.title"),
            sku,
            label_or_none(node.get("barcode"), "variants.barcode"),
            str(price),
            None if compare_at is None else str(amount(compare_at, "variants.compareAtPrice")),
            None if stock is None else count(stock, "variants.inventoryQuantity"),
        )
        self._keep(number, state, "variants", row)

    def _close(self, number: int, state: _ProductState) -> None:
        skus = " ".join(sorted(state.skus))[:_MAX_SKUS_CHARS] or None
        price = None if state.price is None else str(state.price)
        self.buffers.add("product_sums", (number, state.digest.value(), price, len(state.variants), skus))


def _row(node: Node) -> tuple[Any, ...]:
    stock = node.get("totalInventory")
    return (
        moment(node.get("updatedAt"), "updatedAt"),
        label(node.get("title"), "title"),
        label_or_none(node.get("handle"), "handle"),
        text_or_none(node.get("description"), "description"),
        label_or_none(node.get("vendor"), "vendor"),
        label_or_none(node.get("productType"), "productType"),
        label_or_none(node.get("status"), "status"),
        texts(node.get("tags"), "tags"),
        None if stock is None else count(stock, "totalInventory"),
        moment(node.get("createdAt"), "createdAt"),
        moment_or_none(node.get("publishedAt"), "publishedAt"),
    )
