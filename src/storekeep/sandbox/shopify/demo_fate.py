"""What became of each demo order: shipped, delivered, cancelled, paid late, given back. Decided once, the same every time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

from storekeep.sandbox.shopify.calendar import Shifted
from storekeep.sandbox.shopify.people import mix
from storekeep.sandbox.shopify.retail import Retail
from storekeep.sandbox.shopify.retail_shop import invoice_key

_HOUR, _DAY = 3600, 86400


@dataclass(slots=True)
class GivenBack:
    """A refund: rows of the returns list, each with the place of the line it gives back and how many units."""

    wall: int
    rows: list[tuple[int, int, int]]  # (index in Retail.returns, line place, units)


@dataclass(slots=True)
class Fate:
    """What became of one order. Times are wall clocks; None is "not (yet)"."""

    wall: int
    pending: bool = False
    cancelled: int | None = None
    shipped: int | None = None
    delivered: int | None = None
    half: bool = False  # only the first half of the lines was shipped
    refunds: list[GivenBack] = field(default_factory=list)

    def last(self) -> int:
        """The latest thing that happened to the order."""
        times = [self.wall, *(r.wall for r in self.refunds)]
        times.extend(t for t in (self.cancelled, self.shipped, self.delivered) if t is not None)
        return max(times)


def fates(retail: Retail, shifted: Shifted) -> dict[int, Fate]:
    """The fate of every visible invoice, by its index."""
    made = {i: _fate(retail, shifted, i) for i in range(len(retail.invoices)) if shifted.visible(i)}
    for invoice, refunds in _returns(retail, shifted, lambda i: i in made and not made[i].pending).items():
        fate = made[invoice]
        fate.refunds = refunds
        fate.cancelled = None
        if fate.shipped is None or fate.shipped > refunds[0].wall:
            fate.shipped, fate.delivered, fate.half = min(fate.wall + 4 * _HOUR, refunds[0].wall), None, False
    return made


def _fate(retail: Retail, shifted: Shifted, invoice: int) -> Fate:
    seed = invoice_key(retail.invoices[invoice])
    wall = shifted.walls[invoice]
    age = shifted.last_day - wall // _DAY
    end = (shifted.last_day + 1) * _DAY - 1
    fate = Fate(wall, pending=age <= 12 and mix(seed, 20) % 9 == 0)
    if mix(seed, 21) % 60 == 0:
        at = wall + (3 + mix(seed, 22) % 48) * _HOUR
        if at <= end:
            fate.cancelled = at
            return fate
    shipped = wall + (18 + mix(seed, 23) % 54) * _HOUR
    held_up = age < 30 and mix(seed, 24) % 40 == 0
    if fate.pending or held_up or shipped > end:
        return fate
    fate.shipped = shipped
    fate.half = age < 21 and mix(seed, 25) % 15 == 0
    delivered = shipped + (1 + mix(seed, 26) % 5) * _DAY
    fate.delivered = delivered if delivered <= end and not fate.half else None
    return fate


def _returns(retail: Retail, shifted: Shifted, takes_back: Callable[[int], bool]) -> dict[int, list[GivenBack]]:
    """For each order, what came back of it: a `C` line belongs to the customer's latest earlier sale of that product."""
    sold: dict[tuple[int, int], list[tuple[int, int, int]]] = defaultdict(list)
    for invoice in range(len(retail.invoices)):
        if takes_back(invoice):
            for place, row in enumerate(retail.lines(invoice)):
                sold[retail.invoice_customer[invoice], retail.line_product[row]].append((shifted.walls[invoice], invoice, place))
    left: dict[tuple[int, int], int] = {}
    found: dict[tuple[int, str], GivenBack] = {}
    for index, back in enumerate(retail.returns):
        wall = back.wall + shifted.seconds
        if wall // _DAY > shifted.last_day:
            continue
        for at, invoice, place in reversed(sold.get((back.customer, back.product), [])):
            first = retail.first_line[invoice]
            rest = left.get((invoice, place), retail.line_quantity[first + place])
            if at <= wall and rest >= back.quantity:
                left[invoice, place] = rest - back.quantity
                given = found.setdefault((invoice, back.invoice), GivenBack(wall, []))
                given.rows.append((index, place, back.quantity))
                break
    by_order: dict[int, list[GivenBack]] = defaultdict(list)
    for (invoice, _), given in sorted(found.items(), key=lambda item: item[1].wall):
        by_order[invoice].append(given)
    return by_order
