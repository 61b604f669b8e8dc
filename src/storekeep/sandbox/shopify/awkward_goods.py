"""The people and the goods of the awkward shops."""

from __future__ import annotations

from collections.abc import Callable

from storekeep.sandbox.shopify.model import Product, Variant

# First name, last name, whether there is an e-mail. The blanks, the scripts and the marks are the point.
PEOPLE: list[tuple[str | None, str | None, bool]] = [
    ("Zoë 🧸", "Müller-Lüdenscheidt", True),
    ("عمر", "الخطيب", True),
    ("שרה", "כהן", False),
    ("小龙", "李", True),
    (None, None, True),
    ("Ann-Marie", "O’Connor & Söhne", True),
    ("e\u0301", "N\u0303andu\u0301", True),  # letters and their marks apart
    (None, "Ltd.", False),
    ("=HYPERLINK(1)", "'; DROP TABLE customers;--", True),
    ("X" * 120, "👩‍👩‍👧‍👦", True),
]

_UNIT = {"EUR": 1, "JPY": 1, "KWD": 4}  # keeps prices plausible in currencies of 0 and 3 decimals


def goods(ids: Callable[[], int], currency: str, made: int) -> list[Product]:
    """The products, made at `made` (epoch seconds); prices in minor units of `currency`."""
    unit = _UNIT.get(currency, 1)

    def one(title: str, price: int, **more: object) -> Product:
        id = ids()
        variant = Variant(ids(), "Default Title", f"SKU-{id % 1000}", price * unit, 1, made, inventory=id % 40)
        return Product(id, title, f"p-{id}", made, made, [variant], vendor="Awkward & Co", published=made, **more)  # type: ignore[arg-type]

    lamp = one("Lamp “Größe” 💡", 2999, product_type="Lamps", category="hg-3|Home & Garden > Lighting", tags=["neu", "💡"])
    lamp.variants[0].compare_at = 3999 * unit
    lamp.variants[0].unit_cost = 1234 * unit
    rug = one("سجادة", 14950, product_type="Rugs")
    penny = one("Sticker", 1)
    penny.variants[0].sku = None
    shirt = one("T-Shirt / \u202ereversed\u202c", 1995, product_type="Shirts")
    shirt.variants = _sizes(ids, shirt, made, 1995 * unit)
    free = one("Free sample", 0, status="DRAFT")
    free.published = None
    card = one("Gift card", 5000, gift_card=True)
    card.variants[0].taxable = False
    card.variants[0].tracked = False
    old = one("Out of range", 999, status="ARCHIVED")
    old.variants[0].inventory = -7
    old.variants[0].inventory_policy = "CONTINUE"
    return [lamp, rug, penny, shirt, free, card, old]


def _sizes(ids: Callable[[], int], shirt: Product, made: int, price: int) -> list[Variant]:
    """120 variants: more than a client reads in one go."""
    variants: list[Variant] = []
    for size in ("XS", "S", "M", "L", "XL", "XXL"):
        for number in range(20):
            colour = f"Colour {number + 1}"
            options = [("Size", size), ("Colour", colour)]
            position = len(variants) + 1
            title = f"{size} / {colour}"
            variants.append(
                Variant(
                    ids(), title, f"TS-{size}-{number:02d}", price + number, position, made, inventory=number, options=options
                )
            )
    return variants
