"""Insights: the merchant's numbers, each with its definition."""
