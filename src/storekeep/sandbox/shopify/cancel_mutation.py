"""orderCancel: refused at once or done a little later by a job, as the original does."""

from __future__ import annotations

from storekeep.sandbox.shopify.fields import Args, Context
from storekeep.sandbox.shopify.order_mutations import find_order
from storekeep.sandbox.shopify.payload import Payload, failed


def order_cancel(ctx: Context, args: Args) -> Payload:
    """Starts the cancellation of an order, or says why it cannot be cancelled."""
    order = find_order(ctx, args["orderId"])
    if order is None:
        return failed(["orderId"], "Order does not exist", "NOT_FOUND")
    if order.cancelled is not None:
        return failed(["orderId"], "Cannot cancel an order that has already been canceled", "INVALID")
    if order.financial == "AUTHORIZED":
        return failed(["orderId"], "Cannot cancel an order with a pending authorization", "INVALID")
    if order.fulfillments and any(f.status == "SUCCESS" for f in order.fulfillments):
        return failed(["orderId"], "Cannot cancel an order that has been fulfilled", "INVALID")
    if order.id in ctx.shop.jobs.cancelling():
        return failed(["orderId"], "The order is being canceled", "INVALID")
    method = args.get("refundMethod") or {}
    if len(method) > 1:
        return failed(["refundMethod"], "Only one refund method may be given", "INVALID")
    pay_back = bool(method.get("originalPaymentMethodsRefund"))
    job = ctx.shop.jobs.cancel_order(order.id, args["reason"], bool(args["restock"]), pay_back)
    return Payload(job)
