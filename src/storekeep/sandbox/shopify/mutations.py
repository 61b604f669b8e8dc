"""The mutations of the stand-in and what their payloads look like."""

from __future__ import annotations

from storekeep.sandbox.shopify.cancel_mutation import order_cancel
from storekeep.sandbox.shopify.fields import Args, Context, Table, attribute, gid
from storekeep.sandbox.shopify.order_mutations import order_update, tags_add, tags_remove
from storekeep.sandbox.shopify.payload import Payload, UserError, failed
from storekeep.sandbox.shopify.refund_mutation import refund_create


def _bulk_run(ctx: Context, args: Args) -> Payload:
    outcome = ctx.shop.bulk.start(ctx, args["query"], bool(args.get("groupObjects")))
    return Payload(errors=[outcome]) if isinstance(outcome, UserError) else Payload(outcome)


def _bulk_cancel(ctx: Context, args: Args) -> Payload:
    outcome = ctx.shop.bulk.cancel(args["id"], ctx.app)
    return Payload(errors=[outcome]) if isinstance(outcome, UserError) else Payload(outcome)


def _uninstall(ctx: Context) -> Payload:
    if not ctx.shop.uninstall(ctx.app):
        return failed(None, "The app is not installed on this shop.", "APP_NOT_INSTALLED")
    return Payload(gid("App", int.from_bytes(ctx.app.encode()[:5], "big")))


_THING = attribute("thing")
_ERRORS = attribute("errors")
_ERROR: Table = {"field": attribute("field"), "message": attribute("message")}
_CODED: Table = {**_ERROR, "code": attribute("code")}

MUTATIONS: dict[str, Table] = {
    "Mutation": {
        "bulkOperationRunQuery": lambda c, o, a: _bulk_run(c, a),
        "bulkOperationCancel": lambda c, o, a: _bulk_cancel(c, a),
        "orderUpdate": lambda c, o, a: order_update(c, a),
        "orderCancel": lambda c, o, a: order_cancel(c, a),
        "refundCreate": lambda c, o, a: refund_create(c, a),
        "tagsAdd": lambda c, o, a: tags_add(c, a),
        "tagsRemove": lambda c, o, a: tags_remove(c, a),
        "appUninstall": lambda c, o, a: _uninstall(c),
    },
    "UserError": _ERROR,
    "BulkOperationUserError": _CODED,
    "OrderCancelUserError": _CODED,
    "BulkOperationRunQueryPayload": {"bulkOperation": _THING, "userErrors": _ERRORS},
    "BulkOperationCancelPayload": {"bulkOperation": _THING, "userErrors": _ERRORS},
    "OrderUpdatePayload": {"order": _THING, "userErrors": _ERRORS},
    "OrderCancelPayload": {"job": _THING, "orderCancelUserErrors": _ERRORS, "userErrors": _ERRORS},
    "RefundCreatePayload": {"refund": _THING, "order": attribute("order"), "userErrors": _ERRORS},
    "AppUninstallPayload": {"app": _THING, "userErrors": _ERRORS},
    "App": {"id": lambda c, o, a: o},
    "AppUninstallAppUninstallError": _CODED,
    "TagsAddPayload": {"node": _THING, "userErrors": _ERRORS},
    "TagsRemovePayload": {"node": _THING, "userErrors": _ERRORS},
}
