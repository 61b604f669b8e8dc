"""The pieces of SQL that follow from a list of staged columns: select lists, assignments, comparisons."""

from __future__ import annotations

from collections.abc import Sequence

# Staged as text; what they become.
_CASTS = {
    **dict.fromkeys(
        "total_price subtotal_price total_discounts total_shipping total_tax total_tip total_refunded current_total_price"
        " presentment_total_price gross_sales discounts net_shipping taxes total_duties total_additional_fees unit_price"
        " original_total total_discount tax net_sales total pending returned_net returned_tax refunded_shipping"
        " refunded_shipping_tax adjustment adjustment_tax subtotal returns shipping duties fees price compare_at_price".split(),
        "numeric",
    ),
    **dict.fromkeys("shipping_address billing_address shipping_lines transactions addresses".split(), "jsonb"),
}


def values(alias: str, columns: Sequence[str]) -> str:
    """The staged columns of `alias`, each as the type of its real column, for a select list."""
    return ", ".join(f"{alias}.{name}::{_CASTS[name]}" if name in _CASTS else f"{alias}.{name}" for name in columns)


def names(columns: Sequence[str]) -> str:
    """The column names, for an insert's list."""
    return ", ".join(columns)


def excluded(columns: Sequence[str]) -> str:
    """The assignments of ON CONFLICT DO UPDATE."""
    return ", ".join(f"{name} = excluded.{name}" for name in columns)


def differs(table: str, columns: Sequence[str]) -> str:
    """The condition that the row in `table` is not already what would be written."""
    mine = ", ".join(f"{table}.{name}" for name in columns)
    theirs = ", ".join(f"excluded.{name}" for name in columns)
    return f"({mine}) IS DISTINCT FROM ({theirs})"


def assigned(pieces: Sequence[tuple[str, Sequence[str]]]) -> str:
    """The assignments of an UPDATE … FROM, from (alias, columns) pairs."""
    return ", ".join(
        f"{name} = {alias}.{name}::{_CASTS[name]}" if name in _CASTS else f"{name} = {alias}.{name}"
        for alias, columns in pieces
        for name in columns
    )
