"""Tables of commerce: people, orders, products, sync runs and daily sales."""

from storekeep.domains.commerce.models.orders import Fulfillment, Order, OrderCorrection, OrderLine, Refund, RefundLine
from storekeep.domains.commerce.models.people import Customer, CustomerSales
from storekeep.domains.commerce.models.products import Product, Variant
from storekeep.domains.commerce.models.sales import SalesDay, StoreCalendar
from storekeep.domains.commerce.models.sync import SyncCursor, SyncResource, SyncRun, SyncWindow

__all__ = [
    "Customer",
    "CustomerSales",
    "Fulfillment",
    "Order",
    "OrderCorrection",
    "OrderLine",
    "Product",
    "Refund",
    "RefundLine",
    "SalesDay",
    "StoreCalendar",
    "SyncCursor",
    "SyncResource",
    "SyncRun",
    "SyncWindow",
    "Variant",
]
