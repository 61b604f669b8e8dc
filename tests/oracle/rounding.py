"""Rounds and writes numbers as the definitions say: half-up, away from zero. Standard library only."""

from __future__ import annotations

from fractions import Fraction

from tests.oracle.raw import UNIT

# ISO 4217: the currencies of the shops that do not have two decimals.
DECIMALS = {"JPY": 0, "KRW": 0, "CLP": 0, "VND": 0, "KWD": 3, "BHD": 3, "OMR": 3, "TND": 3, "JOD": 3}


def decimals(currency: str) -> int:
    """How many decimals amounts of a currency have."""
    return DECIMALS.get(currency, 2)


def rounded(value: Fraction, places: int) -> Fraction:
    """`value` rounded half-up at so many decimals."""
    scaled = abs(value) * 10**places
    whole = scaled.numerator // scaled.denominator
    if (scaled - whole) * 2 >= 1:
        whole += 1
    return Fraction(whole if value >= 0 else -whole, 10**places)


def written(value: Fraction, places: int) -> str:
    """`value` rounded and written with exactly so many decimals; nothing has no sign."""
    units = rounded(value, places) * 10**places
    assert units.denominator == 1
    digits = str(abs(units.numerator)).rjust(places + 1, "0")
    text = digits if not places else f"{digits[:-places]}.{digits[-places:]}"
    return f"-{text}" if units < 0 else text


def money(value: int, currency: str) -> str:
    """An amount in millionths as the API sends it."""
    return written(Fraction(value, UNIT), decimals(currency))
