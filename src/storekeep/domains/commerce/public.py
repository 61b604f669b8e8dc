"""What other rooms may ask of commerce: the daily figures and what customers bought; and wiring, that ends of runs are told."""

from __future__ import annotations

from storekeep.domains.commerce.figures import (
    NO_FIGURES,
    CurrencyUse,
    CustomerCounts,
    Figures,
    TopCustomer,
    TopProduct,
    currencies,
    customer_counts,
    customer_total,
    daily,
    first_sales_day,
    top_customers,
    top_products,
    totals,
    totals_since,
)
from storekeep.domains.commerce.sync.news import tell_of_runs

__all__ = [
    "NO_FIGURES",
    "CurrencyUse",
    "CustomerCounts",
    "Figures",
    "TopCustomer",
    "TopProduct",
    "currencies",
    "customer_counts",
    "customer_total",
    "daily",
    "first_sales_day",
    "tell_of_runs",
    "top_customers",
    "top_products",
    "totals",
    "totals_since",
]
