"""Spoils a good GraphQL answer the way an ailing server does: a part lost with an error beside it, or a count that is off."""

from __future__ import annotations

from typing import Any

_MAY_BE_NULL = ("customer", "totalTaxSet", "totalDiscountsSet", "subtotalPriceSet", "defaultAddress", "category")


def lose_part(answer: dict[str, Any]) -> None:
    """Sets one nullable field of the last row of the first list (or a root field) to null and adds the error that says so."""
    path = _lose(answer.get("data") or {})
    error = {
        "message": "Internal error. Looks like something went wrong on our end.",
        "path": path,
        "extensions": {"code": "INTERNAL_SERVER_ERROR"},
    }
    answer.setdefault("errors", []).append(error)


def _lose(data: dict[str, Any]) -> list[Any]:
    for root, value in data.items():
        rows = value.get("nodes") if isinstance(value, dict) else None
        last = rows[-1] if isinstance(rows, list) and rows else value
        where = [root, "nodes", len(rows) - 1] if isinstance(rows, list) and rows else [root]
        for name in _MAY_BE_NULL:
            if isinstance(last, dict) and isinstance(last.get(name), dict):
                last[name] = None
                return [*where, name]
    root = next(iter(data), "")
    if root:
        data[root] = None
    return [root]


def count_wrong(answer: dict[str, Any]) -> None:
    """Adds one to every count in the answer: `count` of a Count, `objectCount` and `rootObjectCount` of a bulk operation."""
    _count(answer.get("data"))


def _count(value: Any) -> None:
    if isinstance(value, list):
        for item in value:
            _count(item)
    if not isinstance(value, dict):
        return
    for key, item in value.items():
        if key == "count" and isinstance(item, int):
            value[key] = item + 1
        elif key in ("objectCount", "rootObjectCount") and isinstance(item, str):
            value[key] = str(int(item) + 1)
        else:
            _count(item)
