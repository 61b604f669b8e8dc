"""Keys by which lists of amounts are sorted and paged."""

from __future__ import annotations

_TEN_THOUSANDTHS = 10_000  # no currency has more than four decimals
_MOST = 900_000_000_000_000  # what fits 64 bits then


def sort_key(amount: str) -> str:
    """The SQL of a whole number that orders rows as the column `amount` does.

    Comparing NUMERIC is not leakproof, so under row-level security an index on an amount cannot be entered at a page's place and
    a page would read all before it; with whole numbers it can. Amounts beyond ±900 trillion share one key, their rows lie by id.
    """
    return f"(least(greatest({amount}, -{_MOST}), {_MOST}) * {_TEN_THOUSANDTHS})::bigint"
