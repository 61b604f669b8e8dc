"""What other rooms may ask of commerce: the daily figures and what customers bought."""

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
)

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
    "top_customers",
    "top_products",
    "totals",
]
