"""Global ids: `gid://shopify/Type/ID`, some with a query string behind."""

from __future__ import annotations

import re

from graphql import GraphQLError

_GID = re.compile(r"gid://shopify/(\w+)/([\w-]+)(?:\?.*)?")


def parse_gid(value: str, kind: str | None = None) -> tuple[str, str]:
    """(type, id) of a global id. Raises GraphQLError when it is none, or not of type `kind`."""
    match = _GID.fullmatch(value)
    if match is None or (kind is not None and match[1] != kind):
        raise invalid_gid(value)
    return match[1], match[2]


def invalid_gid(value: str) -> GraphQLError:
    """The refusal of what is no global id, or of a type that does not fit."""
    return GraphQLError(f"Invalid global id '{value}'", extensions={"code": "INVALID_GLOBAL_ID"})


def numeric(id: str) -> int:
    """The number in a global id, or -1, which nothing has."""
    return int(id) if id.isdigit() else -1


def number_of(value: str, kind: str) -> int:
    """The number of a global id of type `kind`. Raises GraphQLError when it is of another type."""
    return numeric(parse_gid(value, kind)[1])
