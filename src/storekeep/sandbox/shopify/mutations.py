"""The mutations of the stand-in and what they answer with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from storekeep.sandbox.shopify.fields import Args, Context, Table, attribute


@dataclass(frozen=True, slots=True)
class UserError:
    """A business failure: the input path it is about, what is wrong, and a code where the API has one."""

    field: list[str] | None
    message: str
    code: str | None = None


@dataclass(slots=True)
class Payload:
    """What a mutation answers with: the thing it made or changed (None when it failed) and the user errors."""

    thing: Any = None
    errors: list[UserError] = field(default_factory=list)


def _bulk_run(ctx: Context, args: Args) -> Payload:
    outcome = ctx.shop.bulk.start(ctx, args["query"], bool(args.get("groupObjects")))
    if isinstance(outcome, UserError):
        return Payload(errors=[outcome])
    return Payload(outcome)


def _bulk_cancel(ctx: Context, args: Args) -> Payload:
    outcome = ctx.shop.bulk.cancel(args["id"], ctx.app)
    if isinstance(outcome, UserError):
        return Payload(errors=[outcome])
    return Payload(outcome)


_THING = attribute("thing")
_ERRORS = attribute("errors")
_ERROR: Table = {"field": attribute("field"), "message": attribute("message")}
_CODED: Table = {**_ERROR, "code": attribute("code")}

MUTATIONS: dict[str, Table] = {
    "Mutation": {
        "bulkOperationRunQuery": lambda c, o, a: _bulk_run(c, a),
        "bulkOperationCancel": lambda c, o, a: _bulk_cancel(c, a),
    },
    "UserError": _ERROR,
    "BulkOperationUserError": _CODED,
    "BulkOperationRunQueryPayload": {"bulkOperation": _THING, "userErrors": _ERRORS},
    "BulkOperationCancelPayload": {"bulkOperation": _THING, "userErrors": _ERRORS},
}
