"""Money: decimal amounts with their ISO 4217 currency; never a float, never two currencies in one sum."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation

# ISO 4217 minor units that are not 2 (List One, 2026).
_MINOR_UNITS = {
    **dict.fromkeys("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split(), 0),
    **dict.fromkeys("BHD IQD JOD KWD LYD OMR TND".split(), 3),
    **dict.fromkeys("CLF UYW".split(), 4),
}
_WIDE = Context(prec=50)
# As the page has them for a British reader, of the commonest; no two currencies share one, where a bare $ or ¥ could be several.
_SIGNS = dict(
    pair.split(":")
    for pair in "GBP:£ EUR:€ INR:₹ KRW:₩ ILS:₪ VND:₫ JPY:JP¥ CNY:CN¥"
    " USD:US$ CAD:CA$ AUD:A$ NZD:NZ$ HKD:HK$ TWD:NT$ MXN:MX$ BRL:R$".split()
)


def minor_units(currency: str) -> int:
    """How many decimals amounts of `currency` (ISO code) have: 0 for JPY, 2 for GBP, 3 for KWD."""
    return _MINOR_UNITS.get(currency.upper(), 2)


def parse_amount(text: str | int | Decimal) -> Decimal:
    """A finite Decimal from an outside decimal string. Raises ValueError for floats, NaN, infinity or anything else."""
    if isinstance(text, bool | float):
        raise ValueError("money is never a float")
    try:
        amount = Decimal(text)
    except (InvalidOperation, TypeError, ValueError) as error:
        raise ValueError("not a decimal amount") from error
    if not amount.is_finite():
        raise ValueError("not a finite amount")
    return amount


def quantize(amount: Decimal, currency: str) -> Decimal:
    """`amount` rounded half-up to the currency's minor unit."""
    return amount.quantize(Decimal(1).scaleb(-minor_units(currency)), rounding=ROUND_HALF_UP, context=_WIDE)


def to_wire(amount: Decimal, currency: str) -> str:
    """The decimal string the API sends: at least the currency's decimals, more only where the amount has them."""
    places = max(minor_units(currency), -int(amount.normalize(_WIDE).as_tuple().exponent))
    text = f"{amount:.{places}f}"
    return text.lstrip("-") if amount == 0 else text


def in_words(amount: Decimal, currency: str) -> str:
    """The amount as a sentence has it, rounded to the currency's minor unit: £1,161.89, −€3.00, JP¥29,900, CHF 20.00."""
    text = to_wire(quantize(abs(amount), currency), currency)
    whole, _, fraction = text.partition(".")
    grouped = f"{int(whole):,}" + (f".{fraction}" if fraction else "")
    sign = "−" if amount < 0 else ""
    return f"{sign}{_SIGNS[currency]}{grouped}" if currency in _SIGNS else f"{sign}{currency} {grouped}"


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in one currency. Adding two currencies raises ValueError."""

    amount: Decimal
    currency: str

    def __add__(self, other: Money) -> Money:
        if other.currency != self.currency:
            raise ValueError(f"cannot add {other.currency} to {self.currency}")
        return Money(self.amount + other.amount, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.amount, self.currency)

    def wire(self) -> str:
        """The amount as the API sends it."""
        return to_wire(self.amount, self.currency)
