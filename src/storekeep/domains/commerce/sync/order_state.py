"""What must be remembered of an order between its pieces, and the sale it ends with."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from storekeep.domains.commerce import sales_figures
from storekeep.domains.commerce.sales_figures import Back, Correction, Sale
from storekeep.domains.commerce.sync.digest import Digest
from storekeep.domains.commerce.sync.reading import ZERO


@dataclass(slots=True)
class OrderState:
    """An order under way. It is small whatever the size of the order, for an import holds thousands at once."""

    gid: str
    failed: bool = False
    digest: Digest = field(default_factory=Digest)
    currency: str = ""
    taxes_included: bool = False
    cancelled_at: datetime | None = None
    tip: Decimal = ZERO
    total_tax: Decimal = ZERO
    duties: Decimal = ZERO
    fees: Decimal = ZERO
    lines: set[int] = field(default_factory=set)
    no_sale: set[int] = field(default_factory=set)  # lines that are gift cards or tips
    item_count: int = 0
    units: int = 0
    gross: Decimal = ZERO
    net: Decimal = ZERO
    line_tax: Decimal = ZERO
    shipping_charged: Decimal = ZERO
    shipping: list[dict[str, str]] = field(default_factory=list)
    wants_refunds: bool = False
    wants_ledger: bool = False
    refunds: list[Back] = field(default_factory=list)
    edits: list[Correction] = field(default_factory=list)
    sold: dict[int, tuple[int, Decimal, Decimal]] = field(
        default_factory=dict
    )  # (quantity, gross, net) of an edited order's lines
    recorded: Sale | None = None  # what Shopify's ledger says was placed, of an edited order

    def sale(self) -> Sale:
        """What the order adds to its sales day."""
        if self.recorded is not None:
            return self.recorded
        # Shopify rounds an order's tax once; what its lines do not account for is the tax on shipping.
        shipping_tax = self.total_tax - self.line_tax
        return Sale(
            units=self.units,
            gross=self.gross,
            discounts=self.gross - self.net,
            shipping=sales_figures.shipping_sale(self.shipping_charged, shipping_tax, taxes_included=self.taxes_included),
            taxes=self.total_tax,
            duties=self.duties,
            fees=self.fees,
        )
