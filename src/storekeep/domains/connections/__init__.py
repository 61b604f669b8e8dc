"""Connections: a tenant's integrations, first of all its Shopify stores, their tokens, and their erasure."""
